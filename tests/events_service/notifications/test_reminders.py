"""Reminders at the sink: once each, moved with the event, never to whom they would tell nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from events_service.db import db
from events_service.notifications import reminders
from services.fields import zone_info
from tests.events_service.scene import Scene, in_days, mail_of, play, text_of
from tests.support.race import gather
from tests.support.suite import Suite
from worker import jobs

START = 40  # the day of the scene, at 10:00
pytestmark = pytest.mark.one_engine("sqlite")


def clock(text: str, days: int = START) -> datetime:
    """A time of Almaty on a day of the scene's counting."""
    return datetime.fromisoformat(in_days(days, text)).replace(tzinfo=zone_info("Asia/Almaty"))


@dataclass
class Night:
    """The worker of a scene, whose clock is set by hand."""

    scene: Scene
    suite: Suite = field(init=False)

    def __post_init__(self) -> None:
        self.suite = self.scene.suite

    def beat(self) -> None:
        places = {"registry": self.suite.registry, "events": self.suite.events}
        jobs.run("owe_reminders", places)
        self.suite.drain()

    def at(self, when: datetime, beats: int = 1) -> list[str]:
        """Who has been reminded once the worker has worked at this time."""
        with time_machine.travel(when, tick=False):
            for _ in range(beats):
                self.beat()
        return self.reminded()

    def reminded(self) -> list[str]:
        return [str(mail["To"].addresses[0].addr_spec) for mail in self.letters()]

    def letters(self) -> list[Any]:
        words = ("Еске салу", "Напоминание", "Reminder")
        return [mail for mail in self.suite.mails() if str(mail["Subject"]).startswith(words)]

    @contextmanager
    def back_at(self, when: datetime) -> Iterator[None]:
        """Somebody acts at that time: she signs in anew, as sessions end."""
        with time_machine.travel(when, tick=False):
            self.suite.tokens.clear()
            self.scene.organiser = self.suite.sign_in("organiser")
            yield
        self.suite.tokens.clear()
        self.scene.organiser = self.suite.sign_in("organiser")


def night(suite: Suite, **content: Any) -> Night:
    found = Night(play(suite, **{"agenda": [], **content}))
    found.scene.register(1)
    suite.drain()
    return found


def test_reminders_come_a_day_and_an_hour_before_and_once_each(suite: Suite) -> None:
    found = night(suite)
    found.scene.confirm(found.scene.ask())
    both = ["guest@example.invalid", mail_of(1)]
    assert found.at(clock("09:59", START - 1)) == []
    assert sorted(found.at(clock("10:00", START - 1), beats=2)) == both
    assert len(found.at(clock("08:59"), beats=2)) == 2
    assert sorted(found.at(clock("09:00"), beats=2)) == [both[0], both[0], both[1], both[1]]
    assert len(found.at(clock("09:59"), beats=2)) == 4


@pytest.mark.both_engines
def test_two_beats_and_two_drains_at_once_send_nothing_twice(suite: Suite) -> None:
    found = night(suite)
    for number in (2, 3, 4):
        found.scene.register(number)
    suite.drain()
    with time_machine.travel(clock("10:00", START - 1), tick=False):
        gather([found.beat, found.beat, suite.drain, suite.drain])
    assert sorted(found.reminded()) == [mail_of(number) for number in (1, 2, 3, 4)]


def test_reminder_says_when_and_how_to_join_and_carries_no_calendar(suite: Suite) -> None:
    found = night(suite)
    found.at(clock("10:00", START - 1))
    mail = found.letters()[0]
    assert "10:00–12:00" in text_of(mail) and "https://zoom.example/j/123" in text_of(mail)
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == ["text/plain", "text/html"]


def test_event_moved_twice_is_reminded_of_once_at_its_new_time(suite: Suite) -> None:
    found = night(suite)
    for day in (41, 42):
        found.scene.change(starts_at=in_days(day), ends_at=in_days(day, "12:00"))
    for day in (39, 40, 41):
        reminded = found.at(clock("10:00", day)) + found.at(clock("09:00", day))
    assert reminded == [mail_of(1), mail_of(1)][:1] * 2
    assert found.at(clock("09:00", 42)) == [mail_of(1)] * 2
    assert found.at(clock("09:30", 42), beats=2) == [mail_of(1)] * 2


def test_reminder_owed_for_the_old_start_is_not_sent(suite: Suite) -> None:
    found = night(suite)
    new = {"starts_at": in_days(50), "ends_at": in_days(50, "12:00")}
    due = clock("10:00", 49)
    with found.back_at(clock("10:00", START - 1)):
        jobs.run("owe_reminders", {"registry": suite.registry, "events": suite.events})
        found.scene.change(**new)
        suite.drain()
    assert found.reminded() == []
    assert found.at(due) == [mail_of(1)]


def test_who_was_told_of_a_new_time_or_registered_since_is_not_reminded(suite: Suite) -> None:
    found = night(suite)
    new = {"starts_at": in_days(START, "11:00"), "ends_at": in_days(START, "12:00")}
    with found.back_at(clock("12:00", START - 1)):
        found.scene.change(**new)
        found.scene.register(2)
    assert found.at(clock("12:01", START - 1)) == []
    assert sorted(found.at(clock("10:00"))) == [mail_of(1), mail_of(2)]


def test_who_waits_withdrew_or_was_called_off_is_not_reminded(suite: Suite) -> None:
    found = night(suite, capacity=2)
    second = found.scene.register(2)
    found.scene.register(3)
    found.scene.withdraw(second, 2)
    found.scene.register(4)
    assert sorted(found.at(clock("10:00", START - 1))) == [mail_of(1), mail_of(3)]
    found.scene.cancel()
    assert len(found.at(clock("09:00"))) == 2


def test_missed_reminder_comes_late_only_while_it_is_of_use(suite: Suite) -> None:
    late, too_late = night(suite), night(suite)
    too_late.scene.register(2)
    assert late.at(clock("21:00", START - 1)).count(mail_of(1)) == 2
    assert len(late.at(clock("09:31"))) == 3


def test_reminder_delayed_into_the_quiet_hours_waits_for_the_morning(suite: Suite) -> None:
    found = night(suite, starts_at=in_days(START, "21:00"), ends_at=in_days(START, "21:30"))
    with time_machine.travel(clock("21:20", START - 1), tick=False):
        jobs.run("owe_reminders", {"registry": suite.registry, "events": suite.events})
    assert found.at(clock("23:00", START - 1)) == []
    assert found.at(clock("08:00")) == [mail_of(1)]


def test_early_event_is_reminded_of_the_evening_before(suite: Suite) -> None:
    found = night(suite, starts_at=in_days(START, "08:20"), ends_at=in_days(START, "09:00"), reminders=[60])
    assert found.at(clock("20:59", START - 1)) == []
    assert found.at(clock("21:00", START - 1)) == [mail_of(1)]
    assert found.at(clock("08:00"), beats=2) == [mail_of(1)]


def test_of_two_reminders_that_fall_on_one_moment_one_comes(suite: Suite) -> None:
    found = night(suite, starts_at=in_days(START, "09:00"), ends_at=in_days(START, "10:00"), reminders=[180, 60])
    assert found.at(clock("21:29", START - 1)) == []
    assert found.at(clock("08:00"), beats=2) == [mail_of(1)]
    assert found.at(clock("08:29"), beats=2) == [mail_of(1)]


def test_who_is_to_be_reminded_is_found_without_reading_all_messages(suite: Suite) -> None:
    with suite.events.app_context():
        people = reminders._unreminded("e", clock("10:00"), 60)
        said = str(people.compile(db.engine, compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {said}"))]
    assert len([step for step in plan if " notification " in step and "topic=?" in step]) == 2, plan
    assert not [step for step in plan if "SCAN notification" in step or "CORRELATED" in step], plan


def test_event_without_reminders_has_none(suite: Suite) -> None:
    found = night(suite, reminders=[])
    assert found.at(clock("10:00", START - 1)) + found.at(clock("09:00")) == []


def test_reminder_is_by_the_utc_instant_whatever_the_zone_is_then() -> None:
    starts = {2021: "2021-04-05T04:00Z", 2026: "2026-04-06T05:00Z"}
    for year, said in starts.items():
        start = datetime.fromisoformat(said)
        assert start.astimezone(zone_info("Asia/Almaty")).hour == 10, year
        assert reminders.moment_of(start, 60) == start - timedelta(hours=1)
        assert reminders.moment_of(start, 1440) == start - timedelta(days=1)
