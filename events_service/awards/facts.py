"""Everything a protocol speaks of, read once: the compilation's document and the rows its ids stand for."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from events_service.awards import queries
from events_service.awards.models import Protocol
from events_service.contests import queries as contests
from events_service.contests import rules
from events_service.contests.models import Contest, Nomination, Stage
from events_service.contests.rules import Rules
from events_service.db import db
from events_service.directory.models import School, Territory
from events_service.entries.models import Entry
from events_service.events.models import Event
from events_service.jury.models import SPLIT, Assignment, Conflict, JuryMember
from events_service.results import queries as results
from events_service.results.models import Appeal, Compilation, TieVote
from events_service.results.sheets import sheets_of
from services.i18n import said_plain

Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What `contents` makes sentences of. Ids of the document are found in `entries` and `members`."""

    event: Event
    contest: Contest
    stage: Stage
    stages: list[Stage]
    protocol: Protocol
    compilation: Compilation
    document: Row
    rules: Rules
    members: dict[str, JuryMember]
    entries: dict[str, Entry]
    nominations: dict[str, Nomination]
    schools: dict[str, School]
    places: dict[str, Territory]
    assignments: list[Assignment]
    conflicts: list[Conflict]
    votes: list[TieVote]
    appeals: list[Appeal]
    closed_because: str

    @property
    def last(self) -> bool:
        """Is it the stage after which diplomas are given?"""
        return self.stages[-1].id == self.stage.id

    def rows(self) -> Iterator[tuple[Nomination, list[Row]]]:
        """Each nomination with its entries as the document has them, by place."""
        for found in self.document["nominations"]:
            yield self.nominations[found["id"]], found["entries"]

    def author(self, row: Row) -> str:
        return self.entries[row["id"]].name

    def labelled(self, row: Row) -> str:
        """«No. 7, Ахметова Әсел»."""
        return f"№ {row['number']}, {self.author(row)}"

    def school(self, row: Row) -> str:
        found = self.schools.get(self.entries[row["id"]].school_id or "")
        return said_plain(found.name) if found else ""

    def place(self, row: Row) -> str:
        found = self.places.get(row["district"] or "")
        return said_plain(found.name) if found else row["district"] or ""

    def people(self, ids: list[str]) -> list[JuryMember]:
        """In the order of the jury; those of the list who are still known."""
        return [row for key, row in self.members.items() if key in ids]

    def gaps(self) -> dict[str, Fraction]:
        """How far apart its readers put an entry, by id: exact, without extra readings and corrections of appeals."""
        scores = defaultdict(list)
        for sheet in sheets_of({**self.document["inputs"], "corrections": []}, lambda done: None):
            if sheet.ground != SPLIT:
                scores[sheet.entry].append(sheet.score)
        return {entry: max(found) - min(found) for entry, found in scores.items()}

    def readers(self) -> list[JuryMember]:
        """Jurors with a sheet in the document."""
        used = {sheet["juror"] for _nomination, rows in self.rows() for row in rows for sheet in row["sheets"]}
        return self.people(list(used))


def rules_of(document: Row) -> Rules:
    """The rules by which the results were compiled."""
    return rules.read(document["rules"])


def gather(event: Event, protocol: Protocol) -> Facts:
    """A dozen statements, whatever the number of entries."""
    stage = db.session.get_one(Stage, protocol.stage_id)
    compilation = db.session.get_one(Compilation, protocol.compilation_id)
    document = results.document(compilation)
    entries = {row.id: row for row in db.session.scalars(select(Entry).where(Entry.event_id == event.id))}
    used = {row.school_id for row in entries.values()}
    members = {row.id: row for row in queries.members(event.id)}
    own = select(Conflict).where(Conflict.member_id.in_(members)).order_by(Conflict.member_id, Conflict.entry_id)
    here = {row["id"] for nomination in document["nominations"] for row in nomination["entries"]}
    return Facts(
        event=event,
        contest=contests.contest_of(event),
        stage=stage,
        stages=contests.stages(event.id),
        protocol=protocol,
        compilation=compilation,
        document=document,
        rules=rules_of(document),
        members=members,
        entries=entries,
        nominations={row.id: row for row in contests.nominations(event.id)},
        schools={row.id: row for row in db.session.scalars(select(School).where(School.id.in_(used)))},
        places={row.code: row for row in db.session.scalars(select(Territory))},
        assignments=_of_stage(Assignment, stage),
        conflicts=[row for row in db.session.scalars(own) if row.entry_id in here],
        votes=sorted(_of_stage(TieVote, stage), key=lambda row: row.at),
        appeals=sorted(_of_stage(Appeal, stage), key=lambda row: row.filed_at),
        closed_because=queries.closed_because(stage.id),
    )


def _of_stage(model: Any, stage: Stage) -> list[Any]:
    return list(db.session.scalars(select(model).where(model.stage_id == stage.id).order_by(model.id)))
