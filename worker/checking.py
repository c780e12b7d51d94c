"""The invariants of both services, one line each: for operators, and for tests after each fault.

Operators also have published results reckoned once more, which no statement can.
"""

from collections.abc import Mapping
from typing import Any

import events_service.invariants as of_events
import registry_service.invariants as of_register
from events_service.db import db as events_db
from events_service.results import rechecking
from registry_service.db import db as registry_db
from services.invariants import check
from worker.places import EVENTS, REGISTRY, Apps

INVARIANTS: Mapping[str, tuple[Any, Any]] = {
    REGISTRY: (registry_db, of_register.invariants),
    EVENTS: (events_db, of_events.invariants),
}


RECKONED = {EVENTS: rechecking.finding}


def report(apps: Apps) -> int:
    """Print a line an invariant; answers 1 when one is broken. Rows are named by id, never by person."""
    broken = 0
    for place, (db, invariants) in INVARIANTS.items():
        with apps[place].app_context(), db.engine.connect() as connection:
            found = check(connection, invariants())
            for finding in [*found, RECKONED[place]()] if place in RECKONED else found:
                print(f"{place:<9}{finding}")
                broken += bool(finding.broken)
    return 1 if broken else 0
