"""The bell never keeps a request waiting, whatever the broker does."""

import signal
import time

import pytest
import redis

from services import doorbell
from tests.conftest import make_settings
from tests.support.processes import free_port, wait_until
from tests.worker.broker import broker


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


def ring(url):
    begin = time.monotonic()
    rung = doorbell.ring(make_settings(REDIS_URL=url))
    return rung, time.monotonic() - begin


def test_bell_is_heard(tmp_path):
    with broker(tmp_path / "valkey") as found:
        assert ring(found.url)[0] is True
        assert redis.Redis.from_url(found.url).llen("celery") == 1


def test_bell_without_a_broker_says_so_at_once():
    assert ring("")[0] is False


def test_bell_at_a_closed_door_gives_up_quickly_and_rests():
    url = f"redis://127.0.0.1:{free_port()}/0"
    rung, seconds = ring(url)
    assert not rung and seconds < 1.5
    rung, seconds = ring(url)
    assert not rung and seconds < 0.05


def test_bell_at_a_frozen_broker_gives_up_quickly_rests_and_is_heard_again(tmp_path, monkeypatch):
    with broker(tmp_path / "valkey") as found:
        assert ring(found.url)[0] is True
        found.process.child.send_signal(signal.SIGSTOP)
        rung, seconds = ring(found.url)
        assert not rung and seconds < 1.5
        rung, seconds = ring(found.url)
        assert not rung and seconds < 0.05
        found.process.child.send_signal(signal.SIGCONT)
        monkeypatch.setattr(doorbell, "_silent_until", 0.0)
        assert ring(found.url)[0] is True


def test_many_who_ask_at_once_are_one_bell_and_wait_for_nothing(tmp_path):
    with broker(tmp_path / "valkey") as found:
        settings, queue = make_settings(REDIS_URL=found.url), redis.Redis.from_url(found.url)
        begin = time.monotonic()
        for _ in range(50):
            doorbell.ring_soon(settings)
        assert time.monotonic() - begin < doorbell.PAUSE * 5
        wait_until(lambda: queue.llen("celery"), 10)
        time.sleep(3 * doorbell.PAUSE)
        assert 1 <= queue.llen("celery") <= 3


def test_who_asks_without_a_broker_starts_no_thread(monkeypatch):
    monkeypatch.setattr(doorbell, "_ringer", None)
    doorbell.ring_soon(make_settings(REDIS_URL=""))
    assert doorbell._ringer is None
