"""The bell never keeps a request waiting, whatever the broker does."""

import threading
import time

import pytest
import redis
from prometheus_client import REGISTRY

from services import doorbell
from tests.support import valkey
from tests.support.processes import PATIENCE, free_port, wait_until
from tests.support.region import make_settings


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


def skipped():
    return REGISTRY.get_sample_value("qonyrau_doorbell_skipped_total")


def ring(url):
    begin = time.monotonic()
    rung = doorbell.ring(make_settings(REDIS_URL=url))
    return rung, time.monotonic() - begin


def test_bell_is_heard(tmp_path):
    with valkey.start(tmp_path / "valkey") as found:
        assert ring(found.url)[0] is True
        assert redis.Redis.from_url(found.url).llen("celery") == 1


def test_bell_without_a_broker_says_so_at_once():
    assert ring("")[0] is False


def test_bell_at_a_closed_door_gives_up_quickly_rests_and_is_counted():
    url, before = f"redis://127.0.0.1:{free_port()}/0", skipped()
    assert [ring(url)[0] for _ in range(2)] == [False, False]
    assert skipped() == before + 2


def test_bell_at_a_frozen_broker_gives_up_quickly_rests_and_is_heard_again(tmp_path, monkeypatch):
    with valkey.start(tmp_path / "valkey") as found:
        assert ring(found.url)[0] is True
        found.freeze()
        (rung, tried), *rest = [ring(found.url) for _ in range(4)]
        assert not rung and tried >= 1
        assert not any(rung for rung, _ in rest) and min(seconds for _, seconds in rest) < 0.5
        found.thaw()
        monkeypatch.setattr(doorbell, "_silent_until", 0.0)
        assert ring(found.url)[0] is True


def test_only_one_at_a_time_waits_to_hear_whether_a_frozen_broker_is_back(tmp_path, monkeypatch):
    with valkey.start(tmp_path / "valkey") as found:
        found.freeze()
        assert ring(found.url)[0] is False
        monkeypatch.setattr(doorbell, "_silent_until", time.monotonic() - 1)
        waited = []
        rings = [threading.Thread(target=lambda: waited.append(ring(found.url)[1])) for _ in range(8)]
        for one in rings:
            one.start()
        for one in rings:
            one.join()
        found.thaw()
    assert sum(seconds > 0.8 for seconds in waited) == 1


def test_bell_without_its_timeouts_would_keep_the_request_waiting(tmp_path, monkeypatch):
    monkeypatch.setattr(doorbell, "TRANSPORT", {"max_retries": 0})
    doorbell._bell.cache_clear()
    with valkey.start(tmp_path / "valkey") as found:
        found.freeze()
        waiting = threading.Thread(target=ring, args=(found.url,), daemon=True)
        waiting.start()
        waiting.join(2.5)
        assert waiting.is_alive()
        found.thaw()
        waiting.join(PATIENCE)
    doorbell._bell.cache_clear()
    assert not waiting.is_alive()


def test_many_who_ask_at_once_are_one_bell_and_wait_for_nothing(tmp_path):
    with valkey.start(tmp_path / "valkey") as found:
        settings, queue = make_settings(REDIS_URL=found.url), redis.Redis.from_url(found.url)
        begin = time.monotonic()
        for _ in range(50):
            doorbell.ring_soon(settings)
        assert time.monotonic() - begin < doorbell.PAUSE * 5
        wait_until(lambda: queue.llen("celery"))
        time.sleep(3 * doorbell.PAUSE)
        assert 1 <= queue.llen("celery") <= 3


def test_who_asks_without_a_broker_starts_no_thread(monkeypatch):
    monkeypatch.setattr(doorbell, "_ringer", None)
    doorbell.ring_soon(make_settings(REDIS_URL=""))
    assert doorbell._ringer is None
