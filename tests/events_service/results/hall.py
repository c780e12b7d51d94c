"""A contest of the arena with sheets filled in by plain scores, and what its people do with the results."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from events_service.contests.models import OPEN, Criterion, Stage
from events_service.db import db
from events_service.entries.models import Entry, StageEntry
from events_service.jury.models import Assignment
from events_service.results import compiling
from events_service.results.models import Compilation
from events_service.scoring.models import Score
from services.database import utcnow
from tests.events_service import arena as arenas
from tests.events_service.arena import Arena
from tests.support.suite import Suite

Points = dict[str, Any]


@dataclass
class Hall:
    """Entries and jurors are named by their numbers, 0 is the chair."""

    arena: Arena

    @property
    def suite(self) -> Suite:
        return self.arena.suite

    @property
    def pages(self) -> str:
        return f"/contests/{arenas.SLUG}/results"

    @property
    def chair(self) -> str:
        return self.arena.juror(0)

    def teacher(self, number: int) -> str:
        return self.suite.sign_in("teacher", number)

    def sign(self, scores: dict[tuple[int, int], Any], stage: str = "REMOTE") -> None:
        """Signed sheets by (entry, juror): a whole score of 0 to 100, or points by criterion."""
        arena = self.arena
        with self.suite.events.app_context(), db.transaction() as session:
            for (entry, juror), given in scores.items():
                sheet = Assignment(
                    stage_id=arena.stages[stage], entry_id=arena.entries[entry], member_id=arena.members[juror]
                )
                session.add(sheet)
                session.flush()
                lines = select(Criterion).where(
                    Criterion.stage_id == sheet.stage_id, Criterion.nomination_id == sheet.entry.nomination_id
                )
                for line in session.scalars(lines):
                    points = given[line.code] if isinstance(given, dict) else line.max_points * given / 100
                    row = {"assignment_id": sheet.id, "criterion_id": line.id, "version": 2, "by_id": "test"}
                    session.add(Score(**row, points=Decimal(points)))
                session.flush()
                sheet.version, sheet.signed_at = 2, utcnow()

    def close(self, stage: str = "REMOTE") -> None:
        arenas.close(self.arena, stage)

    def open(self, stage: str = "FINAL") -> list[str]:
        """Open a stage for the entries that are in it; answers them."""
        with self.suite.events.app_context(), db.transaction() as session:
            row = session.get_one(Stage, self.arena.stages[stage])
            row.status, row.opened_at = OPEN, utcnow()
            return list(session.scalars(select(StageEntry.entry_id).where(StageEntry.stage_id == row.id)))

    def call(self, method: str, path: str, body: Any = None, as_: str | None = None, status: int = 200) -> Any:
        reply = self.suite.json(method, f"{self.arena.api}{path}", body, as_=as_ or self.arena.organiser)
        assert reply.status_code == status, (method, path, reply.status_code, reply.text)
        return reply.get_json()

    def compile(self, stage: str = "REMOTE") -> Points:
        """Ask, let the worker work, and answer the version with its document."""
        asked = self.call("POST", f"/stages/{self.arena.stages[stage]}/results", status=202)
        self.work()
        return self.call("GET", f"/results/{asked['id']}")

    def work(self) -> int:
        with self.suite.events.app_context():
            return compiling.work()

    def protocol_signed(self, version: Points) -> None:
        """It was, says the row: the way there is walked by the tests of awards."""
        with self.suite.events.app_context(), db.transaction() as session:
            session.get_one(Compilation, version["id"]).signed_at = utcnow()

    def publish(self, version: Points, status: int = 200) -> Points:
        self.protocol_signed(version)
        return self.call("POST", f"/results/{version['id']}/publish", status=status)

    def published(self, stage: str = "REMOTE") -> Points:
        version = self.compile(stage)
        self.publish(version)
        return version

    def lines(self, version: Points) -> dict[int, Points]:
        """The lines of a document by the number of the entry in the arena."""
        lines = {line["id"]: line for kind in version["document"]["nominations"] for line in kind["entries"]}
        return {number: lines[entry] for number, entry in enumerate(self.arena.entries) if entry in lines}

    def change(self, entry: int, **values: Any) -> None:
        """Something of an entry that only rows can say."""
        with self.suite.events.app_context(), db.transaction() as session:
            row = session.get_one(Entry, self.arena.entries[entry])
            for name, value in values.items():
                setattr(row, name, value)


def closed(suite: Suite, scores: dict[tuple[int, int], Any], nominations: int = 1, **rules: Any) -> Hall:
    """A hall whose remote stage is closed on these scores."""
    entries, jurors = (max(key[side] for key in scores) + 1 for side in (0, 1))
    rules = {"least_scores": 1, **rules}
    hall = Hall(arenas.build(suite, nominations, entries, jurors, open_stage="REMOTE", **rules))
    hall.sign(scores)
    hall.close()
    return hall
