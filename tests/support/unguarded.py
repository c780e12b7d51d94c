"""The suite with one of its guards taken out, to show that the tests would notice.

Started as `gunicorn tests.support.unguarded:single` with WITHOUT naming the guard.
"""

import os
import time

from events_service.events import seats
from events_service.events.models import Event
from events_service.registrations import booking
from services import database, ledger
from services.errors import NotFound


def without_turn() -> None:
    """Nobody takes a turn: the event is read, not touched, and writers do not queue."""

    def read_only(session, event_id):
        event = session.get(Event, event_id, populate_existing=True)
        if event is None:
            raise NotFound
        time.sleep(0.02)
        return event

    seats.take_turn = read_only
    _begin_deferred()


def without_repeat_check() -> None:
    """A second request of the same person does not look for the first."""
    booking.find_live = lambda session, event_id, key: None
    booking._sent_before = lambda session, form: None


def without_promotion() -> None:
    """A place given back seats nobody."""
    seats.promote = lambda session, event: 0


def without_idempotency() -> None:
    """The key of a request is not kept."""
    ledger._key = lambda: ""


def _begin_deferred() -> None:
    """On SQLite the writer's turn is BEGIN IMMEDIATE: take that out too."""
    plain = database._prepare_sqlite

    class Never:
        get = staticmethod(lambda: False)

    database._prepare_sqlite = lambda engine, writing: plain(engine, Never())


{
    "turn": without_turn,
    "repeat": without_repeat_check,
    "promotion": without_promotion,
    "idempotency": without_idempotency,
    "": lambda: None,
}[os.environ.get("WITHOUT", "")]()

from wsgi import single  # noqa: E402

__all__ = ["single"]
