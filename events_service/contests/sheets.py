"""The lines of score sheets: the criteria of a nomination in a stage."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests import queries
from events_service.contests.changing import begin, end
from events_service.contests.models import Contest, Criterion, Nomination, Stage
from events_service.contests.schemas import show_criteria
from services.errors import Invalid
from services.identity import Actor

KEPT = ("title", "max_points", "weight")


def put_criteria(
    session: Session,
    actor: Actor,
    ref: str,
    nomination_id: str,
    stage_id: str,
    lines: list[dict[str, Any]],
    version: int | None = None,
) -> list[Criterion]:
    """All criteria of a nomination in a stage anew, in this order; one of the same code keeps its id."""
    contest = begin(session, actor, ref, version)
    nomination = queries.nomination_of(contest.event_id, nomination_id)
    stage = queries.stage_of(contest.event_id, stage_id)
    return write_criteria(session, actor, contest, nomination, stage, lines)


def write_criteria(
    session: Session,
    actor: Actor,
    contest: Contest,
    nomination: Nomination,
    stage: Stage,
    lines: list[dict[str, Any]],
) -> list[Criterion]:
    """The same inside a turn that is taken."""
    if twice := _twice([line["code"] for line in lines]):
        raise Invalid({"criteria": {twice: {"code": [_("This code stands here already")]}}})
    found = {row.code: row for row in queries.criteria(stage.id, nomination.id)}
    before = show_criteria(list(found.values()))
    for code in found.keys() - {line["code"] for line in lines}:
        session.delete(found[code])
    rows = []
    for position, line in enumerate(lines, start=1):
        row = found.get(line["code"])
        if row is None:
            row = Criterion(nomination_id=nomination.id, stage_id=stage.id, code=line["code"])
            session.add(row)
        for name in KEPT:
            setattr(row, name, line[name])
        row.position = position
        if "levels" in line:  # a file without such columns leaves them as they are
            row.levels = _levels(line["levels"])
        rows.append(row)
    session.flush()
    sheet = {"nomination": nomination.code, "stage": stage.code}
    if (after := show_criteria(rows)) != before:
        end(session, actor, contest, "contest.criteria_changed", {"criteria": before}, {**sheet, "criteria": after})
    return rows


def _levels(levels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The highest first, points as text."""
    found = sorted(levels, key=lambda level: level["points"], reverse=True)
    return [{"points": str(level["points"]), "text": level["text"]} for level in found]


def _twice(codes: list[str]) -> int | None:
    return next((place for place, code in enumerate(codes) if code in codes[:place]), None)
