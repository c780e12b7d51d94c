"""A stage that is closed and compiled: the document by the contract of compilations, from the arena's own sheets."""

import json
from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from events_service.contests.exact import half_up
from events_service.contests.models import CLOSED, Contest, Criterion, Stage
from events_service.contests.rules import of, written
from events_service.db import Audit, db
from events_service.entries.models import ADMITTED, Entry
from events_service.jury.models import SECRETARY, Assignment, JuryMember
from events_service.results.models import DONE, Compilation
from events_service.scoring.models import Score
from services import ledger
from services.database import utcnow
from services.identity import Actor
from tests.events_service import arena as arenas
from tests.events_service.arena import Arena
from tests.support.suite import Suite

CHAIR = Actor(id="chair", name="Chair", roles=frozenset(), session="")
APPEALS_OVER = timedelta(days=30)  # since the first results, so that awards may be given
Document = dict[str, Any]


def closed(suite: Suite, entries: int = 8, jurors: int = 6, stage: str = "FINAL", **more: Any) -> Arena:
    """A contest whose stage is scored, signed and closed; member 1 of the jury is its secretary."""
    found = arenas.build(suite, entries=entries, jurors=jurors, open_stage=stage, deal=True, **more)
    arenas.score(found)
    arenas.close(found, stage)
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(JuryMember, found.members[1]).role = SECRETARY
    return found


def close_because(arena: Arena, stage: str, reason: str) -> None:
    """The record of a stage that was closed with sheets missing."""
    with arena.suite.events.app_context(), db.transaction() as session:
        ledger.audit(session, Audit, CHAIR, "stage.closed", "stage", arena.stages[stage], reason=reason)


def compiled(arena: Arena, stage: str = "FINAL", publish: bool = True, **changes: Document) -> str:
    """The next compilation of a stage; `changes` are made in the rows of entries, by their numbers («n3»)."""
    with arena.suite.events.app_context(), db.transaction() as session:
        row = session.get_one(Stage, arena.stages[stage])
        document = _document(session, row)
        for nomination in document["nominations"]:
            for entry in nomination["entries"]:
                entry |= changes.get(f"n{entry['number']}", {})
            nomination["entries"].sort(key=lambda entry: (entry["place"] is None, entry["place"] or 0, entry["number"]))
        number = len(session.scalars(select(Compilation).where(Compilation.stage_id == row.id)).all()) + 1
        made = Compilation(
            stage_id=row.id, number=number, status=DONE, method="mean-1", inputs_hash="ab" * 32, created_by="test",
            document=json.dumps(document, ensure_ascii=False, sort_keys=True), finished_at=utcnow(),
            created_at=utcnow() + timedelta(seconds=number),
        )  # fmt: skip
        session.add(made)
        session.flush()
        if publish:
            made.signed_at = utcnow()
            _publish(row, made)
        assert row.status == CLOSED
        return made.id


def point(arena: Arena, stage: str = "FINAL") -> str:
    """Publish the newest compilation of a stage, which is answered."""
    with arena.suite.events.app_context(), db.transaction() as session:
        row = session.get_one(Stage, arena.stages[stage])
        found = select(Compilation).where(Compilation.stage_id == row.id).order_by(Compilation.number.desc())
        newest = session.scalars(found).first()
        _publish(row, newest)
        return newest.id


def _publish(stage: Stage, made: Compilation) -> None:
    made.published_at, stage.published_at = utcnow(), stage.published_at or utcnow() - APPEALS_OVER
    stage.compilation_id = made.id


def _document(session, stage: Stage) -> Document:
    rules = written(of(session.get_one(Contest, stage.event_id)))
    sheets = _sheets(session, stage)
    entries = session.scalars(
        select(Entry).where(Entry.id.in_(sheets), Entry.status == ADMITTED).order_by(Entry.number)
    )
    found: dict[str, list[Document]] = defaultdict(list)
    codes = {}
    for entry in entries:
        codes[entry.nomination_id] = entry.nomination.code
        found[entry.nomination_id].append(_entry(entry, sheets[entry.id]))
    for rows in found.values():
        rows.sort(key=lambda row: -Fraction(row["score"]))
        for place, row in enumerate(rows, start=1):
            row["place"] = place
    return {
        "method": "mean-1", "rules_version": 1, "rules": rules, "inputs_hash": "ab" * 32,
        "inputs": _inputs(session, stage, sheets),
        "stage": {"id": stage.id, "code": stage.code, "kind": stage.kind, "weight": "0.4", "position": stage.position},
        "jurors": [], "connected": True, "correction": None,
        "nominations": [{"id": key, "code": codes[key], "entries": rows} for key, rows in found.items()],
    }  # fmt: skip


def _inputs(session, stage: Stage, sheets: dict[str, list[Document]]) -> Document:
    """As far as awards and protocols read them."""
    stages = session.scalars(select(Stage).where(Stage.event_id == stage.event_id)).all()
    lines: dict[str, list[Document]] = defaultdict(list)
    for row in session.scalars(select(Criterion).where(Criterion.stage_id == stage.id)):
        lines[row.nomination_id].append({"code": row.code, "max": str(row.max_points), "weight": str(row.weight)})
    return {
        "stage": {"followed": any(row.position > stage.position for row in stages)},
        "stages": [
            {"id": row.id, "compilation": row.compilation_id} for row in stages if row.position < stage.position
        ],
        "nominations": [{"id": kind, "criteria": criteria} for kind, criteria in lines.items()],
        "entries": [{"id": entry, "nomination": session.get_one(Entry, entry).nomination_id} for entry in sheets],
        "sheets": [{**sheet, "entry": entry} for entry, found in sheets.items() for sheet in found],
        "corrections": [],
    }


def _entry(entry: Entry, sheets: list[Document]) -> Document:
    scores = [Fraction(sheet["score"]) for sheet in sheets]
    score = str(half_up(sum(scores, Fraction(0)) / len(scores)))
    return {
        "id": entry.id, "number": entry.number, "district": entry.district, "place": 0, "shared": False,
        "score": score, "corrected": None, "decides": score, "total": None, "stages": {"REMOTE": "83.50"},
        "gap": str(half_up(max(scores) - min(scores))), "sheets": sheets, "passes": True, "why": None, "tie": None,
        "flag": None,
    }  # fmt: skip


def _sheets(session, stage: Stage) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    lines = {row.id: row for row in session.scalars(select(Criterion).where(Criterion.stage_id == stage.id))}
    rows = select(Assignment).where(Assignment.stage_id == stage.id, Assignment.signed_at.is_not(None))
    for sheet in session.scalars(rows.order_by(Assignment.id)):
        points = session.scalars(select(Score).where(Score.assignment_id == sheet.id)).all()
        parts = ((lines[row.criterion_id], row.points) for row in points)
        total = sum(
            (100 * Fraction(line.weight) * Fraction(given) / Fraction(line.max_points) for line, given in parts),
            Fraction(0),
        )
        found[sheet.entry_id].append({
            "assignment": sheet.id, "juror": sheet.member_id, "ground": sheet.ground, "score": str(half_up(total)),
            "points": {lines[row.criterion_id].code: str(row.points) for row in points}, "corrected": [],
        })  # fmt: skip
    return found
