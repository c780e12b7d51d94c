"""What a fair or a contest has beside its event, and what becomes of it when the event is copied, moved or deleted.

Sections and rules go into a copy; ideas, entries and the jury do not: each belongs to where it was brought to.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from events_service.contests.models import CONTEST, Contest, Criterion, Nomination, Stage
from events_service.entries.models import Entry
from events_service.events.models import Event
from events_service.fairs.models import FAIR, Fair, FairSection, Idea
from events_service.jury.models import Deal, JuryMember
from events_service.notifications import ideas as letters
from services.database import utcnow
from services.errors import Conflict
from services.fields import as_utc
from services.i18n import local

NOMINATION = ("code", "position", "title")
STAGE = ("code", "position", "kind", "title", "weight", "blind", "threshold", "district_cap")
CRITERION = ("code", "position", "title", "max_points", "weight", "levels")
COPIED = ("position", "title", "subject", "topic", "districts", "language", "moderator")


def copy(session: Session, source: Event, target: Event) -> None:
    """What one event has beside it for another; days and deadlines are the new organiser's to say."""
    if source.kind == FAIR:
        for section in session.scalars(select(FairSection).where(FairSection.event_id == source.id)):
            session.add(FairSection(event_id=target.id, **_kept(section, COPIED)))
    elif source.kind == CONTEST:
        _copy_contest(session, source, target)
    session.flush()


def _copy_contest(session: Session, source: Event, target: Event) -> None:
    """Rules, nominations, stages and criteria; the order it stands on is another one."""
    if rules := session.get(Contest, source.id):
        session.add(Contest(event_id=target.id, code=rules.code, rules=rules.rules))
    made: dict[str, str] = {}
    for model, names in ((Nomination, NOMINATION), (Stage, STAGE)):
        for row in session.scalars(select(model).where(model.event_id == source.id)):
            twin = model(event_id=target.id, **_kept(row, names))
            session.add(twin)
            session.flush()
            made[row.id] = twin.id
    for line in session.scalars(select(Criterion).where(Criterion.stage_id.in_(made))):
        ids = {"nomination_id": made[line.nomination_id], "stage_id": made[line.stage_id]}
        session.add(Criterion(**ids, **_kept(line, CRITERION)))


def _kept(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def check_kind(session: Session, event: Event, kind: str) -> None:
    """Conflict where an event is to become another thing than what people have entered."""
    brought = (exists().where(model.event_id == event.id) for model in (Entry, Idea))
    if kind != event.kind and any(session.scalar(select(there)) for there in brought):
        raise Conflict(_("Teachers have entered it already: its kind stays"), field="kind")


def forget(session: Session, event: Event) -> None:
    """A deleted draft takes all of it along; Conflict where something was entered, which a draft cannot have."""
    if session.scalar(select(exists().where(Entry.event_id == event.id))):
        raise Conflict(_("There are entries of teachers: cancel the event instead"))
    stages = select(Stage.id).where(Stage.event_id == event.id)
    for of_stage in (Criterion, Deal):
        session.execute(delete(of_stage).where(of_stage.stage_id.in_(stages)))
    for model in (JuryMember, Nomination, Stage, Contest, Idea, FairSection, Fair):
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
