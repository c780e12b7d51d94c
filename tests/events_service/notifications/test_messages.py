"""An organiser's own message: to whom, looked at, tried on herself, sent once."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from events_service.db import db
from events_service.notifications import quiet
from events_service.notifications.messages import MOST_A_DAY
from events_service.notifications.models import OrganiserMessage
from services.database import utcnow
from services.fields import zone_info
from tests.events_service.scene import Json, Scene, in_days, mail_of, play, text_of
from tests.support.suite import Suite

pytestmark = pytest.mark.either_engine

WORDS = {
    "sent_to": "all",
    "subject": {"kk": "Дәптер алыңыз", "ru": "Возьмите тетрадь"},
    "body": {"kk": "Жұмыс дәптері керек.", "ru": "Нужна тетрадь.\n\nИ ручка <b>синяя</b>."},
}
FIELDS = {
    "sent_to": "all",
    "subject.kk": "Дәптер алыңыз",
    "subject.ru": "Возьмите тетрадь",
    "body.kk": "Жұмыс дәптері керек.",
    "body.ru": "Нужна тетрадь.",
}


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the clock says, nobody sleeps."""
    monkeypatch.setattr(quiet, "is_quiet", lambda instant: False)


def crowd(suite: Suite) -> Scene:
    """Two have places, one waits."""
    scene = play(suite, capacity=2)
    for number, language in ((1, "kk"), (2, "ru"), (3, "en")):
        scene.register(number, language)
    return scene


def send(scene: Scene, **changed: object) -> Json:
    return scene.do("POST", scene.path("/messages"), WORDS | changed)


def page_of(scene: Scene) -> str:
    return f"/events/{scene.event['slug']}/message"


def test_message_goes_to_each_in_her_language_and_says_where_it_is_not_hers(suite: Suite) -> None:
    scene = crowd(suite)
    assert send(scene)["recipients"] == 3
    suite.drain()
    written = [mail for mail in suite.mails() if mail["Subject"] in WORDS["subject"].values()]
    found = {mail["To"].addresses[0].addr_spec: mail for mail in written}
    assert set(found) == {mail_of(1), mail_of(2), mail_of(3)}
    assert "Жұмыс дәптері керек." in text_of(found[mail_of(1)])
    assert "Нужна тетрадь.\n\nИ ручка <b>синяя</b>." in text_of(found[mail_of(2)]).replace("\r\n", "\n")
    html = found[mail_of(2)].get_body(("html",)).get_content()
    assert "&lt;b&gt;синяя&lt;/b&gt;" in html
    english = text_of(found[mail_of(3)])
    assert "The organisers wrote this only in: Kazakh, Russian." in english
    assert "Жұмыс дәптері керек." in english
    for address, mail in found.items():
        assert not [other for other in found if other != address and other in mail.as_string()]


@pytest.mark.parametrize(("sent_to", "numbers"), [("confirmed", {1, 2}), ("waitlisted", {3})])
def test_message_is_for_those_it_names(suite: Suite, sent_to: str, numbers: set[int]) -> None:
    scene = crowd(suite)
    send(scene, sent_to=sent_to)
    assert {item["recipient"] for item in scene.owed("organiser_message")} == {mail_of(n) for n in numbers}


def test_who_has_withdrawn_meanwhile_gets_none(suite: Suite) -> None:
    scene = play(suite)
    row = scene.register(1)
    scene.register(2)
    send(scene)
    scene.withdraw(row, 1)
    suite.drain()
    assert {item["recipient"]: item["status"] for item in scene.owed("organiser_message")} == {
        mail_of(1): "superseded",
        mail_of(2): "sent",
    }


def test_counting_sends_nothing(suite: Suite) -> None:
    scene = crowd(suite)
    found = scene.do("POST", scene.path("/messages?dry_run=true"), WORDS)
    assert found == {"recipients": 3, "by_language": {"en": 1, "kk": 1, "ru": 1}}
    assert scene.owed("organiser_message") == []
    assert scene.do("GET", scene.path("/messages"))["items"] == []


def test_who_wants_none_is_neither_counted_nor_written_to(suite: Suite) -> None:
    scene = crowd(suite)
    letters = {"letters": {"organiser_message": False}}
    scene.do("PUT", "/api/v1/me/subscriptions", letters, as_=suite.sign_in("teacher", 2))
    assert scene.do("POST", scene.path("/messages?dry_run=true"), WORDS)["recipients"] == 2
    send(scene)
    assert {item["recipient"] for item in scene.owed("organiser_message")} == {mail_of(1), mail_of(3)}
    suite.drain()
    mail = next(mail for mail in suite.mails() if mail["Subject"] in WORDS["subject"].values())
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_letter_written_at_night_waits_for_the_morning(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    scene = play(suite)
    scene.register(1)
    night = datetime.fromisoformat(in_days(0, "23:30")).replace(tzinfo=zone_info(None))
    with time_machine.travel(night, tick=False):
        suite.tokens.clear()
        scene.organiser = suite.sign_in("organiser")
        browser = suite.browser("en", scene.organiser)
        browser.get(page_of(scene))
        browser.submit_fields(FIELDS)
        assert "08:00" in browser.text
        send(scene)
        suite.drain()
        assert [item["status"] for item in scene.owed("organiser_message")] == ["queued"]
    suite.tokens.clear()


def test_nobody_to_read_is_refused(suite: Suite) -> None:
    scene = play(suite)
    reply = suite.json("POST", scene.path("/messages"), WORDS, as_=scene.organiser)
    assert (reply.status_code, scene.do("GET", scene.path("/messages"))["total"]) == (409, 0)


def test_an_event_has_ten_messages_in_a_day_at_most(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    for _number in range(MOST_A_DAY):
        send(scene)
    assert suite.json("POST", scene.path("/messages"), WORDS, as_=scene.organiser).status_code == 409
    with suite.events.app_context(), db.transaction() as session:
        session.execute(update(OrganiserMessage).values(created_at=utcnow() - timedelta(hours=25)))
    assert send(scene)["recipients"] == 1


def test_repeated_key_sends_once(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    replies = [
        suite.json("POST", scene.path("/messages"), WORDS, as_=scene.organiser, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert len(scene.owed("organiser_message")) == 1


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": {}},
        {"body": {"kk": "x" * 4001}},
        {"subject": {"kk": "a\nBcc: x@example.invalid"}},
        {"sent_to": "world"},
    ],
)
def test_wrong_message_is_refused_with_its_field(suite: Suite, wrong: Json) -> None:
    scene = play(suite)
    scene.register(1)
    reply = suite.json("POST", scene.path("/messages"), WORDS | wrong, as_=scene.organiser)
    assert reply.status_code == 422
    assert next(iter(wrong)) in reply.get_json()["errors"]


def test_another_organisation_sees_no_such_event(suite: Suite) -> None:
    scene = play(suite)
    other = suite.sign_in("organiser", 3)
    assert suite.json("POST", scene.path("/messages"), WORDS, as_=other).status_code == 404
    assert suite.browser("en", other).get(page_of(scene)).status_code == 404


@pytest.mark.one_engine("sqlite")
def test_page_counts_shows_each_language_and_sends_once(suite: Suite) -> None:
    scene = crowd(suite)
    browser = suite.browser("en", scene.organiser)
    browser.get(page_of(scene))
    browser.submit_fields(FIELDS)
    assert "3 people will get it." in browser.text
    assert "Нужна тетрадь." in browser.text
    assert "The organisers wrote this only in" in browser.text
    assert scene.owed("organiser_message") == []
    form = browser.form(f"{page_of(scene)}/send")
    for _press in range(2):
        assert browser.send(form, {"send": ""}).status_code == 303
    assert len(scene.owed("organiser_message")) == 3
    browser.get(page_of(scene))
    assert "Sent earlier" in browser.text


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize("edited", [{"subject.kk": "Қалам алыңыз"}, {"body.ru": "И ручка"}, {"sent_to": "waitlisted"}])
def test_form_changed_after_a_step_back_is_another_message(suite: Suite, edited: dict[str, str]) -> None:
    scene = crowd(suite)
    browser = suite.browser("en", scene.organiser)
    browser.get(page_of(scene))
    browser.submit_fields(FIELDS)
    form = browser.form(f"{page_of(scene)}/send")
    for fields in ({}, edited, edited):
        assert browser.send(form, {"send": "", **fields}).status_code == 303
    assert len(scene.do("GET", scene.path("/messages"))["items"]) == 2


@pytest.mark.one_engine("sqlite")
def test_a_test_goes_to_its_writer_alone(suite: Suite) -> None:
    scene = crowd(suite)
    browser = suite.browser("en", scene.organiser)
    browser.get(page_of(scene))
    browser.submit_fields(FIELDS)
    browser.submit_fields({}, action=f"{page_of(scene)}/send", button="test")
    assert "Nobody else gets it" in browser.text
    tests = scene.owed("organiser_message_test")
    assert [item["recipient"] for item in tests] == ["organiser0@example.invalid"]
    assert scene.owed("organiser_message") == []
    suite.drain()
    mail = suite.mails()[-1]
    assert "Дәптер алыңыз" in mail["Subject"] or "Возьмите тетрадь" in mail["Subject"]
    assert scene.owed("organiser_message_test")[0]["status"] == "sent"


@pytest.mark.one_engine("sqlite")
def test_page_without_readers_says_what_to_do(suite: Suite) -> None:
    scene = play(suite)
    browser = suite.browser("en", scene.organiser)
    browser.get(page_of(scene))
    assert "Nobody is registered yet" in browser.text
    assert browser.tree.find(".//textarea") is None


@pytest.mark.one_engine("sqlite")
def test_wrong_form_keeps_what_was_typed(suite: Suite) -> None:
    scene = crowd(suite)
    browser = suite.browser("en", scene.organiser)
    browser.get(page_of(scene))
    assert browser.submit_fields(FIELDS | {"subject.kk": "", "subject.ru": ""}).status_code == 422
    assert "Нужна тетрадь." in browser.html
    assert "Write it in one language at least" in browser.text
