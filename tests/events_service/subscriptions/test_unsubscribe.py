"""Stopping letters by one press of a mail program: from a real letter's headers, without a session."""

import logging
import re
from email.message import EmailMessage

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from events_service.subscriptions import links
from tests.events_service.notifications.test_reminders import START, Night, clock, night
from tests.events_service.scene import Json, in_days, mail_of, text_of
from tests.support.suite import ORIGIN, Suite
from worker import jobs

pytestmark = pytest.mark.one_engine("sqlite")


def link_of(mail: EmailMessage) -> str:
    """The path of the header, as a mail program reads it."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<http://127\.0\.0\.1:8000(/unsubscribe/\S+)>", mail["List-Unsubscribe"])
    assert found and found[1] in text_of(mail)
    return found[1]


def press(suite: Suite, path: str, **more: str) -> TestResponse:
    """What RFC 8058 has a mail program send: one field, no cookie, no token of a form."""
    return Client(suite.wsgi).post(path, data={"List-Unsubscribe": "One-Click", **more}, base_url=ORIGIN)


def move(found: Night, day: int) -> Json:
    return found.scene.change(starts_at=in_days(day), ends_at=in_days(day, "12:00"))


@pytest.mark.both_engines
def test_press_stops_the_next_reminder_but_no_fact_of_her_registration(suite: Suite) -> None:
    found = night(suite)
    found.scene.confirm(found.scene.ask())
    found.at(clock("10:00", START - 1))
    mails = {mail["To"].addresses[0].addr_spec: mail for mail in found.letters()}
    for address in ("guest@example.invalid", mail_of(1)):
        for _ in range(2):
            assert press(suite, link_of(mails[address])).status_code == 200
    assert len(found.at(clock("09:00"))) == 2
    move(found, 45)
    suite.drain()
    told = [mail for mail in suite.mails() if str(mail["Subject"]).startswith(("Новое время", "Уақыты"))]
    assert len(told) == 2
    assert not any(mail["List-Unsubscribe"] for mail in told)
    assert len(found.at(clock("10:00", 44))) == 2


def test_reminder_stopped_after_it_was_owed_is_not_sent(suite: Suite) -> None:
    found = night(suite)
    with time_machine.travel(clock("10:00", START - 1), tick=False):
        jobs.run("owe_reminders", {"registry": suite.registry, "events": suite.events})
        found.suite.tokens.clear()
        suite.json(
            "PUT",
            "/api/v1/me/subscriptions",
            {"letters": {"event_reminder": False}},
            as_=suite.sign_in("teacher", 1),
        )
        suite.drain()
    assert found.reminded() == []


def test_page_asks_first_says_what_is_off_and_takes_it_back(suite: Suite) -> None:
    with suite.events.app_context():
        path = links.url_of("mail:guest@example.invalid", "weekly_digest").removeprefix(ORIGIN)
    browser = suite.browser("ru")
    browser.get(path)
    assert "Больше не присылать эти письма?" in browser.text and "Раз в неделю" in browser.text
    browser.submit(button="stop")
    assert "больше не будут приходить" in browser.text and browser.response.status_code == 200
    browser.get(path)
    assert "больше не будут приходить" in browser.text
    browser.submit(button="resume")
    assert "Больше не присылать эти письма?" in browser.text
    assert press(suite, path, resume="1").status_code == 400
    assert browser.response.headers["Referrer-Policy"] == "no-referrer"


def test_forged_links_and_those_of_facts_are_not_there(suite: Suite, caplog: pytest.LogCaptureFixture) -> None:
    with suite.events.app_context():
        good = links.url_of("someone", "event_reminder").removeprefix(ORIGIN)
        fact = links.url_of("someone", "event_changed").removeprefix(ORIGIN)
    for path in (good[:-1], good + "x", fact, "/unsubscribe/x", "/unsubscribe/a.b"):
        assert press(suite, path).status_code == 404
        assert suite.get(path).status_code == 404
    with caplog.at_level(logging.DEBUG):
        assert press(suite, good).status_code == 200
    assert good.rpartition("/")[2] not in caplog.text


def test_one_link_is_not_pressed_for_ever(suite: Suite) -> None:
    with suite.events.app_context():
        path = links.url_of("someone", "event_reminder").removeprefix(ORIGIN)
    assert [press(suite, path).status_code for _ in range(61)][-2:] == [200, 429]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_breaks_the_door(suite: Suite, text: str) -> None:
    with suite.events.app_context():
        assert links.named_by(text) is None
        assert links.named_by(links.url_of(text, "event_reminder").rpartition("/")[2]) == (text, "event_reminder")
