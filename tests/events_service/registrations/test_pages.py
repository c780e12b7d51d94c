"""Coming to an event: one button, a guest's link, withdrawing, one's own page and the list of registrants."""

import re

import pytest
from sqlalchemy import select

from events_service.db import db
from events_service.directory import queries as directory
from events_service.directory.models import School
from events_service.registrations import queries
from events_service.registrations.models import Registration
from services.errors import Unavailable
from tests.events_service.scene import TITLE, play

pytestmark = pytest.mark.either_engine

GUEST = {"name": "Гүлнар Тоқтарова", "email": "gulnar@example.invalid", "language": "ru"}


def teacher_at(suite, number, path):
    browser = suite.browser("en", suite.sign_in("teacher", number))
    browser.get(path)
    return browser


def rows_of(suite, scene):
    with suite.events.app_context():
        found = select(Registration).where(Registration.event_id == scene.event["id"]).order_by(Registration.id)
        return list(db.session.scalars(found))


def guest_page(suite, scene, **changed):
    """A guest asks for a place; answers the path of the link in her letter."""
    browser = suite.browser("en")
    browser.get(f"/events/{scene.event['slug']}/register")
    browser.submit_fields({**GUEST, **changed})
    with suite.events.app_context():
        row = db.session.scalars(select(Registration).order_by(Registration.id.desc())).first()
        return queries.link_of(row)


def test_teacher_registers_with_one_button(suite):
    scene = play(suite, capacity=5)
    browser = teacher_at(suite, 0, f"/events/{scene.event['slug']}/register")
    assert {element.get("name") for element in browser.form().iter("input")} == {"csrf_token", "submission_id"}
    browser.submit()
    assert browser.url == f"/events/{scene.event['slug']}"
    assert "You are registered" in browser.text
    assert [row.status for row in rows_of(suite, scene)] == ["confirmed"]


def test_form_sent_again_after_leaving_does_not_register_again(suite):
    scene = play(suite)
    slug = scene.event["slug"]
    browser = teacher_at(suite, 0, f"/events/{slug}/register")
    form_page = browser.html
    browser.submit()
    browser.get(f"/events/{slug}/withdraw")
    browser.submit()
    browser.html, browser.url = form_page, f"/events/{slug}/register"
    assert browser.submit(follow=False).status_code == 303
    assert [row.status for row in rows_of(suite, scene)] == ["withdrawn"]


def test_last_place_gone_is_told_before_waiting(suite):
    scene = play(suite, capacity=1)
    slug = scene.event["slug"]
    late = teacher_at(suite, 1, f"/events/{slug}/register")
    scene.register(0)
    assert late.submit().status_code == 409
    assert "The last place has just been taken" in late.text
    assert len(rows_of(suite, scene)) == 1
    late.submit()
    assert "number 1" in late.text
    assert [row.status for row in rows_of(suite, scene)] == ["confirmed", "waitlisted"]


def test_withdrawing_gives_the_place_to_the_first_who_waits(suite):
    scene = play(suite, capacity=1)
    slug = scene.event["slug"]
    scene.register(0)
    scene.register(1)
    browser = teacher_at(suite, 0, f"/events/{slug}/withdraw")
    form_page = browser.html
    browser.submit()
    assert "You have withdrawn" in browser.text
    assert [row.status for row in rows_of(suite, scene)] == ["withdrawn", "confirmed"]
    browser.html, browser.url = form_page, f"/events/{slug}/withdraw"
    assert browser.submit(follow=False).status_code == 303
    assert teacher_at(suite, 2, f"/events/{slug}/withdraw").response.status_code == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"registration_closes_at": "2026-01-01T00:00"}, "Registration closed"),
        ({"registration_opens_at": "2099-01-01T00:00"}, "Registration opens"),
    ],
)
def test_event_that_cannot_be_joined_now_says_why(suite, changed, words):
    scene = play(suite)
    browser = teacher_at(suite, 0, f"/events/{scene.event['slug']}/register")
    scene.change(**changed)
    assert browser.submit().status_code == 409
    browser.get(f"/events/{scene.event['slug']}/register")
    assert browser.url == f"/events/{scene.event['slug']}"
    assert words in browser.text


def test_event_for_its_schools_only_refuses_others_with_a_reason(suite):
    scene = play(suite, audience={"rule": "district", "district": "ULY"}, restrict_to_audience=True)
    browser = teacher_at(suite, 0, f"/events/{scene.event['slug']}/register")
    assert browser.submit().status_code == 403
    assert "only for the schools" in browser.text


def test_person_the_register_cannot_name_now_is_asked_to_wait(suite, monkeypatch):
    scene = play(suite)
    browser = teacher_at(suite, 0, f"/events/{scene.event['slug']}/register")

    def away(_person_id):
        raise Unavailable

    monkeypatch.setattr(directory, "person", away)
    response = browser.submit()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert not rows_of(suite, scene)


def test_guest_takes_a_place_only_by_the_link_of_her_letter(suite):
    scene = play(suite, capacity=1)
    path = guest_page(suite, scene)
    assert [row.status for row in rows_of(suite, scene)] == ["pending"]
    browser = suite.browser("en")
    response = browser.get(path)
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert [row.status for row in rows_of(suite, scene)] == ["pending"]
    browser.submit(button="confirm")
    assert "You are registered" in browser.text
    browser.submit(button="withdraw")
    assert "You have withdrawn" in browser.text
    assert [row.status for row in rows_of(suite, scene)] == ["withdrawn"]


def test_guest_who_asks_twice_sees_the_same_page_and_gets_one_letter(suite):
    scene = play(suite)
    for _ in range(2):
        guest_page(suite, scene)
    assert len(rows_of(suite, scene)) == 1
    assert len(scene.owed("guest_confirm")) == 1


def test_guest_whose_address_is_a_persons_keeps_that_persons_place(suite):
    scene = play(suite)
    scene.register(0)
    browser = suite.browser("en")
    browser.get(guest_page(suite, scene, email="teacher0000@example.invalid"))
    browser.submit(button="confirm")
    assert "You are registered" in browser.text
    assert [row.status for row in rows_of(suite, scene)] == ["confirmed", "withdrawn"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "gulnar.example"}, "f-email"),
        ({"name": ""}, "f-name"),
        ({"name": "а\r\nBcc: x@example.invalid"}, "f-name"),
        ({"school_id": "нет"}, "f-school_id"),
        ({"language": "de"}, "f-language"),
    ],
)
@pytest.mark.one_engine("sqlite")
def test_guest_form_puts_each_error_at_its_field(suite, changed, field):
    scene = play(suite)
    browser = suite.browser("en")
    browser.get(f"/events/{scene.event['slug']}/register")
    assert browser.submit_fields({**GUEST, **changed}).status_code == 422
    assert f"#{field}" in [link.get("href") for link in browser.tree.findall(".//div[@role='alert']//a")]
    assert not rows_of(suite, scene)


def test_guest_chooses_her_school_under_its_district(suite):
    scene = play(suite)
    browser = suite.browser("en")
    browser.get(f"/events/{scene.event['slug']}/register")
    groups = browser.tree.findall(".//select[@name='school_id']/optgroup")
    assert sum(len(group) for group in groups) == 315
    assert len(browser.response.data) < 60_000


@pytest.mark.parametrize("token", ["abc", "abc.def", "%00", "ImFiYyI.x"])
def test_link_that_is_not_ours_is_not_there(suite, token):
    assert suite.get(f"/registrations/{token}").status_code == 404


def test_my_page_shows_what_is_ahead_and_is_only_mine(suite):
    scene = play(suite, capacity=1)
    scene.register(0)
    scene.register(1)
    assert "You are registered" in teacher_at(suite, 0, "/my").text
    assert "number 1 in the queue" in teacher_at(suite, 1, "/my").text
    assert TITLE["en"] not in teacher_at(suite, 2, "/my").text
    assert suite.browser("en").get("/my", follow=False).status_code == 302


def test_organiser_sees_who_comes_and_may_withdraw_one(suite):
    scene = play(suite, capacity=1)
    scene.register(0)
    scene.register(1)
    path = f"/events/{scene.event['slug']}/registrations"
    browser = suite.browser("en", scene.organiser)
    browser.get(path)
    first, second = rows_of(suite, scene)
    assert first.name in browser.text
    assert second.name in browser.text
    browser.get(f"{path}/{first.public_id}/withdraw")
    assert first.name in browser.text
    browser.submit()
    assert [row.status for row in rows_of(suite, scene)] == ["withdrawn", "confirmed"]
    other = play(suite)
    assert browser.get(f"/events/{other.event['slug']}/registrations/{second.public_id}/withdraw").status_code == 404


def test_coordinator_sees_her_district_and_an_official_counts(suite):
    scene = play(suite)
    for number in range(18):
        scene.register(number)
    path = f"/events/{scene.event['slug']}/registrations"
    rows = rows_of(suite, scene)
    with suite.events.app_context():
        places = {row.id: row.territory_code for row in db.session.scalars(select(School))}
    browser = suite.browser("en", suite.sign_in("coordinator", 0))
    browser.get(path)
    shown = [row for row in rows if row.name in browser.text]
    assert shown
    assert {places[row.school_id] for row in shown if browser.text.count(row.name)} >= {"ABA"}
    assert len(browser.tree.findall(".//ul[@class='rows']/li")) == sum(places[row.school_id] == "ABA" for row in rows)
    browser = suite.browser("en", suite.sign_in("official", 0))
    browser.get(path)
    assert re.search(r"18 Have a place", browser.text)
    assert not any(row.name in browser.text for row in rows)
    assert suite.get(path, suite.sign_in("teacher")).status_code == 403
    assert suite.get(path, suite.sign_in("organiser", 3)).status_code == 404
