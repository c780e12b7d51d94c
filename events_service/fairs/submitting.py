"""The author's verbs of an idea: write, change, hand in, take back.

Each takes the event's turn first, so that counting a person's ideas and adding one is one step.
"""

import hashlib
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.db import Audit
from events_service.directory.models import Person
from events_service.events import seats
from events_service.events.models import Event, EventAudience
from events_service.fairs import queries
from events_service.fairs.models import ACCEPTED, DRAFT, LIVE, SUBMITTED, WISHES, WITHDRAWN, FairSection, Idea
from events_service.notifications import ideas as letters
from services import ledger
from services.database import new_id, utcnow
from services.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from services.identity import Actor

MOST_OF_FAIR, MOST_EVER = 500, 20
CONTENT = ("title", "summary", "wish", "minutes", "coauthors", "material_url", "material_size", "consent")
NONE_MEANS: dict[str, Any] = {
    "summary": {},
    "wish": WISHES[0],
    "minutes": 15,
    "coauthors": "",
    "material_url": "",
    "material_size": None,
    "consent": False,
}
REFUSALS = {
    "draft": _l("The fair is not published yet"),
    "cancelled": _l("The fair is cancelled"),
    "past": _l("The fair is over"),
    "closed": _l("Ideas are not taken any more"),
}


def write(
    session: Session, actor: Actor, event_id: str, author: Person, data: dict[str, Any], submission: str = ""
) -> tuple[Idea, bool]:
    """A draft from a loaded `IdeaBody`; answers the idea and whether it is new.

    The same form sent again answers the idea it made. Raises Conflict when ideas are not taken now or
    there are too many, Forbidden when the fair is for its audience only and she is not of it.
    """
    event = seats.take_turn(session, event_id)
    form = hashlib.sha256(f"{submission}|{event.id}|{actor.id}".encode()).hexdigest() if submission else None
    made = session.scalars(select(Idea).where(Idea.submission_id == form)).first() if form else None
    if made:
        return made, False
    _check_open(event)
    _check_audience(session, event, author.school_id)
    _check_numbers(event, actor)
    body = {**NONE_MEANS, **_settled(data)}
    idea = Idea(
        id=new_id(),
        event=event,
        section=_section(session, event, data["section"]),
        author_id=author.id,
        name=author.name,
        email=author.email,
        language=author.language,
        school_id=author.school_id,
        submission_id=form,
        status=DRAFT,
        version=1,
        **body,
    )
    session.add(idea)
    session.flush()
    audit(session, actor, "idea.written", idea, {}, {"status": DRAFT, **body})
    return idea, True


def rewrite(session: Session, actor: Actor, idea_id: str, data: dict[str, Any], version: int | None = None) -> Idea:
    """Change what `data` names, while ideas are taken and nobody has decided yet.

    Raises Stale when `version` is not the present one.
    """
    event, idea = _take(session, actor, idea_id)
    if version is not None and version != idea.version:
        raise Stale
    _check_undecided(idea)
    _check_open(event)
    before = _content(idea)
    for name, value in _settled(data).items():
        setattr(idea, name, value)
    if "section" in data:
        idea.section = _section(session, event, data["section"])
    if idea.status == SUBMITTED:
        _check_complete(idea)
    session.flush()
    old, new = ledger.differences(before, _content(idea))
    if new:
        _touch(idea)
        audit(session, actor, "idea.changed", idea, old, new)
    return idea


def submit(session: Session, actor: Actor, idea_id: str) -> Idea:
    """Hand a draft in; the organisers hear of it the next morning. Doing it again changes nothing."""
    event, idea = _take(session, actor, idea_id)
    if idea.status == SUBMITTED:
        return idea
    _check_undecided(idea)
    _check_open(event)
    _check_complete(idea)
    idea.status, idea.submitted_at = SUBMITTED, utcnow()
    _touch(idea)
    session.flush()
    letters.owe_organiser(session, event)
    audit(session, actor, "idea.submitted", idea, {"status": DRAFT}, {"status": SUBMITTED})
    return idea


def withdraw(session: Session, actor: Actor, idea_id: str) -> Idea:
    """Take an idea back, also an accepted one until the fair is over; doing it again changes nothing."""
    event, idea = _take(session, actor, idea_id)
    if idea.status == WITHDRAWN:
        return idea
    if idea.status not in LIVE or queries.state_of(event) == "past":
        raise Conflict(_("This idea cannot be taken back any more"))
    before = idea.status
    clear(event, idea)
    idea.status = WITHDRAWN
    _touch(idea)
    audit(session, actor, "idea.withdrawn", idea, {"status": before}, {"status": WITHDRAWN})
    return idea


def clear(event: Event, idea: Idea) -> bool:
    """Take the slot away; calendars that showed it must hear of it. Answers whether there was one."""
    there = idea.starts_at is not None
    idea.starts_at = idea.ends_at = None
    idea.place = idea.join_url = ""
    if there and idea.status == ACCEPTED:
        event.changed_at = utcnow()
    return there


def audit(
    session: Session, actor: Actor, action: str, idea: Idea, old: dict[str, Any], new: dict[str, Any], reason: str = ""
) -> None:
    ledger.audit(session, Audit, actor, action, "idea", idea.id, old=old, new=new, reason=reason)


def _take(session: Session, actor: Actor, idea_id: str) -> tuple[Event, Idea]:
    """The event's turn, then the idea as it is now."""
    idea = queries.own(idea_id, actor)
    event = seats.take_turn(session, idea.event_id)
    session.refresh(idea)
    return event, idea


def _touch(idea: Idea) -> None:
    idea.version += 1
    idea.changed_at = utcnow()


def _content(idea: Idea) -> dict[str, Any]:
    return {**{name: getattr(idea, name) for name in CONTENT}, "section": idea.section and idea.section.id}


def _settled(data: dict[str, Any]) -> dict[str, Any]:
    """The columns that a loaded body names, with None replaced by what it means."""
    return {name: NONE_MEANS.get(name) if data[name] is None else data[name] for name in CONTENT if name in data}


def _section(session: Session, event: Event, section_id: str) -> FairSection:
    try:
        return queries.section_of(event.id, section_id)
    except NotFound:
        raise Invalid({"section": [_("Choose one of the list")]}) from None


def _check_open(event: Event) -> None:
    state = queries.state_of(event)
    if state != "open":
        raise Conflict(REFUSALS[state], code=f"ideas-{state}")


def _check_undecided(idea: Idea) -> None:
    if idea.status not in {DRAFT, SUBMITTED}:
        raise Conflict(_("This idea cannot be changed any more"))


def _check_complete(idea: Idea) -> None:
    errors = {} if idea.summary else {"summary": {"kk": [_("Write it in one language at least")]}}
    if not idea.consent:
        errors["consent"] = [_("Without your consent the idea can be kept, but not sent")]  # type: ignore[assignment]
    if idea.section is None:
        errors["section"] = [_("Choose one of the list")]  # type: ignore[assignment]
    if errors:
        raise Invalid(errors)


def _check_audience(session: Session, event: Event, school_id: str | None) -> None:
    invited = school_id and session.get(EventAudience, (event.id, school_id))
    if event.restrict_to_audience and not invited:
        raise Forbidden(_("This event is only for the schools it was announced to"), code="not-in-audience")


def _check_numbers(event: Event, actor: Actor) -> None:
    own = Idea.author_id == actor.id
    most = queries.settings_of(event).ideas_per_person
    if queries.count(event.id, own, Idea.status.in_(LIVE)) >= most or queries.count(event.id, own) >= MOST_EVER:
        raise Conflict(_("You have brought as many ideas to this fair as one person may"), code="too-many-ideas")
    if queries.count(event.id, Idea.status.in_(LIVE)) >= MOST_OF_FAIR:
        raise Conflict(_("The fair has as many ideas as it can take"), code="too-many-ideas")
