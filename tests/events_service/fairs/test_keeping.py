"""Sections and settings: kept through pages and JSON, copied with a fair, gone with a draft."""

import pytest
from sqlalchemy import func, select

from events_service.db import Audit, db
from events_service.fairs import keeping
from events_service.fairs.models import Fair, FairSection, Idea
from tests.events_service.fairs.fairground import PHYSICS, TITLE, open_fair

pytestmark = pytest.mark.either_engine


def sections_of(suite, ref):
    return suite.json("GET", f"/api/v1/fairs/{ref}/sections").get_json()["items"]


def count(suite, model):
    with suite.events.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_section_is_written_changed_and_removed_on_pages(suite):
    fair = open_fair(suite)
    desk = suite.browser("en", fair.organiser)
    desk.get(fair.page("/sections/new"))
    fields = {"title.ru": "Секция биологии", "districts[]": ["KAR", "NUR"], "moderator": "Ж. Смағұлова"}
    desk.submit_fields(fields)
    assert "Moderator: Ж. Смағұлова" in desk.text
    last = sections_of(suite, fair.slug)[-1]
    assert (last["title"], last["districts"], last["position"]) == ({"ru": "Секция биологии"}, ["KAR", "NUR"], 3)
    desk.get(fair.page(f"/sections/{last['id']}"))
    desk.submit_fields({"position": "0", "districts[]": []})
    first = sections_of(suite, fair.slug)[0]
    assert (first["id"], first["districts"]) == (last["id"], [])
    desk.get(fair.page(f"/sections/{last['id']}/remove"))
    desk.submit()
    assert "The section is removed" in desk.text
    assert [row["title"]["en"] for row in sections_of(suite, fair.slug)] == [PHYSICS["en"], "Section of chemistry"]
    with suite.events.app_context():
        rows = select(Audit.action).where(Audit.entity_id == last["id"]).order_by(Audit.id)
        assert list(db.session.scalars(rows)) == [f"fair.section_{step}" for step in ("added", "changed", "removed")]


def test_section_with_ideas_stays_until_they_have_moved(suite):
    fair = open_fair(suite)
    idea, gone = fair.accepted(1), fair.write(2)
    fair.say("withdraw", gone, fair.teacher(2))
    remove = lambda: suite.json("DELETE", fair.path(f"/sections/{fair.physics}"), as_=fair.organiser)  # noqa: E731
    assert remove().status_code == 409
    fair.place(idea, None, section=fair.chemistry)
    assert remove().status_code == 204
    assert remove().status_code == 404
    assert fair.row(gone).section_id is None


def test_idea_whose_section_is_gone_is_accepted_with_another(suite):
    fair = open_fair(suite)
    idea = fair.submit(1)
    fair.say("decline", idea, fair.organiser, {"reason": "–"})
    suite.json("DELETE", fair.path(f"/sections/{fair.physics}"), as_=fair.organiser)
    assert fair.say("accept", idea, fair.organiser) == 422
    assert fair.row(idea).status == "declined"
    assert fair.say("accept", idea, fair.organiser, {"section": fair.chemistry}) == 200


REFUSED = [
    ({"title": {}}, "title"),
    ({"title": TITLE, "districts": ["ZZZ"]}, "districts"),
    ({"title": TITLE, "language": "de"}, "language"),
    ({"title": TITLE, "topic": "x" * 201}, "topic"),
    ({"title": TITLE, "position": 1000}, "position"),
]


def test_section_that_makes_no_sense_or_is_one_too_many_is_refused(suite, monkeypatch):
    fair = open_fair(suite)
    for body, field in REFUSED:
        reply = suite.json("POST", fair.path("/sections"), body, as_=fair.organiser)
        assert reply.status_code == 422, body
        assert set(reply.get_json()["errors"]) == {field}
    monkeypatch.setattr(keeping, "MOST_SECTIONS", 2)
    assert suite.json("POST", fair.path("/sections"), {"title": TITLE}, as_=fair.organiser).status_code == 409


def test_copy_has_the_sections_and_a_deleted_draft_takes_them_along(suite):
    fair = open_fair(suite)
    fair.accepted(1, "10:30")
    fair.scene.do("PATCH", fair.path(), {"ideas_per_person": 5})
    before = {model: count(suite, model) for model in (Fair, FairSection, Idea)}
    copy = fair.scene.do("POST", fair.scene.path("/duplicate"))
    fair.scene.do("PATCH", f"/api/v1/fairs/{copy['id']}", {"ideas_per_person": 2})
    found = suite.json("GET", f"/api/v1/fairs/{copy['id']}/sections", as_=fair.organiser).get_json()["items"]
    assert [row["title"] for row in found] == [row["title"] for row in sections_of(suite, fair.slug)]
    assert not {row["id"] for row in found} & {fair.physics, fair.chemistry}
    assert suite.json("GET", f"/api/v1/fairs/{copy['id']}/ideas", as_=fair.organiser).get_json()["total"] == 0
    assert suite.json("GET", f"/api/v1/fairs/{copy['id']}/sections").status_code == 404
    fair.scene.do("DELETE", f"/api/v1/events/{copy['id']}")
    assert {model: count(suite, model) for model in (Fair, FairSection, Idea)} == before


def test_settings_are_kept_by_the_clock_of_the_fair(suite):
    fair = open_fair(suite)
    desk = suite.browser("en", fair.organiser)
    desk.get(fair.page("/settings"))
    desk.submit_fields({"close_day": "2099-03-01", "close_time": "", "ideas_per_person": "2"})
    found = suite.json("GET", fair.path()).get_json()
    assert (found["ideas_close_at"], found["ideas_per_person"]) == ("2099-03-01T18:59:00Z", 2)
    assert "1 March 2099, 23:59" in desk.text
    desk.get(fair.page("/settings"))
    assert desk.submit_fields({"close_day": "2099-02-31", "ideas_per_person": "0"}).status_code == 422
    links = [link.get("href") for link in desk.tree.findall(".//div[@role='alert']//a")]
    assert links == ["#f-close_day", "#f-ideas_per_person"]


def test_empty_pages_say_what_to_do_next(suite):
    fair = open_fair(suite)
    for section in (fair.physics, fair.chemistry):
        fair.scene.do("DELETE", fair.path(f"/sections/{section}"))
    desk = suite.browser("kk", fair.organiser)
    for path, way in (("", "/sections/new"), ("/ideas", "")):
        desk.get(fair.page(path))
        assert f'<a class="btn" href="{fair.page(way)}">' in desk.html
    reader = suite.browser("ru", fair.teacher(1))
    reader.get(fair.page())
    assert f'<a class="btn" href="/events/{fair.slug}">' in reader.html
    reader.get(fair.page("/ideas/new"))
    assert f'href="{fair.page()}"' in reader.html
