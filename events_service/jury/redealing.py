"""Single entries of a stage dealt again or anew, once it has a deal. The stage's turn is taken by who calls."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.contests.models import OPEN, Stage
from events_service.db import Audit
from events_service.entries.models import Entry
from events_service.jury import conflicts, queries
from events_service.jury.models import ACTIVE, LATE, REDEAL, SPLIT, Assignment, Conflict, JuryMember
from events_service.notifications import jury as letters
from services import ledger
from services.identity import Actor

DEALER = Actor(id="dealing", name="Dealing", roles=frozenset(), session="")


class Hands:
    """Who may take which of these entries, and how much each juror reads: read once, however many are dealt.

    Nobody takes an entry with which she has a conflict, nor one that she has or had in this stage.
    """

    def __init__(self, session: Session, stage: Stage, works: Sequence[Entry]) -> None:
        self.session, self.stage, self.members = session, stage, queries.scoring(stage.event_id)
        of_stage = select(Assignment.member_id, Assignment.entry_id, Assignment.status)
        rows = session.execute(of_stage.where(Assignment.stage_id == stage.id)).tuples().all()
        self.loads = Counter(member for member, _entry, status in rows if status == ACTIVE)
        had = {(member, entry) for member, entry, _status in rows}
        found = conflicts.found(session, self.members, works, queries.rules(stage.event_id))
        # Who reads an entry already is not looked up again: a conflict that is new would lock her out of her sheet.
        conflicts.record(session, {pair: kind for pair, kind in found.items() if pair not in had})
        of_works = Conflict.entry_id.in_([entry.id for entry in works])
        barred = session.execute(select(Conflict.member_id, Conflict.entry_id).where(of_works)).tuples()
        self.closed: set[conflicts.Pair] = had | set(barred)

    def give(self, entry: Entry, ground: str) -> Assignment | None:
        """To the least loaded juror who is free, by id among equals; None when nobody is."""
        free = [member for member in self.members if (member.id, entry.id) not in self.closed]
        if not free:
            return None
        chosen = min(free, key=lambda member: (self.loads[member.id], member.id))
        self.loads[chosen.id] += 1
        self.closed.add((chosen.id, entry.id))
        return self._keep(entry, chosen, ground)

    def give_or_tell(self, entry: Entry, ground: str) -> Assignment | None:
        """The same; the organiser gets a letter when nobody is free."""
        given = self.give(entry, ground)
        if given is None:
            letters.owe_short(self.session, self.stage, entry)
        return given

    def _keep(self, entry: Entry, chosen: JuryMember, ground: str) -> Assignment:
        row = Assignment(stage=self.stage, entry=entry, member=chosen, ground=ground)
        self.session.add(row)
        self.session.flush()
        new = {"entry": entry.number, "member": chosen.name, "ground": ground}
        ledger.audit(self.session, Audit, DEALER, "assignment.dealt", "assignment", row.id, new=new)
        if self.stage.status == OPEN:
            letters.owe_entry(self.session, row)
        return row


def refill(session: Session, stage: Stage, works: Iterable[Entry]) -> list[Entry]:
    """One more reader for each of these that has fewer than it needs; answers those that found one.

    The organiser is told of the others.
    """
    wanted = {entry.id for entry in works}
    short = [entry for entry, _readers in queries.short(stage) if entry.id in wanted]
    hands = Hands(session, stage, short) if short else None
    return [entry for entry in short if hands and hands.give_or_tell(entry, REDEAL)]


def refill_all(session: Session, stage: Stage) -> None:
    """The same for all entries of an open stage, as often as it helps, when there is a new juror."""
    works = [entry for entry, _readers in queries.short(stage)] if stage.status == OPEN else []
    while works:
        works = refill(session, stage, works)


def let_in(session: Session, stage: Stage, entry: Entry) -> None:
    """Readers for an entry that comes into an open stage: as many as the others have, by the rules or all who may."""
    hands = Hands(session, stage, [entry])
    for _turn in range(queries.rules(stage.event_id).readers):
        hands.give(entry, LATE)
    refill(session, stage, [entry])


def one_more(session: Session, stage: Stage, entry: Entry) -> Assignment | None:
    """One more reader on a wide split; None, and the organiser told, when nobody is left."""
    return Hands(session, stage, [entry]).give_or_tell(entry, SPLIT)
