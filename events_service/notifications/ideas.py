"""Letters about the ideas of a fair: to the author what was decided, to the organiser what waits for her.

Like all letters they are rows written with their cause, and not sent once they are overtaken.
"""

from datetime import time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from events_service.db import Notification, db
from events_service.directory.models import Person
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.fairs.models import ACCEPTED, DECLINED, SUBMITTED, Idea
from events_service.notifications import announcing
from events_service.notifications.composing import Fill, almaty, context_of, facts_of, letter_to, when_of
from events_service.registrations.models import LIVE, Registration
from services.fields import midnight, today
from services.i18n import said_plain
from services.mail import Letter

MORNING = time(8)
SAID = {
    "idea_accepted": (
        _l("Your idea is accepted: %(title)s"),
        _l("The organisers have taken your idea."),
    ),
    "idea_declined": (
        _l("Your idea was not taken: %(title)s"),
        _l("Thank you for your idea. The organisers have not taken it for this fair."),
    ),
    "idea_moved": (
        _l("New time or place of your idea: %(title)s"),
        _l("The time, the place or the section of your idea has changed. This is how it is now."),
    ),
}
OF_FAIR = {
    "fair_cancelled": (_l("Cancelled: %(title)s"), _l("The fair you brought an idea to will not take place.")),
    "fair_restored": (
        _l("Takes place after all: %(title)s"),
        _l("The fair had been cancelled; now it takes place after all. Your idea stands as it was."),
    ),
}
WAITING = "ideas_waiting"
KINDS = (*SAID, *OF_FAIR, WAITING)


def owe_author(session: Session, idea: Idea, kind: str) -> None:
    """One message to the author; the idea's version makes a repeated cause harmless."""
    person = {"recipient": idea.email, "recipient_id": idea.author_id, "recipient_name": idea.name}
    announcing.owe(
        session, {**person, "language": idea.language, "subject_ref": idea.id}, kind, idea.event_id, idea.version
    )


def owe_authors(session: Session, event: Event, kind: str) -> int:
    """One message of the whole fair to each author who is not told as a registrant; answers how many."""
    found = session.execute(_authors(event)).all()
    for author_id, email, name, spoken in found:
        person = {"recipient": email, "recipient_id": author_id, "recipient_name": name, "language": spoken}
        announcing.owe(session, {**person, "subject_ref": event.id}, kind, event.id, event.sequence)
    return len(found)


def count_authors(event: Event) -> int:
    """How many `owe_authors` would write to now."""
    return db.session.scalar(select(func.count()).select_from(_authors(event).subquery())) or 0


def _authors(event: Event) -> Select[Any]:
    registered = select(Registration.attendee).where(Registration.event_id == event.id, Registration.status.in_(LIVE))
    person = Idea.author_id, func.max(Idea.email), func.max(Idea.name), func.max(Idea.language)
    ideas = select(*person).where(Idea.event_id == event.id, Idea.status.in_((SUBMITTED, ACCEPTED)))
    return ideas.where(Idea.author_id.not_in(registered)).group_by(Idea.author_id)


def owe_organiser(session: Session, event: Event, kind: str = WAITING) -> None:
    """One message the next morning to who planned the event, however much comes in until then."""
    person = session.get(Person, event.created_by)
    if person is None or not person.active:
        return
    morning = today() + timedelta(days=1)
    due = midnight(morning) + timedelta(hours=MORNING.hour)
    to = {"recipient": person.email, "recipient_id": person.id, "recipient_name": person.name}
    values = {**to, "language": person.language, "subject_ref": event.id, "due_at": due}
    announcing.owe(session, values, kind, event.id, morning.toordinal())


def letter_of(message: Notification, fill: Fill) -> Letter | None:
    """The letter of one of `KINDS`, in the language being spoken; None when it is overtaken."""
    event = db.session.get(Event, message.topic)
    if event is None or event.status != (CANCELLED if message.kind == "fair_cancelled" else PUBLISHED):
        return None
    if message.kind in OF_FAIR:
        return _of_fair(message, event, fill)
    if message.kind == WAITING:
        return _waiting(message, event, fill)
    idea = db.session.get(Idea, message.subject_ref)
    if idea is None or not _stands(message, idea):
        return None
    subject, lead = SAID[message.kind]
    path = f"/fairs/{event.slug}/ideas/{idea.id}"
    context = context_of(message, event, str(lead), _facts(idea, event), path, _("Page of the idea"))
    if idea.status == ACCEPTED:
        context["join_url"] = idea.join_url
    return letter_to(message, str(subject) % {"title": said_plain(idea.title)}, context, fill)


def _of_fair(message: Notification, event: Event, fill: Fill) -> Letter | None:
    if another(message, message.kind, Notification.sequence > message.sequence):
        return None
    subject, lead = OF_FAIR[message.kind]
    facts = facts_of(event, event.cancel_reason)
    context = context_of(message, event, str(lead), facts, f"/fairs/{event.slug}", _("Page of the fair"))
    return letter_to(message, str(subject) % {"title": said_plain(event.title)}, context, fill)


def _waiting(message: Notification, event: Event, fill: Fill) -> Letter | None:
    count = db.session.scalar(select(func.count(Idea.id)).where(Idea.event_id == event.id, Idea.status == SUBMITTED))
    if not count:
        return None
    lead = ngettext("%(num)s idea waits for your decision.", "%(num)s ideas wait for your decision.", count)
    subject = _("Ideas wait for a decision: %(title)s", title=said_plain(event.title))
    context = context_of(message, event, lead, [], f"/fairs/{event.slug}/ideas", _("Ideas of the fair"))
    return letter_to(message, subject, context, fill)


def _stands(message: Notification, idea: Idea) -> bool:
    """A decision stands until the next one; a new slot is told unless it is overtaken or told with the decision."""
    if message.kind == "idea_declined":
        return idea.status == DECLINED and not another(message, message.kind, Notification.sequence > message.sequence)
    if idea.status != ACCEPTED:
        return False
    if message.kind == "idea_accepted":
        return not another(message, message.kind, Notification.sequence > message.sequence)
    told = another(message, "idea_accepted", Notification.sent_at > message.created_at)
    return idea.version == message.sequence and not told


def another(message: Notification, kind: str, *where: Any) -> bool:
    """Is there another message of that kind about the same thing?"""
    rows = select(Notification.id).where(
        Notification.topic == message.topic, Notification.subject_ref == message.subject_ref, Notification.kind == kind
    )
    return db.session.scalar(rows.where(*where).limit(1)) is not None


def _facts(idea: Idea, event: Event) -> list[tuple[str, str]]:
    pairs = [
        (_("Idea"), said_plain(idea.title)),
        (_("Section"), said_plain(idea.section.title) if idea.section else ""),
        (_("Why"), idea.reason if idea.status == DECLINED else ""),
        (_("When"), _when(idea, event)),
        (_("Where"), idea.place),
    ]
    return [(term, value) for term, value in pairs if value]


def _when(idea: Idea, event: Event) -> str:
    """The slot by the clock of Almaty, wherever the reader is; the time of the fair where there is none."""
    if idea.status != ACCEPTED or not (idea.starts_at and idea.ends_at):
        return "" if idea.status == DECLINED else when_of(event)
    return almaty(idea.starts_at, idea.ends_at)
