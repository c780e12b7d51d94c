"""The organiser's verbs of an idea: accept, decline, give it a slot, fill a section.

A decision may be changed while the fair stands. Each takes the event's turn first; whatever a
calendar shows moves the event's LAST-MODIFIED, and its SEQUENCE stays.
"""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.events import seats
from events_service.events.models import PUBLISHED, Event
from events_service.fairs import clashes, queries
from events_service.fairs.models import ACCEPTED, DECLINED, SUBMITTED, Idea
from events_service.fairs.submitting import REFUSALS, audit, clear
from events_service.notifications import ideas as letters
from services import ledger
from services.database import utcnow
from services.errors import Conflict, Invalid, NotFound
from services.identity import Actor

LONGEST = timedelta(hours=8)
SLOT = ("starts_at", "ends_at", "place", "join_url")


def accept(session: Session, actor: Actor, idea_id: str, slot: dict[str, Any] | None = None) -> Idea:
    """Accept an idea, with its slot where one is named; its author is told. Doing it again changes nothing."""
    event, idea = _take(session, actor, idea_id)
    if idea.status == ACCEPTED:
        return _put(session, actor, event, idea, slot) if slot and slot.get("starts_at") else idea
    if idea.status not in {SUBMITTED, DECLINED}:
        raise Conflict(_("Only an idea that was sent can be accepted"))
    _decide(session, actor, idea, ACCEPTED)
    if slot:
        _put(session, actor, event, idea, slot, tell=False)
    if idea.section is None:  # its section was removed while it was declined: nobody would see it
        raise Invalid({"section": [_("Choose one of the list")]})
    letters.owe_author(session, idea, "idea_accepted")
    return idea


def decline(session: Session, actor: Actor, idea_id: str, reason: str) -> Idea:
    """Do not take an idea; its author is told why. Its slot, where it had one, is free again."""
    event, idea = _take(session, actor, idea_id)
    if idea.status == DECLINED:
        return idea
    if idea.status not in {SUBMITTED, ACCEPTED}:
        raise Conflict(_("Only an idea that was sent can be declined"))
    clear(event, idea)
    _decide(session, actor, idea, DECLINED, reason)
    letters.owe_author(session, idea, "idea_declined")
    return idea


def place(session: Session, actor: Actor, idea_id: str, slot: dict[str, Any]) -> Idea:
    """Give an accepted idea this slot, or none where it names no beginning; its author is told what changes."""
    event, idea = _take(session, actor, idea_id)
    if idea.status != ACCEPTED:
        raise Conflict(_("Only an accepted idea has a slot"))
    return _put(session, actor, event, idea, slot)


def fill(session: Session, actor: Actor, ref: str, section_id: str, start: datetime, gap: int = 0) -> tuple[int, int]:
    """Slots for the accepted ideas of a section that have none, from `start` on in the order they came in.

    Each gets its wished length, `gap` minutes lie between two, taken times are stepped over. Answers
    how many got a slot and how many found no more time.
    """
    event = seats.take_turn(session, queries.owned(ref, actor).id)
    _check_published(event)
    section = queries.section_of(event.id, section_id)
    rows = session.scalars(queries.accepted(event.id).where(Idea.section_id == section.id)).all()
    taken = [idea for idea in rows if idea.starts_at]
    at, pause, placed, left = start, timedelta(minutes=gap), 0, 0
    for idea in [idea for idea in rows if not idea.starts_at]:
        begin, end = _next_slot(taken, at, timedelta(minutes=idea.minutes), pause)
        if clashes.within(event, begin, end):
            _put(session, actor, event, idea, {"starts_at": begin, "ends_at": end})
            at, placed = end + pause, placed + 1
        else:
            left += 1
    return placed, left


def _next_slot(taken: list[Idea], at: datetime, length: timedelta, pause: timedelta) -> tuple[datetime, datetime]:
    """The first time from `at` on that runs into none of the taken slots (in order of their beginnings)."""
    for other in taken:
        assert other.starts_at and other.ends_at
        if other.starts_at < at + length and at < other.ends_at:
            at = other.ends_at + pause
    return at, at + length


def _take(session: Session, actor: Actor, idea_id: str) -> tuple[Event, Idea]:
    """The event's turn, then the idea as it is now."""
    idea = queries.judged_by(idea_id, actor)
    event = seats.take_turn(session, idea.event_id)
    session.refresh(idea)
    _check_published(event)
    return event, idea


def _check_published(event: Event) -> None:
    if event.status != PUBLISHED:
        raise Conflict(REFUSALS[event.status])


def _decide(session: Session, actor: Actor, idea: Idea, status: str, reason: str = "") -> None:
    before = idea.status
    idea.status, idea.reason, idea.decided_at = status, reason, utcnow()
    idea.version, idea.changed_at = idea.version + 1, idea.decided_at
    session.flush()
    audit(session, actor, f"idea.{status}", idea, {"status": before}, {"status": status}, reason)


def _put(session: Session, actor: Actor, event: Event, idea: Idea, slot: dict[str, Any], tell: bool = True) -> Idea:
    """Write the whole slot of an accepted idea; what stays as it was tells nobody."""
    before = _slot(idea)
    if slot.get("section"):
        idea.section = _section(event, slot["section"])
    if slot.get("starts_at") is None:
        clear(event, idea)
    else:
        idea.starts_at, idea.ends_at = _span(idea, slot)
        idea.place, idea.join_url = slot.get("place") or "", slot.get("join_url") or ""
        if not clashes.within(event, idea.starts_at, idea.ends_at):
            raise Invalid({"starts_at": [_("The slot lies outside the time of the fair")]})
    session.flush()
    old, new = ledger.differences(before, _slot(idea))
    if new:
        _show(event)
        idea.version, idea.changed_at = idea.version + 1, utcnow()
        session.flush()
        audit(session, actor, "idea.placed", idea, old, new)
    if new and tell:
        letters.owe_author(session, idea, "idea_moved")
    return idea


def _show(event: Event) -> None:
    """Calendars show something else now."""
    event.changed_at = utcnow()


def _slot(idea: Idea) -> dict[str, Any]:
    return {**{name: getattr(idea, name) for name in SLOT}, "section": idea.section and idea.section.id}


def _span(idea: Idea, slot: dict[str, Any]) -> tuple[datetime, datetime]:
    start: datetime = slot["starts_at"]
    end: datetime = slot.get("ends_at") or start + timedelta(minutes=idea.minutes)
    if end <= start:
        raise Invalid({"ends_at": [_("The end is before the beginning")]})
    if end - start > LONGEST:
        raise Invalid({"ends_at": [_("A slot lasts eight hours at most")]})
    return start, end


def _section(event: Event, section_id: str) -> Any:
    try:
        return queries.section_of(event.id, section_id)
    except NotFound:
        raise Invalid({"section": [_("Choose one of the list")]}) from None
