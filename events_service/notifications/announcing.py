"""Owing somebody a message: rows written in the transaction of their cause, sent after it."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Select, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from events_service.db import Audit, Notification, db
from events_service.events.models import Event
from events_service.notifications import departing
from events_service.registrations.models import LIVE, Registration
from services import doorbell, ledger
from services.database import utcnow
from services.errors import Conflict
from services.identity import Actor

HELD = "held"
MENDABLE = ("failed", "uncertain", HELD)
WHO = ("recipient", "recipient_id", "recipient_name", "language", "subject_ref")
REGISTRANT = (
    Registration.email,
    Registration.person_id,
    Registration.name,
    Registration.language,
    Registration.public_id,
)


def ring_after_commit() -> None:
    """Tell the workers, once, when the present transaction is committed."""
    settings = current_app.config["SETTINGS"]
    db.after_commit("doorbell", lambda: doorbell.ring_soon(settings))


def owe(session: Session, values: dict[str, Any], kind: str, topic: str, sequence: int) -> None:
    """One message; that it is owed already is no fault."""
    stamps = {"created_at": utcnow(), "due_at": utcnow(), "request_id": ledger.request_id()}
    ledger.insert_once(session, Notification, {**stamps, **values, "kind": kind, "topic": topic, "sequence": sequence})
    ring_after_commit()


def to_registrant(session: Session, row: Registration, kind: str) -> None:
    """One message about one registration; `version` makes a repeated cause harmless."""
    values = {
        "recipient": row.email,
        "recipient_id": row.person_id,
        "recipient_name": row.name,
        "language": row.language,
        "kind": kind,
        "subject_ref": row.public_id,
        "sequence": row.version,
        "topic": row.event_id,
        "request_id": ledger.request_id(),
        "created_at": utcnow(),
        "due_at": utcnow(),
    }
    ledger.insert_once(session, Notification, values)
    ring_after_commit()


def to_all_registrants(session: Session, event: Event, kind: str, before: Mapping[str, Any] | None = None) -> int:
    """One message to each who has a place or waits, in one statement; answers how many.

    `before` is what the content of the event was, where it was changed.
    """
    live = select(*REGISTRANT).where(Registration.event_id == event.id, Registration.status.in_(LIVE))
    params = departing.params_of(session, event, before)
    return owe_each(session, live, kind=kind, sequence=event.sequence, topic=event.id, params=params)


def owe_each(session: Session, people: Select[Any], **fixed: Any) -> int:
    """One message to each of `people` (a select of the columns `WHO`), unless it is owed already; answers how many.

    `fixed` is what all have in common: `kind`, `sequence`, `topic`, and `due_at` unless it is due now.
    """
    now = utcnow()
    common = {"due_at": now, **fixed, "status": "queued", "request_id": ledger.request_id(), "created_at": now}
    table = Notification.__table__
    rows = people.add_columns(*(literal(value, table.c[name].type) for name, value in common.items()))
    kind = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    insert = kind.insert(table).from_select([*WHO, *common], rows).on_conflict_do_nothing()
    result = session.execute(insert, execution_options={"preserve_rowcount": True})
    ring_after_commit()
    return int(result.rowcount)  # type: ignore[attr-defined]


def owe_again(session: Session, actor: Actor, row: Notification) -> None:
    """Try a message anew that has failed, is held back, or of which nobody knows whether it arrived.

    It is written again from its cause: what has been overtaken since then is not sent.
    """
    if not _settle(session, row, MENDABLE, _anew()):
        raise Conflict(_("Only a letter that did not arrive is sent again"))
    ledger.audit(session, Audit, actor, "notification.queued", "notification", str(row.id))
    ring_after_commit()


def owe_all_again(session: Session, actor: Actor, event: Event) -> int:
    """Try all letters about an event anew that failed; answers how many.

    Not those of which nobody knows whether they arrived: that is decided one by one.
    """
    lost = update(Notification).where(Notification.topic == event.id, Notification.status == "failed")
    changed = session.execute(lost.values(**_anew()).execution_options(synchronize_session=False))
    owed = int(changed.rowcount)  # type: ignore[attr-defined]
    if owed:
        ledger.audit(session, Audit, actor, "notifications.queued", "notifications", event.id, new={"letters": owed})
        ring_after_commit()
    return owed


def write_anew() -> None:
    """Let what a server put off be asked for again when its turn comes: it may be overtaken by then.

    Not what has perhaps been given away: its copies must all say the same.
    """
    put_off = Notification.status == "queued", Notification.ambiguous == 0, Notification.rendered.is_not(None)
    if db.session.scalar(select(Notification.id).where(*put_off).limit(1)) is None:
        return
    with db.transaction() as session:
        anew = update(Notification).where(*put_off).values(rendered=None)
        session.execute(anew.execution_options(synchronize_session=False))


def drop(session: Session, actor: Actor, row: Notification) -> None:
    """Do not send a message that is held back."""
    if not _settle(session, row, (HELD,), {"status": "superseded"}):
        raise Conflict(_("Only a letter that is held back can be dropped"))
    ledger.audit(session, Audit, actor, "notification.dropped", "notification", str(row.id))


def _anew() -> dict[str, Any]:
    return {"status": "queued", "attempts": 0, "ambiguous": 0, "due_at": utcnow(), "rendered": None, "error": ""}


def _settle(session: Session, row: Notification, states: Iterable[str], values: dict[str, Any]) -> bool:
    """Write `values` unless the message has left these states meanwhile."""
    changed = session.execute(
        update(Notification)
        .where(Notification.id == row.id, Notification.status.in_(list(states)))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
