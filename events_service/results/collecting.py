"""The inputs of a compilation, read from the rows: all that decides, and nothing that does not."""

from collections import defaultdict
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests import rules
from events_service.contests.models import Contest, Stage
from events_service.entries.models import ADMITTED, Entry, StageEntry
from events_service.jury.models import ACTIVE, Assignment
from events_service.results import queries
from events_service.results.models import UPHELD, Appeal, Compilation, Correction, TieVote
from events_service.scoring import queries as scoring
from services.errors import Conflict

SIGNED = (Assignment.status == ACTIVE, Assignment.signed_at.is_not(None))


def inputs_of(session: Session, stage: Stage) -> dict[str, Any]:
    """What `method.compiled` takes. Raises Conflict where an earlier stage has no published results."""
    contest = session.get(Contest, stage.event_id) or Contest(event_id=stage.event_id, rules={}, rules_version=1)
    all_stages = contests.stages(stage.event_id)
    codes = {row.id: row.code for row in contests.criteria(stage.id)}
    entries = _entries(session, stage)
    ids = {row["id"] for row in entries}
    return {
        "stage": {**_named(stage), "followed": any(row.position > stage.position for row in all_stages)},
        "rules_version": contest.rules_version,
        "rules": rules.written(rules.of_stage(contest, stage)),
        "stages": [_earlier(row, ids) for row in all_stages if row.position < stage.position],
        "nominations": _nominations(stage),
        "entries": entries,
        "sheets": _sheets(session, stage, codes, ids),
        "corrections": _corrections(session, stage, codes),
        "votes": _votes(session, stage),
    }


def _named(stage: Stage) -> dict[str, Any]:
    weight = f"{stage.weight:.4f}"
    return {"id": stage.id, "code": stage.code, "kind": stage.kind, "weight": weight, "position": stage.position}


def _earlier(stage: Stage, entries: set[str]) -> dict[str, Any]:
    """An earlier stage with the scores that were printed of it."""
    compilation = queries.published(stage)
    if compilation is None:
        raise Conflict(_("The results of an earlier stage are not published yet"), code="earlier-stage")
    lines = queries.lines_of(queries.document(compilation))
    scores = {entry: line["decides"] for entry, line in lines.items() if entry in entries and line["decides"]}
    return {**_named(stage), "compilation": compilation.id, "scores": scores}


def _nominations(stage: Stage) -> list[dict[str, Any]]:
    lines = defaultdict(list)
    for row in contests.criteria(stage.id):
        most, weight = f"{row.max_points:.2f}", f"{row.weight:.4f}"
        line = {"id": row.id, "code": row.code, "position": row.position, "max": most, "weight": weight}
        lines[row.nomination_id].append(line)
    return [
        {"id": row.id, "code": row.code, "position": row.position, "criteria": lines[row.id]}
        for row in contests.nominations(stage.event_id)
    ]


def _entries(session: Session, stage: Stage) -> list[dict[str, Any]]:
    """Who takes part in the stage and has not left the contest; `late`: whom results let in when it was closed."""
    columns = Entry.id, Entry.number, Entry.district, Entry.nomination_id, Compilation.published_at
    found = select(*columns).join(StageEntry, StageEntry.entry_id == Entry.id)
    found = found.outerjoin(Compilation, Compilation.id == StageEntry.compilation_id)
    rows = session.execute(found.where(StageEntry.stage_id == stage.id, Entry.status == ADMITTED)).tuples()
    closed = stage.closed_at
    return [
        {"id": entry, "number": number, "district": district, "nomination": nomination,
         "late": bool(let_in and closed and let_in > closed)}
        for entry, number, district, nomination, let_in in rows
    ]  # fmt: skip


def _sheets(session: Session, stage: Stage, codes: dict[str, str], entries: set[str]) -> list[dict[str, Any]]:
    """Signed sheets of active readers, each with its newest points."""
    points: dict[str, dict[str, str]] = defaultdict(dict)
    for assignment, criterion, given in scoring.newest(stage.id):
        if given is not None and criterion in codes:
            points[assignment][codes[criterion]] = str(given)
    columns = Assignment.id, Assignment.member_id, Assignment.entry_id, Assignment.ground
    rows = session.execute(select(*columns).where(Assignment.stage_id == stage.id, *SIGNED)).tuples()
    return [
        {"assignment": found, "juror": juror, "entry": entry, "ground": ground, "points": points[found]}
        for found, juror, entry, ground in rows
        if entry in entries
    ]


def _corrections(session: Session, stage: Stage, codes: dict[str, str]) -> list[dict[str, str]]:
    """Of upheld appeals; of several on the same points the last one."""
    upheld = select(Correction).join(Appeal).where(Appeal.stage_id == stage.id, Appeal.status == UPHELD)
    found = {(row.assignment_id, row.criterion_id): row for row in session.scalars(upheld.order_by(Correction.id))}
    return [
        {"appeal": row.appeal_id, "assignment": assignment, "criterion": codes[criterion], "points": str(row.points)}
        for (assignment, criterion), row in found.items()
    ]


def _votes(session: Session, stage: Stage) -> list[dict[str, list[str]]]:
    """The newest vote on each set of entries."""
    votes = select(TieVote).where(TieVote.stage_id == stage.id).order_by(TieVote.at, TieVote.id)
    newest = {tuple(row.entries): row.order for row in session.scalars(votes)}
    return [{"entries": list(entries), "order": order} for entries, order in newest.items()]
