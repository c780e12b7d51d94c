"""What Celery must never be left to decide by itself."""

import pytest

from services import outbox, transports
from services.doorbell import DRAIN, TICK
from services.settings import SettingsError
from tests.support.region import make_settings
from worker import jobs
from worker.app import make_app

BROKER = {"REDIS_URL": "redis://127.0.0.1:6399/0"}
PINNED = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "task_ignore_result": True,
    "result_backend": None,
    "task_acks_late": False,
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
}


@pytest.fixture
def app():
    return make_app(make_settings(**BROKER))


@pytest.mark.parametrize("name", PINNED)
def test_setting_is_pinned(app, name):
    assert app.conf[name] == PINNED[name]


def test_task_is_ended_before_its_lease_runs_out_and_after_a_letter_has_had_its_time(app):
    assert transports.LETTER_DEADLINE < app.conf.task_time_limit < outbox.LEASE.total_seconds()


@pytest.mark.parametrize(("env", "seconds"), [("demo", 4), ("test", 20)])
def test_worker_asked_to_stop_has_time_for_its_letter(env, seconds):
    assert make_app(make_settings(QONYRAU_ENV=env, **BROKER)).conf.worker_soft_shutdown_timeout == seconds


def test_broker_that_is_frozen_is_noticed(app):
    options = app.conf.broker_transport_options
    assert 0 < options["socket_connect_timeout"] <= 10
    assert 0 < options["socket_timeout"] <= 60


def test_beat_reminds_of_every_job_and_reminders_do_not_pile_up(app):
    entries = app.conf.beat_schedule.values()
    assert {entry["args"][0] for entry in entries if entry["task"] == TICK} == set(jobs.JOBS)
    drains = [entry["schedule"] for entry in entries if entry["task"] == DRAIN]
    assert drains == [15]
    assert all(entry["options"]["expires"] <= entry["schedule"] for entry in entries)


def test_tasks_are_the_two_bells_and_carry_no_data(app):
    own = {name for name in app.tasks if not name.startswith("celery.")}
    assert own == {DRAIN, TICK}
    assert {tuple(entry.get("args", ())) for entry in app.conf.beat_schedule.values()} <= {
        (),
        *((job,) for job in jobs.JOBS),
    }


def test_without_a_broker_the_app_is_refused_with_what_to_do():
    with pytest.raises(SettingsError, match="drain --loop"):
        make_app(make_settings())
