"""Pages of a fair: what is typed is kept, errors stand at their fields, and a large fair stays a small page."""

import gzip

import pytest

from events_service.db import db
from events_service.fairs.models import ACCEPTED, Idea
from services.database import utcnow
from services.i18n import LANGUAGES
from tests.events_service.fairs.fairground import SUMMARY, TITLE, open_fair

pytestmark = pytest.mark.either_engine


def form_at(suite, fair, path, token, lang="en"):
    browser = suite.browser(lang, token)
    assert browser.get(fair.page(path)).status_code == 200
    return browser


WRONG = [
    ({"title.kk": ""}, "f-title-kk"),
    ({"summary.kk": ""}, "f-summary-kk"),
    ({"minutes": "много"}, "f-minutes"),
    ({"minutes": "4"}, "f-minutes"),
    ({"material_url": "нет"}, "f-material_url"),
    ({"material_size": "9" * 30}, "f-material_size"),
    ({"consent": []}, "f-consent"),
    ({"section": "нет"}, "f-section"),
    ({"title.kk": "а\x00б"}, "f-title-kk"),
    ({"wish": "song"}, "f-wish"),
]


def test_form_puts_each_error_at_its_field_and_keeps_what_was_typed(suite):
    fair = open_fair(suite)
    browser = form_at(suite, fair, "/ideas/new", fair.teacher(1))
    form = browser.form()
    for fields, field in WRONG:
        typed = {"title.kk": "Идея", "summary.kk": "Мәтін", "coauthors": "Б. Есенов", "consent": "on", **fields}
        assert browser.send(form, {**typed, "submit": "1"}).status_code == 422, fields
        assert f"#{field}" in [link.get("href") for link in browser.tree.findall(".//div[@role='alert']//a")]
        assert field in {element.get("id") for element in browser.tree.iter()}
        assert browser.tree.find(".//input[@name='coauthors']").get("value") == "Б. Есенов"


def test_untouched_form_changes_nothing_and_an_old_one_is_refused(suite):
    fair = open_fair(suite)
    body = {"material_url": "https://files.example/a.pdf", "material_size": 48123, "coauthors": "Б. Есенов"}
    idea = fair.submit(1, **body)
    browser = form_at(suite, fair, f"/ideas/{idea['id']}/edit", fair.teacher(1))
    form = browser.form()
    browser.submit_fields({"material_size": "60"}, button="submit")
    assert "Sent, waits for a decision" in browser.text
    row = fair.row(idea)
    assert (row.title, row.summary, row.material_size, row.version) == (TITLE, SUMMARY, 60_000, idea["version"] + 1)
    browser.url = fair.page(f"/ideas/{idea['id']}/edit")
    assert browser.send(form, {"title.kk": "Ескі"}).status_code == 412
    assert "Ескі" in browser.html


def test_idea_is_declined_with_a_reason_or_taken_back_on_its_pages(suite):
    fair = open_fair(suite)
    idea = fair.submit(1)
    desk = form_at(suite, fair, f"/ideas/{idea['id']}/decline", fair.organiser)
    assert desk.submit_fields({"reason": ""}).status_code == 422
    assert desk.submit_fields({"reason": "Секция <b>толы</b>"}).status_code == 200
    author = form_at(suite, fair, f"/ideas/{idea['id']}", fair.teacher(1))
    assert "Not taken" in author.text
    assert "Секция <b>толы</b>" in author.text
    fair.accept(idea, "10:30")
    author.get(fair.page(f"/ideas/{idea['id']}/withdraw"))
    form = author.form()
    for _ in range(2):
        assert author.send(form, {}).status_code == 303
    assert fair.row(idea).status == "withdrawn"
    assert suite.get(fair.page(f"/ideas/{idea['id']}")).status_code == 404
    assert "Experiments" not in suite.get("/my", fair.teacher(1), "en").get_data(as_text=True)


def test_slot_is_moved_and_cleared_in_its_form(suite):
    fair = open_fair(suite)
    idea = fair.accepted(1, "10:30", place="Room 5")
    path = f"/ideas/{idea['id']}/slot"
    desk = form_at(suite, fair, path, fair.organiser)
    assert desk.submit_fields({"start": "25:99"}, button="save").status_code == 422
    assert "#f-start" in [link.get("href") for link in desk.tree.findall(".//div[@role='alert']//a")]
    desk.get(fair.page(path))
    desk.submit_fields({"start": "11:00", "end": "11:40"}, button="save")
    row = fair.row(idea)
    assert (f"{row.starts_at:%H:%M}", f"{row.ends_at:%H:%M}", row.place) == ("06:00", "06:40", "Room 5")
    desk.get(fair.page(path))
    clear = desk.form()
    desk.send(clear, {"start": "сейчас", "clear": "1"})
    row = fair.row(idea)
    assert (row.status, row.starts_at, row.place) == ("accepted", None, "")
    fair.say("decline", idea, fair.organiser, {"reason": "-"})
    assert desk.send(clear, {"clear": "1"}).status_code == 409
    assert fair.row(idea).status == "declined"


def test_pages_speak_each_language_and_stay_small(suite):
    fair = open_fair(suite)
    idea = fair.accepted(1, "10:30", place="№ 5")
    fair.submit(2)
    pages = {
        fair.teacher(1): ("", "/ideas/new", f"/ideas/{idea['id']}", f"/ideas/{idea['id']}/withdraw"),
        fair.organiser: (
            "",
            "/ideas",
            "/settings",
            "/sections/new",
            f"/sections/{fair.physics}",
            f"/sections/{fair.physics}/fill",
            f"/sections/{fair.physics}/remove",
            f"/ideas/{idea['id']}/slot",
            f"/ideas/{idea['id']}/decline",
        ),
    }
    visits = [(token, path) for token, paths in pages.items() for path in paths]
    for number, (token, path) in enumerate(visits):
        lang = LANGUAGES[number % 2]
        browser = form_at(suite, fair, path, token, lang)
        assert browser.tree.get("lang") == lang
        assert len(gzip.compress(browser.response.data)) < 15_000


def test_large_fair_shows_one_section_at_a_time(suite):
    fair = open_fair(suite)
    first = fair.accepted(1)
    known = {name: getattr(fair.row(first), name) for name in ("event_id", "author_id", "name", "email", "school_id")}
    with suite.events.app_context(), db.transaction() as session:
        for number in range(150):
            section = (fair.physics, fair.chemistry)[number % 3 == 0]
            title = {"kk": f"Идея № {number}: сабақтағы тәжірибелер"}
            more = {"status": ACCEPTED, "submitted_at": utcnow(), "title": title}
            session.add(Idea(section_id=section, **known, **more))
    browser = suite.browser("kk")
    browser.get(fair.page())
    assert "Идея № 1:" in browser.text
    assert "Идея № 3:" not in browser.text
    assert len(gzip.compress(browser.response.data)) < 15_000
    link = next(a.get("href") for a in browser.tree.iter("a") if "section=" in (a.get("href") or ""))
    browser.get(link.partition("#")[0])
    assert "Идея № 3:" in browser.text
    assert "Идея № 1:" not in browser.text
    desk = form_at(suite, fair, "/ideas", fair.organiser)
    assert len(gzip.compress(desk.response.data)) < 15_000
    assert "Shown 100 of 151" in desk.text
