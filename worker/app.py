"""The Celery app. Tasks carry no data: the rows are the truth, so a lost or doubled task harms nothing."""

import logging
from typing import Any

from celery import Celery
from celery.signals import heartbeat_sent, setup_logging, worker_process_shutdown, worker_ready

from services.doorbell import DRAIN, TICK
from services.logs import init_logging
from services.metrics import mark_process_dead
from services.settings import Settings, SettingsError
from worker import figures, heartbeat, places, tasks
from worker.schedule import SCHEDULE


def make_app(settings: Settings) -> Celery:
    """The app for these settings; refuses to be made without a broker."""
    if not settings.redis_url:
        raise SettingsError("REDIS_URL is missing: without it `python -m worker drain --loop` does the work")
    app = Celery("qonyrau", broker=settings.redis_url, set_as_current=False)
    app.conf.update(pinned(settings))
    app.task(name=DRAIN)(tasks.drain)
    app.task(name=TICK)(tasks.tick)
    return app


def pinned(settings: Settings) -> dict[str, Any]:
    """What must never be left to a default."""
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "result_backend": None,
        # The row is the truth: a task delivered again after a crash would only double the bell.
        "task_acks_late": False,
        "task_reject_on_worker_lost": False,
        "task_time_limit": 150,
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 4 if settings.demo else 20,
        "worker_enable_soft_shutdown_on_idle": False,
        "worker_hijack_root_logger": False,
        # Only tasks acknowledged late would be cancelled, and ours are not: said to keep Celery's log quiet.
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        # An hour without a broker must not end the worker.
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": 5,
        "broker_transport_options": {
            "visibility_timeout": 300,
            "socket_connect_timeout": 5,
            "socket_timeout": 30,
            "socket_keepalive": True,
            "health_check_interval": 25,
        },
        "beat_schedule": SCHEDULE,
        "beat_max_loop_interval": 15,
        "timezone": "UTC",
        "enable_utc": True,
    }


@heartbeat_sent.connect
def _beat(**_: Any) -> None:
    heartbeat.touch()


@setup_logging.connect
def _log(loglevel: int | None = None, **_: Any) -> None:
    """Our own form of lines; Celery's as many as its command line asks for."""
    init_logging(places.settings().log_format)
    logging.getLogger("celery").setLevel(loglevel or logging.INFO)


@worker_ready.connect
def _show(**_: Any) -> None:
    """The worker's first process shows the figures; its children only count."""
    figures.show(places.settings())


@worker_process_shutdown.connect
def _forget(pid: int | None = None, **_: Any) -> None:
    if pid and places.settings().metrics_port:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def __getattr__(name: str) -> Celery:
    """`app`, made on first use, so that the module can be read without settings."""
    if name != "app":
        raise AttributeError(name)
    init_logging(places.settings().log_format)  # before Celery has its first word
    globals()["app"] = made = make_app(places.settings())
    return made
