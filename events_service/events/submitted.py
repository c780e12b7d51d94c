"""One press of a form makes one event, however often its browser sends it."""

import hashlib
from collections.abc import Callable

from flask import request
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from events_service.db import IdempotencyKey
from events_service.events.models import Event
from services import ledger
from services.errors import NotFound
from services.identity import Actor


def once(session: Session, actor: Actor, submission: str, make: Callable[[], Event]) -> Event:
    """What `make` makes, or what it made when this very form was sent before.

    The key is inserted first: a second press waits for the first and gets its event.
    """
    if not submission:
        return make()
    key = hashlib.sha256(submission.encode()).hexdigest()
    values = {"actor_id": actor.id, "route": f"form {request.path}"[:120], "key": key}
    named = [getattr(IdempotencyKey, name) == value for name, value in values.items()]
    if ledger.insert_once(session, IdempotencyKey, {**values, "digest": "", "status": 201}):
        event = make()
        session.execute(update(IdempotencyKey).where(*named).values(body={"id": event.id}))
        return event
    made = session.scalar(select(IdempotencyKey.body).where(*named))
    found = session.get(Event, made["id"]) if made else None
    if found is None:
        raise NotFound
    return found
