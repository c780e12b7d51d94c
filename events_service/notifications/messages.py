"""An organiser's own message to those registered for an event: tried on herself, then sent once."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from events_service.db import Audit, Notification
from events_service.directory.models import Person
from events_service.events.models import Event
from events_service.notifications import announcing, queries
from events_service.notifications.models import OrganiserMessage
from events_service.notifications.quiet import awake
from events_service.subscriptions.words import ORGANISER_MESSAGE
from services import ledger, limits
from services.database import utcnow
from services.errors import Conflict
from services.identity import Actor

KIND, TEST = ORGANISER_MESSAGE, f"{ORGANISER_MESSAGE}_test"
MOST_A_DAY = 10
TESTS = "20/hour"


def send(
    session: Session, actor: Actor, event: Event, data: dict[str, Any], submission: str = ""
) -> tuple[OrganiserMessage, bool]:
    """Owe a loaded `MessageBody` to everybody it is for; answers the message and whether it is new.

    The same form sent again with the same words answers what it made. Raises Conflict when nobody would get it and when
    the event has had as many in 24 hours as it may.
    """
    form = _name_of(submission, event, actor, data) if submission else None
    session.execute(update(Event.__table__).where(Event.id == event.id).values(turns=Event.turns + 1))
    made = select(OrganiserMessage).where(OrganiserMessage.submission_id == form)
    if form and (found := session.scalars(made).first()):
        return found, False
    _check_number(session, event)
    texts = {"subject": data["subject"], "body": data["body"], "sent_to": data["sent_to"]}
    message = OrganiserMessage(event_id=event.id, created_by=actor.id, submission_id=form, **texts)
    session.add(message)
    session.flush()
    people = select(*announcing.REGISTRANT).where(*queries.addressed(event, data["sent_to"]))
    fixed = {"kind": KIND, "sequence": message.id, "topic": event.id, "due_at": awake(utcnow())}
    message.recipients = announcing.owe_each(session, people, **fixed)
    if not message.recipients:
        raise Conflict(_("Nobody would get this message"), code="nobody")
    new = {"event": event.id, "recipients": message.recipients, **texts}
    ledger.audit(session, Audit, actor, "message.sent", "message", str(message.id), new=new)
    return message, True


def _name_of(submission: str, event: Event, actor: Actor, data: dict[str, Any]) -> str:
    """Tells what a form sends from all else: changed after a step back in the browser, it is another message."""
    sent = [submission, event.id, actor.id, data["sent_to"], data["subject"], data["body"]]
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()


def try_out(session: Session, actor: Actor, event: Event, data: dict[str, Any]) -> str:
    """Owe the message to its writer alone, in her language; answers her address."""
    limits.hit(TESTS, "test letters", actor.id)
    person = session.get(Person, actor.id)
    if person is None:
        raise Conflict(_("Your own address is not known here yet: try again in a minute"))
    own = Notification.recipient == person.email, Notification.kind == TEST, Notification.subject_ref == event.id
    values = {
        "recipient": person.email,
        "recipient_id": person.id,
        "recipient_name": person.name,
        "language": person.language,
        "kind": TEST,
        "subject_ref": event.id,
        "sequence": (session.scalar(select(func.max(Notification.sequence)).where(*own)) or 0) + 1,
        "topic": event.id,
        "params": {"subject": data["subject"], "body": data["body"]},
        "request_id": ledger.request_id(),
        "created_at": utcnow(),
        "due_at": utcnow(),
    }
    ledger.insert_once(session, Notification, values)
    announcing.ring_after_commit()
    return person.email


def _check_number(session: Session, event: Event) -> None:
    lately = OrganiserMessage.event_id == event.id, OrganiserMessage.created_at > utcnow() - timedelta(days=1)
    if (session.scalar(select(func.count()).where(*lately)) or 0) >= MOST_A_DAY:
        said = _("This event has had %(most)s messages in 24 hours: wait until tomorrow", most=MOST_A_DAY)
        raise Conflict(said, code="too-many-messages")
