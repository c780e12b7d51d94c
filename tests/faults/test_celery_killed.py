"""Celery without the loop: its pool child killed, its broker emptied and killed; tasks carry no data (F4, F5)."""

import psutil
import pytest
import redis

from tests.support import valkey
from tests.worker.test_jobs import published, register

pytestmark = [pytest.mark.slow, pytest.mark.one_engine("postgres")]
POOL = ("-P", "prefork", "-c", "1", "-B", "--scheduler", "celery.beat:Scheduler")
LETTERS = 8


def test_killed_children_and_an_emptied_broker_cost_seconds_and_no_letter(suite, house, tmp_path):
    with valkey.start(tmp_path / "valkey") as broker:
        kills = "after_claim=kill@4"
        celery = house.celery(*POOL, REDIS_URL=broker.url, SHORT="1", FAILPOINTS=kills)
        event = published(suite)
        for number in range(LETTERS):
            register(suite, event, number)
        house.until_settled(event)
        assert "signal 9" in celery.log
        for number in range(LETTERS, LETTERS + 3):
            register(suite, event, number)
            with redis.Redis.from_url(broker.url) as client:
                client.flushall()
        house.until_settled(event)
        broker.kill()
        register(suite, event, LETTERS + 3)
        broker.restart(empty=True)
        house.until_settled(event)
        assert psutil.Process(celery.child.pid).is_running()
    sent = [str(mail["To"]) for mail in suite.mails()]
    assert len(sent) == len(set(sent)) == LETTERS + 4
