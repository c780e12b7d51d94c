"""Loading the demonstration into two databases that are empty, once."""

from collections.abc import Callable, Container
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from demo.events import load_events
from demo.region import load_register
from events_service import db as events_db
from events_service.directory import copying
from events_service.events.models import Event
from registry_service import db as registry_db
from registry_service.people.models import Person
from registry_service.territories.models import Territory
from services.ledger import insert_once
from services.migrations import upgrade

MARK = "demo"


class NotOurs(RuntimeError):
    """A database holds something that is not the demonstration."""


def load(registry: Flask, events: Flask, without: Container[str] = ()) -> bool:
    """Migrate both databases and load what is missing; False when all is there already.

    Events whose codes are in `without` are left out.
    Raises NotOurs when a database holds rows but not the demonstration's mark.
    """
    missing = [_missing(registry, registry_db, Territory, Person), _missing(events, events_db, Event)]
    if missing[0]:
        with registry.app_context():
            _write(registry_db, load_register)
    if missing[1]:
        with events.app_context():
            copying.pull(events)
            _write(events_db, partial(load_events, without=without))
    return any(missing)


def is_loaded(db: Any) -> bool:
    """Does the database of the present app carry the demonstration's mark?"""
    return db.db.session.get(db.Counter, MARK) is not None


def _missing(app: Flask, db: Any, *signs: type[Any]) -> bool:
    """Bring the database to the newest migration; is it still without the demonstration?"""
    with app.app_context():
        upgrade()
        if is_loaded(db):
            return False
        if any(db.db.session.scalar(select(exists().select_from(sign))) for sign in signs):
            raise NotOurs(f"The {app.name} database holds rows and is not the demonstration's: name another one.")
        return True


def _write(db: Any, fill: Callable[[Session], None]) -> None:
    with db.db.transaction() as session:
        fill(session)
        insert_once(session, db.Counter, {"name": MARK, "value": 1})
