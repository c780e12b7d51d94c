"""The same work without Celery: one process that sends, copies and tidies, whatever else is down.

It never dies of an error, and ends within a second of being asked, after the message it is sending.
"""

import logging
import signal
import time
from collections.abc import Callable

from worker import jobs
from worker.delivery import drain_all
from worker.heartbeat import touch
from worker.places import Apps

log = logging.getLogger("qonyrau.loop")
REST, SLICE = 2.0, 5.0
EVERY = {
    "compile_results": 2.0,
    "pull_directory": 5.0,
    "release_reserves": 5.0,
    "owe_reminders": 60.0,
    "owe_digests": 60.0,
    "housekeeping": 600.0,
    "check_feeds": 600.0,
    "sweep_files": 600.0,
}


class Asked:
    """Has a signal asked to stop? A plain attribute: a lock taken in a signal handler could hang."""

    def __init__(self) -> None:
        self.stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        self.stop = True

    def until(self, end: float) -> Callable[[], bool]:
        """May work go on: not asked to stop, and not yet this late."""
        return lambda: not self.stop and time.monotonic() < end

    def rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stop and time.monotonic() < end:
            time.sleep(0.1)


def run(apps: Apps, asked: Asked) -> None:
    """Until asked to stop: send in slices, so that no backlog keeps the other work waiting."""
    due = dict.fromkeys(EVERY, 0.0)
    while not asked.stop:
        touch()
        sent = drain_all(apps, asked.until(time.monotonic() + SLICE)).sent
        for name, at in due.items():
            if not asked.stop and at <= time.monotonic():
                _survive(name, apps)
                due[name] = time.monotonic() + EVERY[name]
        if not sent:
            asked.rest(REST)


def _survive(name: str, apps: Apps) -> None:
    try:
        jobs.run(name, apps)
    except Exception as error:
        log.warning("%s: not now: %s: %s", name, type(error).__name__, error)
