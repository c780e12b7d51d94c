"""Conflicts of interest: what the register says on the day of an entry, and what jurors declare themselves.

The pure part knows no database; `found` reads what it needs in a few statements, whatever the number of entries.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from events_service.contests.rules import Rules
from events_service.directory.models import ATTACHMENT, TWINNING, Fact, FormerSchool, Person, School
from events_service.entries.models import Entry
from events_service.jury.models import DECLARED, Conflict, JuryMember
from services.database import utcnow
from services.i18n import local
from services.identity import Actor

Pair = tuple[str, str]  # of a member and an entry


@dataclass(frozen=True)
class Reader:
    """A juror: who she is, the schools she works and has worked at, and the districts of her school and her office."""

    id: str
    person_id: str
    school_id: str | None
    former: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Work:
    """An entry: who wrote it, at which school, and the day whose register counts."""

    id: str
    author_id: str
    school_id: str | None
    district: str
    day: date


class Links:
    """Dated links of schools: `ref` is the centre of an attachment or the patron of a twinning."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.centres: dict[str, list[Fact]] = defaultdict(list)
        self.twins: dict[str, list[tuple[Fact, str]]] = defaultdict(list)
        for fact in facts:
            if fact.kind == ATTACHMENT:
                self.centres[fact.school_id].append(fact)
            elif fact.kind == TWINNING:
                self.twins[fact.school_id].append((fact, fact.ref))
                self.twins[fact.ref].append((fact, fact.school_id))

    def cluster(self, school: str, day: date) -> set[str]:
        """A school and the centres it is attached to: clusters of one cluster have one of these in common."""
        return {school, *(fact.ref for fact in self.centres.get(school, ()) if fact.holds(day))}

    def twinned(self, school: str, day: date) -> set[str]:
        """Its twins or patrons, whichever of the two it is itself."""
        return {other for fact, other in self.twins.get(school, ()) if fact.holds(day)}


def conflicts_between(
    jurors: Sequence[Reader], entries: Sequence[Work], links: Links, own_district: bool = False
) -> dict[Pair, str]:
    """The kind of each conflict of the register, the plainest one where there are several."""
    found: dict[Pair, str] = {}
    for entry in entries:
        cluster = links.cluster(entry.school_id, entry.day) if entry.school_id else set()
        twins = links.twinned(entry.school_id, entry.day) if entry.school_id else set()
        for juror in jurors:
            near = links.cluster(juror.school_id, entry.day) & cluster if juror.school_id else set()
            kinds = {
                "author": juror.person_id == entry.author_id,
                "own_school": bool(entry.school_id) and juror.school_id == entry.school_id,
                "former_school": entry.school_id in juror.former,
                "cluster": bool(near),
                "twin": juror.school_id in twins,
                "own_district": own_district and bool(entry.district) and entry.district in juror.districts,
            }
            kind = next((kind for kind, holds in kinds.items() if holds), None)
            if kind:
                found[juror.id, entry.id] = kind
    return found


def found(session: Session, members: Sequence[JuryMember], entries: Sequence[Entry], rules: Rules) -> dict[Pair, str]:
    """What the register says of these members and entries."""
    jurors = _readers(session, members)
    works = [Work(e.id, e.author_id, e.school_id, e.district, _day(e)) for e in entries]
    schools = {school for school in [*(j.school_id for j in jurors), *(w.school_id for w in works)] if school}
    linked = Fact.kind.in_((ATTACHMENT, TWINNING)), Fact.school_id.in_(schools)
    facts = session.scalars(select(Fact).where(*linked)).all() if schools else ()
    return conflicts_between(jurors, works, Links(facts), rules.own_district)


def declared(session: Session, members: Sequence[JuryMember]) -> dict[Pair, str]:
    """What the members said themselves."""
    of = Conflict.kind == DECLARED, Conflict.member_id.in_([member.id for member in members])
    rows = session.execute(select(Conflict.member_id, Conflict.entry_id).where(*of)).tuples()
    return dict.fromkeys(rows, DECLARED)


def of_person(session: Session, actor: Actor, entries: Sequence[Entry], rules: Rules) -> bool:
    """Has who directs the jury of these entries a conflict with one of them, whether or not she reads any?

    As a member, also a former one, what is kept of her; as anybody what the register says.
    """
    ids, event_id = [entry.id for entry in entries], entries[0].event_id
    seat = select(JuryMember).where(JuryMember.event_id == event_id, JuryMember.person_id == actor.id)
    member = session.scalars(seat).first() or JuryMember(id=actor.id, person_id=actor.id)
    kept = exists().where(Conflict.member_id == member.id, Conflict.entry_id.in_(ids))
    return bool(session.scalar(select(kept)) or found(session, [member], entries, rules))


def forget(session: Session, members: Sequence[JuryMember], entries: Sequence[Entry]) -> None:
    """Take back what the register said of them, so that it can say it anew; what was declared stays."""
    of = Conflict.member_id.in_([m.id for m in members]), Conflict.entry_id.in_([e.id for e in entries])
    gone = delete(Conflict).where(*of, Conflict.kind != DECLARED)
    session.execute(gone.execution_options(synchronize_session=False))


def record(session: Session, pairs: dict[Pair, str]) -> None:
    """Keep conflicts of the register, so that the database itself refuses what they forbid."""
    members = {member for member, _entry in pairs}
    kept = select(Conflict.member_id, Conflict.entry_id).where(Conflict.member_id.in_(members))
    known = set(session.execute(kept).tuples()) if members else set()
    rows = [
        {"member_id": member, "entry_id": entry, "kind": kind, "note": "", "found_at": utcnow()}
        for (member, entry), kind in sorted(pairs.items())
        if (member, entry) not in known
    ]
    if rows:
        session.execute(insert(Conflict), rows)


def _day(entry: Entry) -> date:
    return local(entry.submitted_at or entry.created_at).date()


def _readers(session: Session, members: Sequence[JuryMember]) -> list[Reader]:
    """A member's school as the copy knows it now; the one she was named from is a former one when she has moved."""
    people = [member.person_id for member in members]
    known = session.execute(select(Person.id, Person.school_id, Person.roles).where(Person.id.in_(people))).tuples()
    now = {person: (school, _offices(roles)) for person, school, roles in known}
    former: dict[str, set[str]] = defaultdict(set)
    for person, school in session.execute(
        select(FormerSchool.person_id, FormerSchool.school_id).where(FormerSchool.person_id.in_(people))
    ):
        former[person].add(school)
    homes = {member.id: now.get(member.person_id, (member.school_id, frozenset())) for member in members}
    wanted = School.id.in_({school for school, _districts in homes.values() if school})
    places = {key: {code} for key, code in session.execute(select(School.id, School.territory_code).where(wanted))}
    readers = []
    for member in members:
        (school, offices), named_from = homes[member.id], {member.school_id} if member.school_id else set()
        left = frozenset((former[member.person_id] | named_from) - {school})
        districts = offices | places.get(school or "", set())
        readers.append(Reader(member.id, member.person_id, school, left, districts))
    return readers


def _offices(roles: Iterable[str]) -> frozenset[str]:
    """The districts of which she is the coordinator."""
    return frozenset(held.partition(":")[2] for held in roles if held.startswith("coordinator:"))
