"""Which program fetched a person's calendar last, and when: so that she can see that her subscription works.

It is written down by a thread of its own, never by the fetch; what cannot be written now is left.
"""

import logging
import queue
import threading
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from events_service.calendars import addresses
from events_service.calendars.models import FeedFetch
from events_service.db import db
from services.database import utcnow
from services.ledger import insert_once

log = logging.getLogger("qonyrau.calendars")
PAUSE = timedelta(minutes=10)
MOST_WAITING, MOST_KNOWN = 200, 10_000
OTHER = "other"
# The first word that stands in what a program says of itself decides: names of calendar programs, then of
# browsers, which hold the names of systems too, then of systems.
PROGRAMS = (
    ("google", "Google"),
    ("thunderbird", "Thunderbird"),
    ("icsx5", "Android"),
    ("davx5", "Android"),
    ("outlook", "Outlook"),
    ("microsoft", "Outlook"),
    ("office", "Outlook"),
    ("exchange", "Outlook"),
    ("dataaccessd", "Apple"),
    ("calendaragent", "Apple"),
    ("applewebkit", OTHER),
    ("firefox/", OTHER),
    ("android", "Android"),
    ("ios/", "Apple"),
    ("macos/", "Apple"),
    ("mac os", "Apple"),
    ("mac_os", "Apple"),
    ("mac+os", "Apple"),
)
Fetch = tuple[Flask, str, str]
_waiting: "queue.Queue[Fetch]" = queue.Queue(MOST_WAITING)
_noted: dict[tuple[Flask, str, str], float] = {}
_starting = threading.Lock()
_writer: threading.Thread | None = None


def program_of(agent: str) -> str:
    """A program by the name it gives itself, as one of a short list."""
    said = agent[:300].lower()
    return next((program for word, program in PROGRAMS if word in said), OTHER)


def note(app: Flask, path: str, agent: str) -> None:
    """Have a fetch of a personal calendar written down soon, once in ten minutes for each path and program."""
    fetch = app, path, program_of(agent)
    now = time.monotonic()
    if now - _noted.get(fetch, -PAUSE.total_seconds()) < PAUSE.total_seconds():
        return
    if len(_noted) >= MOST_KNOWN:
        _noted.clear()
    try:
        _waiting.put_nowait(fetch)
    except queue.Full:
        return
    _noted[fetch] = now
    _start()


def write(path: str, program: str) -> None:
    """Remember the fetch, unless another process has done so a moment ago. Raises NotFound for a dead address."""
    with db.transaction() as session:
        person_id = addresses.person_of(path.rpartition("/")[2].removesuffix(".ics"))
        values = {"person_id": person_id, "program": program}
        insert_once(session, FeedFetch, {**values, "at": utcnow() - PAUSE})
        session.execute(
            update(FeedFetch)
            .filter_by(**values)
            .where(FeedFetch.at <= utcnow() - PAUSE)
            .values(at=utcnow())
            .execution_options(synchronize_session=False)
        )


def settle() -> None:
    """Wait until all that was noted is written."""
    _waiting.join()


def _start() -> None:
    global _writer
    with _starting:
        if _writer is None or not _writer.is_alive():  # in a forked process it is not
            _writer = threading.Thread(target=_write_all, daemon=True)
            _writer.start()


def _write_all() -> None:
    while True:
        app, path, program = _waiting.get()
        try:
            with app.app_context():
                write(path, program)
        except Exception as error:
            log.warning("a fetch was not written down: %s", type(error).__name__)
        finally:
            _waiting.task_done()
