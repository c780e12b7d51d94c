"""The verbs of awards: give them on the ground of a signed protocol, and take one back with a reason.

A run gives what is missing and touches nothing else, so that a second one gives nothing. After a correction the
award whose ground is gone is void, and the right one has a number and a code of its own. What was taken back by
hand stays so until it is asked for by name.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.awards import queries, words
from events_service.awards.models import THANKS, Award, Protocol
from events_service.contests import queries as contests
from events_service.contests.models import Stage
from events_service.db import Audit, Counter, db
from events_service.directory.models import Person, School
from events_service.entries.models import ADMITTED, Entry
from events_service.events.models import Event
from events_service.jury.models import JuryMember
from events_service.notifications import awards as letters
from events_service.results import queries as results
from events_service.results.degrees import CERTIFICATE, diplomas_of
from events_service.results.models import Compilation
from services import ledger
from services.database import utcnow
from services.errors import Conflict
from services.fields import today
from services.i18n import moment
from services.identity import Actor

LONGEST_CODE = 40 - len("award -2026")  # of a contest, in the name of its counter
LETTERS = 10


@dataclass(frozen=True)
class Given:
    """What one run did.

    made, voided, valid, left_out: awards of entries, the last those that were taken back by hand and stay so
    thanks: letters of thanks that were made
    """

    made: int
    voided: int
    valid: int
    left_out: int
    thanks: int


@dataclass(frozen=True)
class Plan:
    """The kind for each entry and juror by id, and the award that each of them had last, be it void."""

    wanted: dict[str, str]
    newest: dict[str, Award]

    @property
    def left_out(self) -> list[Award]:
        """Taken back by hand, where a run would give the same again: that was a decision, and it stays.

        A run itself takes back only what it gives anew as another kind, or what is no longer wanted.
        """
        return [row for key, row in self.newest.items() if row.void_at and self.wanted.get(key) == row.kind]


def award(session: Session, actor: Actor, ref: str, again: str | None = None) -> Given:
    """Diplomas for the places of the last stage, certificates for all other admitted entrants, thanks for jurors.

    `again` is an award taken back by hand that is given once more. Raises Conflict while no protocol stands, and
    while appeals may yet change it.
    """
    event = contests.owned(ref, actor)
    stages = contests.take_turns(session, event.id)
    contests.check_on(event.id)
    if not stages:
        raise Conflict(_("The contest has no stages yet"))
    protocol = queries.standing(stages[-1])
    if protocol is None:
        raise Conflict(_("Awards stand on the signed protocol of the published results of the last stage"))
    if waits := waits_said(stages):
        raise Conflict(waits, code="awards-wait")
    return _give(session, actor, event, protocol, queries.award_of(event, again) if again else None)


def waits_said(stages: list[Stage]) -> str:
    """Why awards are not given yet, and until when: of the latest stage that is to blame; nothing when none is."""
    for stage in reversed(stages):
        if waits := queries.pending(stage):
            until = results.appeals_until(stage)
            return str(words.WAITS[waits]) % {"until": moment(until) if until else ""}
    return ""


def plan_of(event: Event, protocol: Protocol) -> Plan:
    """What a run would go by. Only reads."""
    rows = db.session.scalars(queries.of_contest(event.id).order_by(None).order_by(Award.created_at, Award.number))
    return Plan(dict(_wanted(event, protocol)), {row.holder.id: row for row in rows})


def void(session: Session, actor: Actor, ref: str, award_id: str, reason: str) -> Award:
    """Take an award back; its code says so from now on. Doing it again changes nothing."""
    event = contests.owned(ref, actor)
    found = queries.award_of(event, award_id)
    contests.take_turn(session, found.stage_id)
    session.refresh(found)
    if found.void_at is None:
        _void(session, actor, found, reason)
    return found


def _give(session: Session, actor: Actor, event: Event, protocol: Protocol, again: Award | None) -> Given:
    plan = plan_of(event, protocol)
    wanted, left_out = plan.wanted, {row.holder.id for row in plan.left_out if row is not again}
    live = {key: row for key, row in plan.newest.items() if row.void_at is None}
    gone = [row for key, row in live.items() if row.entry_id and wanted.get(key) != row.kind]
    for row in gone:
        _void(session, actor, row, _gone(row, wanted, protocol))
    stays = left_out | {key for key, row in live.items() if row.void_at is None}
    missing = [key for key in wanted if key not in stays]
    holders = {row.id: row for model in (Entry, JuryMember) for row in _rows(session, model, missing)}
    for key in missing:
        _make(session, actor, event, holders[key], wanted[key], protocol)
    thanks = sum(wanted[key] == THANKS for key in missing)
    entries = {key for key, kind in wanted.items() if kind != THANKS}
    return Given(len(missing) - thanks, len(gone), len(entries - left_out), len(entries & left_out), thanks)


def _rows(session: Session, model: type[Entry | JuryMember], ids: list[str]) -> Iterable[Entry | JuryMember]:
    return session.scalars(select(model).where(model.id.in_(ids)))


def _gone(award: Award, wanted: dict[str, str], protocol: Protocol) -> str:
    if award.entry_id not in wanted:
        return str(_("The entry does not take part any more"))
    return str(_("The results were corrected: protocol No. %(number)s", number=protocol.number))


def _wanted(event: Event, protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Holder and kind: diplomas by nomination and place, certificates by number of entry, then thanks by juror."""
    admitted = select(Entry.id).where(Entry.event_id == event.id, Entry.status == ADMITTED)
    left = dict.fromkeys(db.session.scalars(admitted.order_by(Entry.number, Entry.id)), CERTIFICATE)
    document = results.document(db.session.get_one(Compilation, protocol.compilation_id))
    for entry_id, kind in diplomas_of(document):
        if left.pop(entry_id, ""):
            yield entry_id, kind
    yield from left.items()
    yield from ((member.id, THANKS) for member in queries.judged(event.id))


def _make(session: Session, actor: Actor, event: Event, to: Entry | JuryMember, kind: str, protocol: Protocol) -> None:
    about: dict[str, Any]
    if isinstance(to, Entry):
        person, about = session.get(Person, to.author_id), {"entry_id": to.id, "nomination": to.nomination.title}
    else:
        person, about = session.get(Person, to.person_id), {"member_id": to.id}
    school = session.get(School, to.school_id or "")
    row = Award(
        event_id=event.id, stage_id=protocol.stage_id, protocol_id=protocol.id, kind=kind,
        number=_number(session, event), code="".join(secrets.choice(queries.ALPHABET) for _letter in range(LETTERS)),
        name=person.name if person else to.name, school=school.name if school else {}, issued_on=today(), **about,
    )  # fmt: skip
    session.add(row)
    session.flush()
    new = {"kind": kind, "number": row.number, "juror" if row.member_id else "entry": to.id}
    ledger.audit(session, Audit, actor, "award.made", "award", row.id, new=new)
    letters.owe(session, row)


def _number(session: Session, event: Event) -> str:
    """«BEST_TEACHER_2021-2026-0001»: numbers of one contest code and year follow each other without a gap."""
    code = contests.contest_of(event).code or event.id
    year = today().year
    number = ledger.next_number(session, Counter, f"award {code[:LONGEST_CODE]}-{year}")
    return f"{code}-{year}-{number:04}"


def _void(session: Session, actor: Actor, award: Award, reason: str) -> None:
    award.void_at, award.void_reason = utcnow(), reason
    session.flush()
    old = {"kind": award.kind, "number": award.number}
    ledger.audit(session, Audit, actor, "award.voided", "award", award.id, old=old, reason=reason)
