"""The pages of a contest: an organiser loads and edits its rules, everybody reads them."""

import pytest

from events_service.contests.models import Stage
from events_service.db import db
from services.database import utcnow
from tests.events_service import arena as arenas
from tests.events_service.contests.test_reading import CONTEST, RULES
from tests.events_service.scene import play
from tests.support.pages import text_of

pytestmark = pytest.mark.either_engine


def links(browser):
    return [a.get("href") for a in browser.tree.iter("a")]


def test_organiser_loads_checks_and_edits_the_rules(suite):
    scene = play(suite, kind="contest", agenda=[])
    path = f"/contests/{scene.event['slug']}"
    desk = suite.browser("en", scene.organiser)
    desk.get(path)
    assert "There are no nominations yet" in desk.text
    desk.get(f"{path}/load")
    assert desk.submit_fields({"contest": CONTEST.replace(",10,0.25,", ",10,x,")}, button="load").status_code == 422
    first = [text_of(cell) for cell in desk.tree.iter("td")][:3]
    assert first == ["Criteria", "2", "weight_in_stage"]
    desk.submit_fields({"contest": CONTEST, "rules": RULES}, button="check")
    assert "The files are right Nominations 5 Stages 2 Criteria 60 Settings 11" in desk.text
    desk.submit(button="load")
    assert (desk.url, "The rules are complete" in desk.text) == (f"{path}/nominations", True)
    sheet = sorted(link for link in links(desk) if "/criteria/" in link)[0]
    desk.get(sheet)
    wrong = {"criteria.0.levels.ru": "10 – все\nникто", "criteria.1.weight": "0.5"}
    blank = {f"criteria.0.{name}": "" for name in ("code", "max_points", "weight", "title.kk", "title.ru", "title.en")}
    assert desk.submit_fields(wrong, button="save").status_code == 422
    assert "#f-criteria-0-levels-ru" in links(desk)
    blank["criteria.0.levels.ru"] = ""
    assert desk.submit_fields({**blank, "criteria.2.weight": "x"}, button="save").status_code == 422
    assert {link for link in links(desk) if "#f-criteria" in link} == {"#f-criteria-2-weight"}
    desk.get(sheet)
    desk.submit_fields(blank, button="save")
    assert "Missing before the jury can begin" in desk.text
    desk.get(sheet)
    before = desk.html.count('class="part"')
    desk.submit(button="more")
    assert desk.html.count('class="part"') == before + 3
    desk.get(f"{path}/rules")
    assert desk.submit_fields({"rules.readers": "2"}).status_code == 422
    assert "#f-rules-least_scores" in links(desk)
    desk.submit_fields({"rules.least_scores": "2", "entries_close_day": "2099-05-14", "rules.ties.1": ""})
    assert "14 May 2099, 23:59" in desk.text and "Higher mean on the criterion" not in desk.text
    desk.get(f"{path}/rules")
    desk.submit_fields({"version": "1"}, follow=False)
    assert desk.response.status_code == 412


def test_nominations_and_stages_are_written_by_hand(suite):
    scene = play(suite, kind="contest", agenda=[])
    path = f"/contests/{scene.event['slug']}"
    desk = suite.browser("en", scene.organiser)
    desk.get(f"{path}/nominations/new")
    desk.submit_fields({"code": "A", "title.ru": "Первая"})
    desk.get(f"{path}/nominations/new")
    assert desk.submit_fields({"code": "A", "title.ru": "Вторая"}).status_code == 422
    desk.get(f"{path}/stages/new")
    assert desk.submit_fields({"code": "ONLY", "title.ru": "Этап", "weight": "2"}).status_code == 422
    desk.submit_fields({"weight": "1", "closes_day": "2099-05-20", "blind": "on"})
    assert "100 % of the total" in desk.text and "20 May 2099, 23:59" in desk.text
    stage = next(link for link in links(desk) if link.startswith(f"{path}/stages/") and "new" not in link)
    desk.get(stage)
    desk.submit_fields({"title.ru": "Заочно", "blind": [], "threshold": "72,5", "district_cap": "4"})
    desk.get(stage)
    shown = {e.get("name"): e.get("value") for e in desk.tree.iter("input")}
    assert (shown["threshold"], shown["district_cap"]) == ("72.5", "4")
    desk.submit_fields({"threshold": ""})
    assert "Заочно" in desk.text
    second = suite.browser("en", scene.organiser)
    nominations = [link for link in links(desk) if link.startswith(f"{path}/nominations/")]
    for edited in (stage, min(nominations, key=lambda link: ("new" in link, len(link)))):
        desk.get(edited)
        second.get(edited)
        desk.submit_fields({"code": "FIRST"})
        second.submit_fields({"code": "SECOND"})
        assert (second.response.status_code, "SECOND" in second.html) == (412, True)
    desk.get(f"{stage}/remove")
    desk.submit()
    assert "There is no stage yet" in desk.text


def test_everybody_reads_where_the_contest_stands(suite):
    arena = arenas.build(suite, nominations=2, entries=1, jurors=2, days=10)
    path = f"/contests/{arenas.SLUG}"

    def says(as_=None):
        browser = suite.browser("en", as_)
        browser.get(path)
        return browser.text, {link.removeprefix(path) for link in links(browser) if link.startswith(f"{path}/")}

    text, found = says()
    assert "Entries are taken now" in text and "at least 80 points" in text
    assert found == {"/enter"}
    assert says(arena.juror(1))[1] == {"/jury"}  # who judges does not enter
    assert says(suite.sign_in("teacher", 0))[1] == {"/enter", f"/entries/{arena.entries[0]}"}
    assert {"/rules", "/nominations"} <= says(arena.organiser)[1]
    with suite.events.app_context(), db.transaction() as session:
        stage = session.get_one(Stage, arena.stages["REMOTE"])
        stage.status, stage.closed_at, stage.published_at = "closed", utcnow(), utcnow()
    text, found = says()
    assert "The jury has finished a stage" in text and "Results are published" in text
    assert found == {"/results"}
    event = suite.browser("en")
    event.get(f"/events/{arenas.SLUG}")
    assert path in links(event)
    assert text_of(event.tree.find(".//h1"))


def test_contest_of_a_draft_or_of_another_kind_is_not_there(suite):
    scene = play(suite)
    assert suite.get(f"/contests/{scene.event['slug']}").status_code == 404
    draft = scene.do("POST", "/api/v1/events", {"kind": "contest", "title": {"kk": "Б"}, "date_precision": "none"})
    assert suite.get(f"/contests/{draft['slug']}").status_code == 404
    assert suite.get(f"/contests/{draft['slug']}", as_=scene.organiser).status_code == 200
