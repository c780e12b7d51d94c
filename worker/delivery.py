"""Sending what both services owe: each outbox is drained inside the context of its owner."""

import logging
from collections.abc import Callable

from events_service import db as events_db
from events_service.notifications import announcing, quiet
from events_service.notifications import letters as event_letters
from registry_service import db as registry_db
from registry_service.people import letters as sign_in_letters
from services.outbox import Outbox, Tally, drain
from worker.places import EVENTS, REGISTRY, Apps

log = logging.getLogger("qonyrau.delivery")
OUTBOXES = {
    REGISTRY: Outbox(registry_db.db, registry_db.Notification, sign_in_letters.render, sign_in_letters.SECRET_KINDS),
    EVENTS: Outbox(events_db.db, events_db.Notification, event_letters.render, event_letters.SECRET_KINDS),
}


def always() -> bool:
    return True


def drain_all(apps: Apps, go_on: Callable[[], bool] = always) -> Tally:
    """Send what is due in both services while `go_on` says so; one that fails does not stop the other."""
    total = Tally()
    for name, outbox in OUTBOXES.items():
        with apps[name].app_context():
            try:
                if name == EVENTS:
                    announcing.write_anew()
                    quiet.hold()
                _add(total, drain(outbox, apps[name].config["SETTINGS"], go_on=go_on))
            except Exception as error:
                log.warning("%s: mails could not be sent now: %s", name, error)
    return total


def _add(total: Tally, one: Tally) -> None:
    for name, value in vars(one).items():
        setattr(total, name, getattr(total, name) + value)
