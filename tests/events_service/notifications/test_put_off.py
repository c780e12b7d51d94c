"""What a mail server put off is asked for again before it goes: by then it may be overtaken."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from events_service.notifications import announcing
from services import outbox
from tests.events_service.notifications.test_reminders import START, Night, clock, night
from tests.events_service.scene import in_days, mail_of, play
from tests.support import smtp
from tests.support.smtp import Sink
from tests.support.suite import Suite

pytestmark = pytest.mark.one_engine("sqlite")
LATE = {"starts_at": in_days(START, "22:10"), "ends_at": in_days(START, "23:00"), "reminders": [60]}


@pytest.fixture
def sink(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """Its `answers` are given one after another to each letter; then it takes all."""
    monkeypatch.setattr(outbox, "RETRIES", (timedelta(seconds=30),) * 9)
    found = smtp.start()
    suite.events.config["SETTINGS"] = dataclasses.replace(suite.settings, mail_url=found.url)
    yield found
    found.stop()


def answering(sink: Sink, *answers: str) -> None:
    rest = list(answers)
    sink.script = lambda envelope: rest.pop(0) if rest else None


def reminded(found: Night) -> list[str]:
    return [item["status"] for item in found.scene.owed("event_reminder")]


def late_reminder(suite: Suite, sink: Sink, answer: str) -> Night:
    """Of an event that is over before the quiet hours end."""
    found = night(suite, **LATE)
    answering(sink, answer)
    found.at(clock("21:10"))
    with time_machine.travel(clock("21:35"), tick=False):
        suite.drain()
    with time_machine.travel(clock("08:00", START + 1), tick=False):
        suite.drain()
    return found


@pytest.mark.parametrize(("answer", "copies"), [("451 later", 0), (Sink.DROP, 1)])
def test_reminder_put_off_into_the_night_does_not_come_after_its_event(
    suite: Suite, sink: Sink, answer: str, copies: int
) -> None:
    found = late_reminder(suite, sink, answer)
    assert reminded(found) == ["superseded"]
    assert len(sink.messages) - 1 == copies  # the first is the confirmation


def cancelled_meanwhile(suite: Suite, sink: Sink, answer: str) -> list[str]:
    """The subjects of what has come once an event was cancelled between two tries of its reminder."""
    found = night(suite)
    answering(sink, answer)
    found.at(clock("10:00", START - 1))
    with found.back_at(clock("10:01", START - 1)):
        found.scene.cancel()
        suite.drain()
    return [str(one.message["Subject"]).split(":")[0] for one in sink.messages[1:]]


def test_reminder_put_off_is_not_sent_once_the_event_is_off(suite: Suite, sink: Sink) -> None:
    assert cancelled_meanwhile(suite, sink, "451 later") == ["Болмайды"]


def test_without_being_asked_again_it_would_be(suite: Suite, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "write_anew", lambda: None)
    assert len(cancelled_meanwhile(suite, sink, "451 later")) == 2


def test_copy_of_what_has_perhaps_come_says_what_the_first_said(suite: Suite, sink: Sink) -> None:
    scene = play(suite)
    answering(sink, Sink.DROP)
    scene.register(1)
    suite.drain()
    scene.change(title={"kk": "Басқа атау"})
    with time_machine.travel(outbox.utcnow() + timedelta(seconds=31), tick=False):
        suite.drain()
    first, second = [one.message for one in sink.messages]
    assert first.as_string() == second.as_string()


def test_fact_put_off_says_how_it_is_when_it_goes(suite: Suite, sink: Sink) -> None:
    scene = play(suite)
    answering(sink, "451 later", "451 later")
    row = scene.register(1)
    scene.register(2)
    suite.drain()
    scene.withdraw(row, 1)
    scene.change(venue={"kk": "Балқаш"}, format="in_person")
    with time_machine.travel(outbox.utcnow() + timedelta(seconds=31), tick=False):
        suite.drain()
    assert [item["status"] for item in scene.owed("registration_confirmed")] == ["sent", "superseded"]
    told = [one for one in sink.messages if one.recipients == [mail_of(2)]]
    assert all("Балқаш" in one.message.get_body(("plain",)).get_content() for one in told)
