"""After a commit the workers are told that there is work; the rows are the truth, this is only a bell.

The bell never blocks a request, which leaves it to a thread; it takes one second at most, and after a
failure it rests for ten.
"""

import logging
import threading
import time
from functools import lru_cache

from celery import Celery

from services import metrics
from services.settings import Settings

log = logging.getLogger("qonyrau.doorbell")
REST = 10.0
DRAIN, TICK = "worker.drain", "worker.tick"
TRANSPORT = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry_on_timeout": False, "max_retries": 0}
PAUSE = 0.1
_silent_until = 0.0
_asked, _starting = threading.Event(), threading.Lock()
_ringer: threading.Thread | None = None
_asker: Settings | None = None


@lru_cache(maxsize=2)
def _bell(redis_url: str) -> Celery:
    app = Celery("bell", broker=redis_url, set_as_current=False)
    app.conf.update(broker_transport_options=TRANSPORT, broker_connection_timeout=1, task_ignore_result=True)
    return app


def rests() -> bool:
    """Was Redis away a moment ago? Then nobody waits for it, but one at a time who looks whether it is back."""
    global _silent_until
    now = time.monotonic()
    if now < _silent_until:
        return True
    if _silent_until:
        _silent_until = now + REST
    return False


def rest(error: Exception) -> None:
    """Redis did not answer: leave it alone for a while, whatever it was asked."""
    global _silent_until
    _silent_until = time.monotonic() + REST
    log.warning("doorbell: %s; the loop will find the work", type(error).__name__)


def answered() -> None:
    """Redis is there."""
    global _silent_until
    _silent_until = 0.0


def ring(settings: Settings) -> bool:
    """Ask for a drain; False when the bell rests, is not there or does not answer."""
    if settings.redis_url and not rests():
        try:
            _bell(settings.redis_url).send_task(DRAIN, retry=False, ignore_result=True, expires=60)
        except Exception as error:
            rest(error)
        else:
            answered()
            return True
    metrics.SKIPPED.inc(bool(settings.redis_url))
    return False


def ring_soon(settings: Settings) -> None:
    """Have it rung from a thread of its own, once for all who ask meanwhile: no answer waits for the broker."""
    global _ringer, _asker
    if not settings.redis_url:
        return
    _asker = settings
    _asked.set()
    with _starting:
        if _ringer is None or not _ringer.is_alive():  # in a forked process it is not
            _ringer = threading.Thread(target=_ring_when_asked, daemon=True)
            _ringer.start()


def _ring_when_asked() -> None:
    while _asked.wait():
        _asked.clear()
        if _asker:
            ring(_asker)
        time.sleep(PAUSE)
