"""The self-check reads our own feeds: it is silent while they are right, and names what is wrong."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import update

from events_service.calendars import checking, kept
from events_service.db import db
from events_service.events.models import Event
from events_service.ics import ical
from tests.events_service.calendars.reading import ALL, entries, person_id, write
from tests.events_service.scene import play
from tests.support.suite import Suite
from worker import jobs

pytestmark = pytest.mark.one_engine("sqlite")


def check(suite: Suite) -> int:
    suite.events.extensions.pop("feeds", None)
    with suite.events.app_context():
        return checking.check()


def test_right_feeds_have_no_fault(suite: Suite, caplog: pytest.LogCaptureFixture) -> None:
    scene, off = play(suite), play(suite)
    scene.register(1)
    off.cancel()
    scene.change(agenda=[])
    assert check(suite) == 0
    assert [record for record in caplog.records if record.name == checking.log.name] == []


def test_only_people_have_a_calendar_to_check(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = play(suite)
    scene.confirm(scene.ask())
    scene.register(1)
    checked: list[str] = []
    monkeypatch.setattr(checking, "SAMPLE", 100_000)
    monkeypatch.setattr(checking.feeds, "of_person", lambda who, _: checked.append(who) or SimpleNamespace(body=b""))
    with suite.events.app_context():
        for read in checking._personal():
            read()
    assert person_id(suite) in checked
    assert [who for who in checked if who.startswith("mail:")] == []


def test_check_ends_when_its_time_is_up_and_takes_others_the_next_time(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(checking, "LONGEST", -1.0)
    monkeypatch.setattr(checking, "_faults", lambda name, *_: read.append(name) or 0)
    for number in range(1, 9):
        assert check(suite) == 0
        assert len(read) == number
    assert len(set(read)) > 1


LOOKS = """
import os
from events_service.calendars import checking
if os.fork() == 0:
    checking.FAULTS.set(3)
    os._exit(0)
os.wait()
checking.FAULTS.set(0)
"""


def test_faults_are_those_of_the_last_process_that_looked(tmp_path: Path) -> None:
    """Also when one that found some has ended since."""
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", LOOKS], env=environ, check=True)
    assert len(list(tmp_path.iterdir())) > 1
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(tmp_path))
    assert registry.get_sample_value("qonyrau_feed_faults") == 0


def test_event_that_cannot_be_written_is_named_and_harms_no_other(
    suite: Suite, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = play(suite), play(suite, agenda=[])
    write(bad, time_zone="Atlantis/Centre")
    assert good.event["uid"] in entries(suite)
    assert check(suite) >= 3  # in each language
    assert bad.event["uid"] in caplog.text
    assert good.event["uid"] not in caplog.text
    assert checking.FAULTS._value.get() >= 3


@pytest.mark.parametrize("damage", [b"BEGIN:VEVENT\r\n", b"no name\r\n", b"\r\n"])
def test_entry_that_is_not_one_entry_is_left_out(suite: Suite, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    good, bad = play(suite), play(suite)
    whole = ical.lines

    def lines(entry: ical.Entry, prefix: str) -> bytes:
        body = whole(entry, prefix)
        return body.replace(b"SUMMARY", damage + b"SUMMARY") if entry.uid == bad.event["uid"] else body

    monkeypatch.setattr(ical, "lines", lines)
    kept._kept.clear()
    found = entries(suite, ALL)
    assert good.event["uid"] in found
    assert bad.event["uid"] not in found


def test_job_checks_once_an_hour(suite: Suite) -> None:
    bad = play(suite)
    with suite.events.app_context(), db.transaction() as session:
        session.execute(update(Event).where(Event.id == bad.event["id"]).values(time_zone="Atlantis/Centre"))
    apps = {"events": suite.events, "registry": suite.registry}
    assert jobs.run("check_feeds", apps) > 0
    assert jobs.run("check_feeds", apps) == 0
