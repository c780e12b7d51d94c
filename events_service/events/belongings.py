"""What a fair has beside its event, and what becomes of it when the event is copied, moved or deleted.

Sections go into a copy, ideas do not: each belongs to the fair it was brought to.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from events_service.events.models import Event
from events_service.fairs.models import FAIR, Fair, FairSection, Idea
from events_service.notifications import ideas as letters
from services.database import utcnow
from services.fields import as_utc
from services.i18n import local

COPIED = ("position", "title", "subject", "topic", "districts", "language", "moderator")


def copy(session: Session, source: Event, target: Event) -> None:
    """The sections of one fair for another; when ideas close is the new organiser's to say."""
    if source.kind != FAIR:
        return
    for section in session.scalars(select(FairSection).where(FairSection.event_id == source.id)):
        session.add(FairSection(event_id=target.id, **{name: getattr(section, name) for name in COPIED}))
    session.flush()


def forget(session: Session, event: Event) -> None:
    """A deleted draft takes all of it along."""
    for model in (Idea, FairSection, Fair):
        session.execute(delete(model).where(model.event_id == event.id))


def move(session: Session, event: Event, before: datetime | None) -> None:
    """A fair that moves to another day takes its slots along, at the same time on the clock."""
    if event.kind != FAIR or before is None or event.starts_at is None:
        return
    days = local(event.starts_at, event.time_zone).date() - local(before, event.time_zone).date()
    if not days:
        return
    for idea in session.scalars(select(Idea).where(Idea.event_id == event.id, Idea.starts_at.is_not(None))):
        for name in ("starts_at", "ends_at"):
            at = local(getattr(idea, name), event.time_zone).replace(tzinfo=None)
            setattr(idea, name, as_utc(at + days, event.time_zone))
        idea.version, idea.changed_at = idea.version + 1, utcnow()
        session.flush()
        letters.owe_author(session, idea, "idea_moved")
