"""New events told to who follows their district, subject or programme: once a person, in waking hours."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.orm import Session

from events_service.db import Notification, db
from events_service.directory.models import Person, School
from events_service.directory.queries import audience_schools
from events_service.events.models import PUBLISHED, Event
from events_service.notifications import wording
from events_service.notifications.announcing import owe_each
from events_service.notifications.composing import Fill, context_of, facts_of, letter_to, values_of
from events_service.notifications.quiet import awake
from events_service.registrations.models import LIVE, Registration
from events_service.subscriptions.models import DISTRICT, PROGRAMME, SUBJECT, Follow
from events_service.subscriptions.queries import muted
from events_service.subscriptions.words import NEW_EVENT
from services.database import utcnow
from services.fields import today
from services.identity import Actor
from services.mail import Letter


def owe(session: Session, actor: Actor, event: Event) -> int:
    """Tell who follows what has just been published; answers how many.

    The rows belong to no event, as what somebody follows is no business of its organiser.
    """
    if is_over(event):
        return 0
    return owe_each(session, followers(actor, event), kind=NEW_EVENT, sequence=0, topic="", due_at=awake(utcnow()))


def count(actor: Actor, event: Event) -> int:
    """How many `owe` would write to now."""
    if is_over(event):
        return 0
    return db.session.scalar(select(func.count()).select_from(followers(actor, event).subquery())) or 0


def is_over(event: Event) -> bool:
    end = event.ends_at or event.starts_at
    return end is not None and end <= utcnow()


def followers(actor: Actor, event: Event) -> Select[Any]:
    """Who follows it and may register, by the schools of its rule as of today; not who publishes it."""
    schools = audience_schools(event.audience, today()).order_by(None)
    districts = schools.with_only_columns(School.territory_code)
    follows = select(Follow.reader).where(
        or_(
            (Follow.what == SUBJECT) & (func.lower(Follow.code) == func.lower(event.subject)),
            (Follow.what == PROGRAMME) & (Follow.code == event.programme),
            (Follow.what == DISTRICT) & Follow.code.in_(districts),
        )
    )
    told: tuple[Any, ...] = (
        Person.active,
        Person.id.not_in({actor.id, event.created_by}),
        Person.id.not_in(muted(NEW_EVENT)),
    )
    if event.restrict_to_audience:
        told = *told, Person.school_id.in_(schools.with_only_columns(School.id))
    who = Person.email, Person.id.label("recipient_id"), Person.name, Person.language, literal(event.id)
    return select(*who).where(Person.id.in_(follows), *told)


def letter_of(message: Notification, fill: Fill) -> Letter | None:
    """The letter in the language being spoken; None when the event is off or over, or she has registered."""
    event = db.session.get(Event, message.subject_ref)
    if event is None or event.status != PUBLISHED or is_over(event):
        return None
    hers = Registration.event_id == event.id, Registration.attendee == message.recipient_id
    if db.session.scalar(select(Registration.id).where(*hers, Registration.status.in_(LIVE))):
        return None
    path = f"/events/{event.slug}"
    subject, lead = wording.first(message, event, values_of(message, event, path))
    context = context_of(message, event, lead, facts_of(event), path, _("Page of the event"))
    return letter_to(message, subject, context, fill)
