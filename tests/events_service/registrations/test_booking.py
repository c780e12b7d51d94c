"""What the verbs of a registration promise beyond what their pages show."""

import threading
import time
from datetime import timedelta

from sqlalchemy import select, update

from events_service.db import Notification, db
from events_service.events.models import Event
from events_service.registrations import booking
from events_service.registrations.models import Registration
from services.database import utcnow
from tests.events_service.scene import mail_of, move_to, other_school, play, small_school


def row_of(scene, registration):
    with scene.suite.events.app_context():
        found = select(Registration).where(Registration.public_id == registration["id"])
        return db.session.scalars(found).one()


def guest(scene, mail, **more):
    body = {"guest": {"name": "Қонақ", "email": mail, **more}}
    return scene.suite.json("POST", scene.path("/registrations"), body)


def test_guest_may_name_her_school_by_code(suite):
    scene = play(suite)
    place = small_school(scene)
    for mail, name in (("a@example.invalid", place.code), ("b@example.invalid", place.id)):
        row = row_of(scene, guest(scene, mail, school_id=name).get_json())
        assert (row.school_id, row.small) == (place.id, True)


def test_guest_with_an_unknown_school_is_told_at_its_field(suite):
    reply = guest(play(suite), "a@example.invalid", school_id="x" * 40)
    assert reply.status_code == 422
    assert list(reply.get_json()["errors"]["guest"]) == ["school_id"]


def test_guest_who_is_a_person_gets_no_place_kept_for_others(suite):
    scene = play(suite, capacity=1, small_class_reserve=1)
    move_to(scene, 3, other_school(scene).id)
    asked = guest(scene, mail_of(3), school_id=small_school(scene).id).get_json()
    scene.confirm(asked)
    row = row_of(scene, asked)
    assert (row.status, row.small, row.school_id) == ("waitlisted", False, other_school(scene).id)


def test_guest_who_is_a_person_of_another_school_is_not_of_the_audience(suite):
    scene = play(suite, audience={"rule": "small_class"}, restrict_to_audience=True)
    move_to(scene, 3, other_school(scene).id)
    asked = guest(scene, mail_of(3), school_id=small_school(scene).id).get_json()
    with suite.events.app_context():
        try:
            scene.confirm(asked)
        except booking.Forbidden as error:
            assert error.code == "not-in-audience"
        else:
            raise AssertionError("she was let in")
    assert row_of(scene, asked).status == "pending"


def test_guest_who_waits_moves_the_stamp_of_her_registration(suite):
    scene = play(suite, capacity=1)
    scene.register(0)
    asked = scene.ask()
    before = row_of(scene, asked).changed_at
    scene.confirm(asked)
    row = row_of(scene, asked)
    assert row.status == "waitlisted"
    assert row.changed_at > before


def test_guests_of_one_event_are_bounded(suite, monkeypatch):
    monkeypatch.setattr(booking, "MOST_OF_EVENT", 2)
    scene = play(suite)
    assert [guest(scene, f"g{number}@example.invalid").status_code for number in range(3)] == [201, 201, 429]
    assert guest(scene, "g9@example.invalid").headers["Retry-After"] == "60"
    assert guest(scene, "g0@example.invalid").status_code == 201
    assert guest(play(suite), "g9@example.invalid").status_code == 201


def test_guests_who_confirmed_do_not_count(suite, monkeypatch):
    monkeypatch.setattr(booking, "MOST_OF_EVENT", 1)
    scene = play(suite)
    scene.confirm(guest(scene, "g0@example.invalid").get_json())
    assert guest(scene, "g1@example.invalid").status_code == 201


def test_letters_to_one_address_are_bounded_over_all_events(suite, monkeypatch):
    monkeypatch.setattr(booking, "MOST_OF_ADDRESS", 2)
    scenes = [play(suite) for _ in range(3)]
    assert [guest(scene, "Victim@example.invalid").status_code for scene in scenes] == [201, 201, 429]


def test_form_of_a_guest_who_asks_too_often_says_when_to_come_again(suite, monkeypatch):
    monkeypatch.setattr(booking, "MOST_OF_EVENT", 0)
    browser = suite.browser("ru")
    browser.get(f"/events/{play(suite).event['slug']}/register")
    reply = browser.submit_fields({"name": "Гость", "email": "g@example.invalid"}, follow=False)
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "60")


def test_place_given_back_after_the_event_seats_nobody(suite):
    scene = play(suite, capacity=1)
    first, _second = scene.register(0), scene.register(1)
    with suite.events.app_context(), db.transaction() as session:
        past = {"starts_at": utcnow() - timedelta(days=2), "ends_at": utcnow() - timedelta(days=1)}
        session.execute(update(Event).where(Event.id == scene.event["id"]).values(**past))
    scene.withdraw(first, 0)
    assert scene.owed("registration_promoted") == []


def test_form_sent_again_after_leaving_does_not_say_registered(suite):
    scene = play(suite)
    slug = scene.event["slug"]
    browser = suite.browser("en", suite.sign_in("teacher", 0))
    browser.get(f"/events/{slug}/register")
    form_page = browser.html
    browser.submit()
    browser.get(f"/events/{slug}/withdraw")
    browser.submit()
    browser.html, browser.url = form_page, f"/events/{slug}/register"
    browser.submit()
    assert "You have withdrawn from the event" in browser.html
    assert "You are registered" not in browser.html


def test_draft_published_meanwhile_is_not_deleted(suite):
    scene = play(suite, audience={"rule": "everyone"})
    draft = scene.do("POST", "/api/v1/events", {"kind": "webinar", "title": {"kk": "Жоба"}, "date_precision": "none"})
    answers = []
    path = f"/api/v1/events/{draft['id']}"

    def delete():
        answers.append(suite.json("DELETE", path, as_=scene.organiser).status_code)

    with suite.events.app_context():
        other = threading.Thread(target=delete)
        with db.transaction() as session:
            session.execute(update(Event).where(Event.id == draft["id"]).values(status="published"))
            other.start()
            time.sleep(0.5)
        other.join()
    assert answers == [409]
    assert suite.json("GET", path).status_code == 200


def test_title_cannot_be_emptied(suite):
    scene = play(suite)
    for title in ({}, {"kk": ""}, {"kk": None, "ru": " "}):
        reply = suite.json("PATCH", scene.path(), {"title": title}, as_=scene.organiser)
        assert (reply.status_code, list(reply.get_json()["errors"])) == (422, ["title"])
    assert scene.change(venue={}, description=None)["title"] == scene.event["title"]


def test_asking_again_soon_owes_one_letter(suite):
    scene = play(suite)
    assert guest(scene, "a@example.invalid").get_json() == guest(scene, "A@example.invalid").get_json()
    with suite.events.app_context():
        owed = db.session.scalars(select(Notification.id).where(Notification.kind == "guest_confirm")).all()
    assert len(owed) == 1
