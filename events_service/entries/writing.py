"""The author's verbs of a draft: begin it, write its parts, add and remove files.

Each takes the turns of the event and of its first stage first, so that no entry changes while a stage opens.
"""

import hashlib
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests import rules as contest_rules
from events_service.db import Audit
from events_service.directory.models import Person, School
from events_service.entries import eligibility, queries
from events_service.entries.models import DRAFT, LIVE, RETURNED, Entry, EntryFile
from events_service.events import seats
from events_service.events.models import Event
from services import ledger
from services.database import new_id, utcnow
from services.errors import Conflict, Invalid, NotFound, Stale
from services.fields import today
from services.identity import Actor

MOST_OF_CONTEST, MOST_EVER = 5000, 20
MOST_FILES, MOST_BYTES = 10, 40 * 2**20
CONTENT = ("title", "summary", "video_url", "original", "consent")
REFUSALS = {
    "draft": _l("The contest is not published yet"),
    "cancelled": _l("The contest is cancelled"),
    "soon": _l("Entries are not taken yet"),
    "closed": _l("Entries are not taken any more. The organisers can extend the time of an entry"),
    "judged": _l("The jury is at work: entries cannot be changed any more"),
}


def start(
    session: Session, actor: Actor, event_id: str, author: Person, nomination_id: str, submission: str = ""
) -> tuple[Entry, bool]:
    """A draft in a nomination; answers the entry and whether it is new.

    The same form sent again answers the draft it made. Raises Conflict when entries are not taken now or there are
    too many, Forbidden when her school is not one of those the contest is for.
    """
    event = take(session, event_id)
    form = hashlib.sha256(f"{submission}|{event.id}|{actor.id}".encode()).hexdigest() if submission else None
    made = session.scalars(select(Entry).where(Entry.submission_id == form)).first() if form else None
    if made:
        return made, False
    check_open(event)
    entry = make(session, event, author, nomination_id, submission_id=form)
    audit(session, actor, "entry.started", entry, new={"status": DRAFT, "nomination": entry.nomination_id})
    return entry, True


def make(session: Session, event: Event, author: Person, nomination_id: str, **more: Any) -> Entry:
    """A draft of hers inside a turn that is taken, whatever the day; `more` are columns of its row."""
    rules = contest_rules.of(contests.contest_of(event))
    school = session.get(School, author.school_id) if author.school_id else None
    eligibility.check(rules, school, today())
    nomination = _nomination(event, nomination_id)
    _check_numbers(event, author, nomination.id, rules.per_person)
    entry = Entry(
        id=new_id(),
        event=event,
        nomination=nomination,
        author_id=author.id,
        name=author.name,
        email=author.email,
        language=author.language,
        school_id=author.school_id,
        district=school.territory_code if school else "",
        status=DRAFT,
        version=1,
        **more,
    )
    session.add(entry)
    session.flush()
    return entry


def rewrite(
    session: Session, actor: Actor, ref: Event, entry_id: str, data: dict[str, Any], version: int | None = None
) -> Entry:
    """Write the parts of a draft that `data` names. Stale when `version` is not the present one and it would matter."""
    event, entry = take_own(session, actor, ref, entry_id)
    check_draft(event, entry)
    before = {name: getattr(entry, name) for name in CONTENT}
    given = {name: _nothing(name) if data[name] is None else data[name] for name in CONTENT if name in data}
    old, new = ledger.differences(before, {**before, **given})
    if new and version is not None and version != entry.version:
        raise Stale
    for name, value in new.items():
        setattr(entry, name, value)
    if new:
        touch(entry)
        session.flush()
        audit(session, actor, "entry.changed", entry, old, new)
    return entry


def attach(session: Session, actor: Actor, ref: Event, entry_id: str, file: EntryFile) -> tuple[EntryFile, bool]:
    """Add a file whose bytes are in the store; answers the file and whether it is new.

    The same bytes sent again are the same file. Raises Conflict when the entry holds as much as it may.
    """
    event, entry = take_own(session, actor, ref, entry_id)
    check_draft(event, entry)
    session.refresh(entry, ["files"])
    there = next((kept for kept in entry.files if kept.sha256 == file.sha256), None)
    if there:
        return there, False
    if len(entry.files) >= MOST_FILES:
        raise Conflict(_("An entry has %(most)s files at most", most=MOST_FILES), code="too-many-files")
    if sum(kept.size for kept in entry.files) + file.size > MOST_BYTES:
        raise Conflict(_("The files of an entry have 40 MB at most together"), code="too-many-files")
    file.position = max((kept.position for kept in entry.files), default=0) + 1
    entry.files.append(file)
    entry.changed_at = utcnow()
    session.flush()
    audit(session, actor, "entry.file_added", entry, new={"file": file.id, "name": file.name, "sha256": file.sha256})
    return file, True


def detach(session: Session, actor: Actor, ref: Event, entry_id: str, file_id: str) -> EntryFile:
    """Take a file out of a draft; its bytes are the caller's to forget once that is committed."""
    event, entry = take_own(session, actor, ref, entry_id)
    check_draft(event, entry)
    session.refresh(entry, ["files"])
    file = queries.file_of(entry, file_id)
    entry.files.remove(file)
    session.delete(file)
    entry.changed_at = utcnow()
    session.flush()
    audit(session, actor, "entry.file_removed", entry, old={"file": file.id, "name": file.name, "sha256": file.sha256})
    return file


def take(session: Session, event_id: str) -> Event:
    """The turn of the event, then that of its first stage: who opens the stage takes only the second."""
    event = seats.take_turn(session, event_id)
    first = queries.first_stage(event.id)
    if first:
        contests.take_turn(session, first.id)
    return event


def take_own(session: Session, actor: Actor, ref: Event, entry_id: str) -> tuple[Event, Entry]:
    """The turns, then her own entry as it is now."""
    entry = queries.own(ref, entry_id, actor)
    event = take(session, entry.event_id)
    session.refresh(entry)
    return event, entry


def check_open(event: Event, entry: Entry | None = None) -> None:
    """Conflict unless entries, or this one late, are taken now."""
    contest = contests.contest_of(event)
    if not queries.is_open(event, contest, entry):
        state = queries.state_of(event, contest)
        raise Conflict(REFUSALS[state], code=f"entries-{state}")


def check_draft(event: Event, entry: Entry) -> None:
    """Conflict unless its author may write in it now."""
    if entry.status not in {DRAFT, RETURNED}:
        raise Conflict(_("An entry that was sent cannot be changed"), code="not-a-draft")
    check_open(event, entry)


def touch(entry: Entry) -> None:
    entry.version += 1
    entry.changed_at = utcnow()


def audit(
    session: Session,
    actor: Actor,
    action: str,
    entry: Entry,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    ledger.audit(session, Audit, actor, action, "entry", entry.id, old=old, new=new, reason=reason)


def _nothing(name: str) -> Any:
    return False if name in {"original", "consent"} else ""


def _nomination(event: Event, nomination_id: str) -> Any:
    try:
        return contests.nomination_of(event.id, nomination_id)
    except NotFound:
        raise Invalid({"nomination": [_("Choose one of the list")]}) from None


def _check_numbers(event: Event, author: Person, nomination_id: str, most: int) -> None:
    own, live = Entry.author_id == author.id, Entry.status.in_(LIVE)
    if queries.count(event.id, own, live, Entry.nomination_id == nomination_id):
        raise Conflict(_("There is an entry of this person in this nomination already"), code="too-many-entries")
    if queries.count(event.id, own, live) >= most or queries.count(event.id, own) >= MOST_EVER:
        raise Conflict(_("One person may have no more entries in this contest"), code="too-many-entries")
    if queries.count(event.id) >= MOST_OF_CONTEST:
        raise Conflict(_("The contest has as many entries as it can take"), code="too-many-entries")
