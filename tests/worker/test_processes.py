"""The workers as processes of their own: with a broker, without one, both at once, killed and stopped."""

import signal
import sys
import threading
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from services import doorbell
from tests.support import valkey
from tests.support.processes import PATIENCE, free_port, spawn, wait_until
from tests.support.region import environ_of
from tests.worker.test_jobs import places, published, register
from worker.delivery import drain_all

pytestmark = pytest.mark.slow
LOOP = [sys.executable, "-m", "worker", "drain", "--loop"]
CELERY = [sys.executable, "-m", "celery", "-A", "worker.app", "worker", "-P", "solo", "-l", "warning"]


class Mails:
    """The letters of one event in the folder."""

    def __init__(self, suite):
        self.folder = Path(suite.settings.mail_url.removeprefix("file:"))

    def ids(self):
        return [message_from_bytes(path.read_bytes())["Message-ID"] for path in self.folder.glob("*.eml")]

    def wait(self, count):
        wait_until(lambda: len(self.ids()) >= count)


@pytest.fixture
def mails(suite):
    return Mails(suite)


def environ(suite, **changed):
    return {**environ_of(suite.settings), **changed}


def closed():
    return f"127.0.0.1:{free_port()}"


@pytest.mark.one_engine("postgres")
def test_loop_sends_while_the_broker_and_the_register_are_away_and_ends_when_told(suite, mails, tmp_path):
    ref = published(suite, capacity=50)
    away = environ(suite, REDIS_URL=f"redis://{closed()}/0", REGISTRY_URL=f"http://{closed()}")
    with spawn(LOOP, env=away, log_path=tmp_path / "loop.log") as loop:
        wait_until(lambda: "pull_directory: not now" in loop.log)
        register(suite, ref, 0)
        mails.wait(1)
        assert "Traceback" not in loop.log
        loop.child.send_signal(signal.SIGTERM)
        loop.watchdog.wait(PATIENCE)


@pytest.mark.one_engine("sqlite")
def test_loop_ends_after_the_letter_it_is_sending_and_leaves_no_claim(suite, mails, tmp_path):
    ref = published(suite, capacity=50)
    for number in range(40):
        register(suite, ref, number)
    with spawn(LOOP, env=environ(suite, REDIS_URL=""), log_path=tmp_path / "loop.log") as loop:
        mails.wait(3)
        loop.child.send_signal(signal.SIGTERM)
        loop.watchdog.wait(PATIENCE)
    found = statuses(suite, ref)
    assert set(found) <= {"sent", "queued"}
    assert found.count("sent") == len(mails.ids()) == len(set(mails.ids()))
    suite.drain()
    assert statuses(suite, ref) == ["sent"] * 40


def statuses(suite, ref):
    engine = create_engine(suite.settings.events_database_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT status FROM notification WHERE topic = :ref"), {"ref": ref}).all()
    engine.dispose()
    return [row.status for row in rows]


@pytest.mark.one_engine("postgres")
def test_bell_brings_the_letter_within_seconds(suite, mails, tmp_path, monkeypatch):
    ref = published(suite, capacity=50)
    with valkey.start(tmp_path / "valkey") as found:
        bell = environ(suite, REDIS_URL=found.url)
        with spawn(CELERY, env=bell, log_path=tmp_path / "celery.log"):
            ring_until_heard(found, monkeypatch)
            register_with_bell(suite, ref, 0, found.url)
            mails.wait(1)  # nobody else would send it: neither a loop nor a beat runs
            found.kill()
            found.restart()
            register_with_bell(suite, ref, 1, found.url)
            ring_until_heard(found, monkeypatch)
            mails.wait(2)


def ring_until_heard(found, monkeypatch):
    """Ring until a worker has taken the bell from the queue."""
    import redis

    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    queue = redis.Redis.from_url(found.url)
    doorbell._bell(found.url).send_task(doorbell.DRAIN, retry=False)
    wait_until(lambda: queue.llen("celery") == 0)


def register_with_bell(suite, ref, number, url):
    """As a web process with this REDIS_URL would."""
    import dataclasses

    suite.events.config["SETTINGS"] = dataclasses.replace(suite.settings, redis_url=url)
    register(suite, ref, number)


def test_many_drains_at_once_send_each_letter_once(suite, mails):
    ref = published(suite, capacity=50)
    for number in range(30):
        register(suite, ref, number)
    drains = [threading.Thread(target=drain_all, args=(places(suite),)) for _ in range(4)]
    for drain in drains:
        drain.start()
    for drain in drains:
        drain.join()
    assert len(mails.ids()) == len(set(mails.ids())) == 30
    assert statuses(suite, ref) == ["sent"] * 30


def test_one_outbox_that_fails_does_not_stop_the_other(suite, mails):
    ref = published(suite, capacity=5)
    register(suite, ref, 0)
    from registry_service.db import Notification, db

    with suite.registry.app_context(), db.transaction() as session:
        session.execute(text(f"ALTER TABLE {Notification.__tablename__} RENAME TO lost"))
    tally = drain_all(places(suite))
    assert tally.sent == 1
    with suite.registry.app_context(), db.transaction() as session:
        session.execute(text(f"ALTER TABLE lost RENAME TO {Notification.__tablename__}"))
