"""The author's verb that ends a draft: hand it in and get a receipt."""

import secrets

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests import rules as contest_rules
from events_service.contests.models import Contest
from events_service.directory import queries as directory
from events_service.directory.models import Person, School
from events_service.entries import eligibility
from events_service.entries.models import ADMITTED, SUBMITTED, Entry
from events_service.entries.writing import audit, check_draft, take_own, touch
from events_service.events.models import Event
from events_service.notifications import entries as letters
from services.database import utcnow
from services.errors import Invalid
from services.fields import today
from services.identity import Actor


def submit(session: Session, actor: Actor, ref: Event, entry_id: str, author: Person) -> Entry:
    """Hand a draft in: it gets its number and a receipt, and what the register knows of the school is kept.

    Doing it again changes nothing. Raises Conflict when it is late, Invalid when something is missing, Forbidden
    when her school is not one of those the contest is for.
    """
    event, entry = take_own(session, actor, ref, entry_id)
    if entry.status in {SUBMITTED, ADMITTED}:
        return entry
    check_draft(event, entry)
    _check_complete(entry)
    entry.name, entry.email, entry.language = author.name, author.email, author.language
    if entry.number is None:
        _keep_school(session, event, entry, author)
    before, entry.status, entry.submitted_at = entry.status, SUBMITTED, utcnow()
    entry.number = entry.number or _next_number(session, event)
    entry.receipt = f"{entry.number:04}-{secrets.token_hex(4)}"
    touch(entry)
    session.flush()
    letters.owe_author(session, entry, "entry_received")
    letters.owe_organiser(session, event)
    new = {"status": SUBMITTED, "number": entry.number, "receipt": entry.receipt, "school": entry.school_id}
    audit(session, actor, "entry.submitted", entry, {"status": before}, new)
    return entry


def missing(entry: Entry) -> dict[str, list[str]]:
    """What an entry lacks to be handed in, by field."""
    found = {}
    for name in ("title", "summary"):
        if not getattr(entry, name):
            found[name] = [_("Fill this in")]
    if not entry.files and not entry.video_url:
        found["file"] = [_("Add a file or the link to a video")]
    if not entry.original:
        found["original"] = [_("Without this the entry can be kept, but not sent")]
    if not entry.consent:
        found["consent"] = [_("Without your consent the entry can be kept, but not sent")]
    return found


def _check_complete(entry: Entry) -> None:
    if found := missing(entry):
        raise Invalid(found)


def _keep_school(session: Session, event: Event, entry: Entry, author: Person) -> None:
    """The school of the day of entry stays with the entry, also when it is mended later."""
    school = session.get(School, author.school_id) if author.school_id else None
    eligibility.check(contest_rules.of(contests.contest_of(event)), school, today())
    entry.school_id, entry.district = (school.id, school.territory_code) if school else (None, "")
    entry.small_class = directory.is_small(entry.school_id, today())


def _next_number(session: Session, event: Event) -> int:
    """One more than the last one of the contest; its turn is ours."""
    one_more = update(Contest).where(Contest.event_id == event.id).values(last_number=Contest.last_number + 1)
    number = session.scalar(one_more.returning(Contest.last_number), execution_options={"synchronize_session": False})
    if number is None:
        session.add(Contest(event_id=event.id, last_number=1))
        session.flush()
    return number or 1
