"""Reads of scores."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select

from events_service.db import db
from events_service.jury.models import Assignment
from events_service.scoring.models import Score


def newest(stage_id: str) -> Sequence[Any]:
    """Of each sheet of a stage and each line the points given last: (assignment_id, criterion_id, points)."""
    return db.session.execute(_newest(Assignment.stage_id == stage_id)).all()


def _newest(*where: Any) -> Select[Any]:
    key = Score.assignment_id, Score.criterion_id
    last = select(*key, func.max(Score.version).label("version")).join(Assignment).where(*where)
    found = last.group_by(*key).subquery()
    same = (Score.assignment_id, Score.criterion_id, Score.version)
    on = and_(*(column == found.c[column.key] for column in same))
    return select(*key, Score.points).join(found, on).order_by(*key)
