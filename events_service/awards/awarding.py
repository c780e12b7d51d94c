"""The verbs of awards: give them on the ground of a signed protocol, and take one back with a reason.

A run gives what is missing and touches nothing else, so that a second one gives nothing. After a correction the
award whose ground is gone is void, and the right one has a number and a code of its own.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.awards import queries
from events_service.awards.degrees import CERTIFICATE, diplomas_of
from events_service.awards.models import Award, Protocol
from events_service.contests import queries as contests
from events_service.contests.models import Stage
from events_service.db import Audit, Counter, db
from events_service.directory.models import Person, School
from events_service.entries.models import ADMITTED, Entry
from events_service.events.models import Event
from events_service.notifications import awards as letters
from events_service.results import queries as results
from events_service.results.models import Compilation
from services import ledger
from services.database import utcnow
from services.errors import Conflict
from services.fields import today
from services.identity import Actor

LONGEST_CODE = 40 - len("award -2026")  # of a contest, in the name of its counter
LETTERS = 10


@dataclass(frozen=True)
class Given:
    """What one run did: how many awards it made and took back, and how many are valid now."""

    made: int
    voided: int
    valid: int


def award(session: Session, actor: Actor, ref: str) -> Given:
    """Diplomas for the places of the last stage and certificates for all other admitted entrants."""
    event = contests.owned(ref, actor)
    stages = contests.stages(event.id)
    if not stages:
        raise Conflict(_("The contest has no stages yet"))
    stage = contests.take_turn(session, stages[-1].id)
    protocol = queries.standing(stage)
    if protocol is None:
        raise Conflict(_("Awards stand on the signed protocol of the published results of the last stage"))
    return _give(session, actor, event, stage, protocol)


def void(session: Session, actor: Actor, ref: str, award_id: str, reason: str) -> Award:
    """Take an award back; its code says so from now on. Doing it again changes nothing."""
    event = contests.owned(ref, actor)
    found = queries.award_of(event, award_id)
    contests.take_turn(session, found.stage_id)
    session.refresh(found)
    if found.void_at is None:
        _void(session, actor, found, reason)
    return found


def _give(session: Session, actor: Actor, event: Event, stage: Stage, protocol: Protocol) -> Given:
    wanted = dict(_wanted(event, protocol))
    live = {row.entry_id: row for row in session.scalars(queries.of_contest(event.id, valid=True))}
    gone = [row for row in live.values() if wanted.get(row.entry_id) != row.kind]
    for row in gone:
        _void(session, actor, row, _gone(row, wanted, protocol))
    stays = {row.entry_id for row in live.values() if row.void_at is None}
    missing = [entry_id for entry_id in wanted if entry_id not in stays]
    entries = {row.id: row for row in session.scalars(select(Entry).where(Entry.id.in_(missing)))}
    for entry_id in missing:
        _make(session, actor, entries[entry_id], wanted[entry_id], stage, protocol)
    return Given(len(missing), len(gone), len(wanted))


def _gone(award: Award, wanted: dict[str, str], protocol: Protocol) -> str:
    if award.entry_id not in wanted:
        return str(_("The entry does not take part any more"))
    return str(_("The results were corrected: protocol No. %(number)s", number=protocol.number))


def _wanted(event: Event, protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Entry and kind: diplomas by nomination and place, then certificates by number of entry."""
    admitted = select(Entry.id).where(Entry.event_id == event.id, Entry.status == ADMITTED)
    left = dict.fromkeys(db.session.scalars(admitted.order_by(Entry.number, Entry.id)), CERTIFICATE)
    document = results.document(db.session.get_one(Compilation, protocol.compilation_id))
    for entry_id, kind in diplomas_of(document):
        if left.pop(entry_id, ""):
            yield entry_id, kind
    yield from left.items()


def _make(session: Session, actor: Actor, entry: Entry, kind: str, stage: Stage, protocol: Protocol) -> None:
    school = session.get(School, entry.school_id or "")
    person = session.get(Person, entry.author_id)
    row = Award(
        event_id=entry.event_id, stage_id=stage.id, entry_id=entry.id, protocol_id=protocol.id, kind=kind,
        number=_number(session, entry), code="".join(secrets.choice(queries.ALPHABET) for _letter in range(LETTERS)),
        name=person.name if person else entry.name, school=school.name if school else {},
        nomination=entry.nomination.title, issued_on=today(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    new = {"kind": kind, "number": row.number, "entry": entry.id}
    ledger.audit(session, Audit, actor, "award.made", "award", row.id, new=new)
    letters.owe(session, row, entry)


def _number(session: Session, entry: Entry) -> str:
    """«BEST_TEACHER_2021-2026-0001»: numbers of one contest code and year follow each other without a gap."""
    code = (entry.contest.code if entry.contest else "") or entry.event_id
    year = today().year
    number = ledger.next_number(session, Counter, f"award {code[:LONGEST_CODE]}-{year}")
    return f"{code}-{year}-{number:04}"


def _void(session: Session, actor: Actor, award: Award, reason: str) -> None:
    award.void_at, award.void_reason = utcnow(), reason
    session.flush()
    old = {"kind": award.kind, "number": award.number}
    ledger.audit(session, Audit, actor, "award.voided", "award", award.id, old=old, reason=reason)
