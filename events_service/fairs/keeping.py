"""The organiser's verbs of a fair itself: its settings and its sections. Each takes the event's turn first."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from events_service.db import Audit
from events_service.directory import queries as directory
from events_service.events import seats
from events_service.events.models import Event
from events_service.fairs import queries
from events_service.fairs.models import LIVE, PER_PERSON, Fair, FairSection, Idea
from services import ledger
from services.database import utcnow
from services.errors import Conflict, Invalid
from services.identity import Actor

MOST_SECTIONS = 30
SETTINGS = ("ideas_close_at", "ideas_per_person")
SECTION = ("title", "subject", "topic", "districts", "language", "position", "moderator")
NONE_MEANS: dict[str, Any] = {
    "subject": "",
    "topic": "",
    "districts": [],
    "language": "kk_ru",
    "moderator": "",
}


def settle(session: Session, actor: Actor, ref: str, data: dict[str, Any]) -> Event:
    """Change the settings that `data` names."""
    event = seats.take_turn(session, queries.owned(ref, actor).id)
    ledger.insert_once(session, Fair, {"event_id": event.id, "ideas_per_person": PER_PERSON})
    fair = session.get_one(Fair, event.id, populate_existing=True)
    before = {name: getattr(fair, name) for name in SETTINGS}
    for name in SETTINGS:
        setattr(fair, name, data.get(name, before[name]))
    fair.ideas_per_person = fair.ideas_per_person or PER_PERSON
    if fair.ideas_close_at != before["ideas_close_at"]:  # the calendar of deadlines shows it
        event.changed_at = utcnow()
    session.flush()
    _audit(session, actor, "fair.changed", "fair", event.id, before, {name: getattr(fair, name) for name in SETTINGS})
    return event


def add_section(session: Session, actor: Actor, ref: str, data: dict[str, Any]) -> FairSection:
    """A new section, the last one unless `position` says otherwise."""
    event = seats.take_turn(session, queries.owned(ref, actor).id)
    of_event = FairSection.event_id == event.id
    count, last = session.execute(
        select(func.count(), func.max(FairSection.position)).select_from(FairSection).where(of_event)
    ).one()
    if count >= MOST_SECTIONS:
        raise Conflict(_("A fair has %(most)s sections at most", most=MOST_SECTIONS))
    body = {**NONE_MEANS, **_settled(data)}
    body["position"] = min((last or 0) + 1, 999) if body.get("position") is None else body["position"]
    section = FairSection(event_id=event.id, **{name: body[name] for name in SECTION})
    session.add(section)
    session.flush()
    _audit(session, actor, "fair.section_added", "fair_section", section.id, {}, body)
    return section


def change_section(session: Session, actor: Actor, ref: str, section_id: str, data: dict[str, Any]) -> FairSection:
    """Change what `data` names; calendars show the name of a section beside its slots."""
    event = seats.take_turn(session, queries.owned(ref, actor).id)
    section = queries.section_of(event.id, section_id)
    session.refresh(section)
    before = {name: getattr(section, name) for name in SECTION}
    body = {**before, **_settled(data)}
    body["position"] = before["position"] if body["position"] is None else body["position"]
    for name in SECTION:
        setattr(section, name, body[name])
    session.flush()
    if body["title"] != before["title"] and queries.slots_of(event.id):
        event.changed_at = utcnow()
    _audit(session, actor, "fair.section_changed", "fair_section", section.id, before, body)
    return section


def remove_section(session: Session, actor: Actor, ref: str, section_id: str) -> None:
    """Only an empty one: ideas that somebody still counts on are moved first."""
    event = seats.take_turn(session, queries.owned(ref, actor).id)
    section = queries.section_of(event.id, section_id)
    if queries.count(event.id, Idea.section_id == section.id, Idea.status.in_(LIVE)):
        raise Conflict(_("There are ideas in this section: move them to another one first"))
    session.execute(
        update(Idea)
        .where(Idea.section_id == section.id)
        .values(section_id=None)
        .execution_options(synchronize_session=False)
    )
    _audit(session, actor, "fair.section_removed", "fair_section", section.id, {"title": section.title}, {})
    session.delete(section)


def _settled(data: dict[str, Any]) -> dict[str, Any]:
    """A loaded body with None replaced by what it means."""
    body = {name: NONE_MEANS.get(name) if value is None else value for name, value in data.items() if name in SECTION}
    districts = body.get("districts") or []
    if districts and not {row.code for row in directory.territories()}.issuperset(districts):
        raise Invalid({"districts": [_("Choose one of the list")]})
    return body


def _audit(
    session: Session,
    actor: Actor,
    action: str,
    entity: str,
    entity_id: str,
    old: dict[str, Any],
    new: dict[str, Any],
) -> None:
    kept_old, kept_new = ledger.differences(old, new) if new else (old, new)
    if kept_new or not new:
        ledger.audit(session, Audit, actor, action, entity, entity_id, old=kept_old, new=kept_new)
