"""Reads of sheets. A juror reads her own; who directs the jury reads which are signed, and nobody's points."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import contains_eager

from events_service.contests.exact import half_up
from events_service.contests.models import OPEN, Criterion, Stage
from events_service.db import db
from events_service.entries.models import ADMITTED, Entry
from events_service.events.models import CANCELLED
from events_service.jury.models import ACTIVE, Assignment
from events_service.scoring.models import Score
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor


@dataclass(frozen=True)
class Sheet:
    """A sheet as it is kept: the lines it has, and the points given so far by the codes of the lines."""

    row: Assignment
    lines: Sequence[Criterion]
    points: Mapping[str, Decimal]

    @property
    def missing(self) -> list[Criterion]:
        """The lines without points, and those with points they do not allow: such a sheet cannot be signed."""
        return [line for line in self.lines if not 0 <= self.points.get(line.code, -1) <= line.max_points]

    @property
    def filled(self) -> int:
        return len(self.points)

    @property
    def open(self) -> bool:
        """May it be filled in now?"""
        return self.row.signed_at is None and judged(self.row)

    @property
    def score(self) -> Decimal | None:
        """The score of a whole sheet, 0 to 100, rounded to be shown."""
        return None if self.missing else half_up(sheet_score(self.lines, self.points))


def takes_scores(stage: Stage) -> bool:
    """Is the stage open, and its time not over?"""
    return stage.status == OPEN and (stage.closes_at is None or utcnow() < stage.closes_at)


def judged(row: Assignment) -> bool:
    """May its juror give points: its stage takes scores, the entry is admitted, and the contest is on?"""
    return takes_scores(row.stage) and row.entry.status == ADMITTED and row.entry.event.status != CANCELLED


def sheet_score(lines: Iterable[Criterion], points: Mapping[str, Decimal]) -> Fraction:
    """The weighted score of a whole sheet, exactly, from 0 to 100; points by the codes of the lines."""
    parts = (Fraction(line.weight) * Fraction(points[line.code]) / Fraction(line.max_points) for line in lines)
    return 100 * sum(parts, Fraction())


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


def sheet(row: Assignment) -> Sheet:
    """One sheet."""
    return sheets([row])[0]


def sheets(rows: Sequence[Assignment]) -> list[Sheet]:
    """Sheets of one contest with their lines and points, in two statements."""
    if not rows:
        return []
    wanted = Criterion.stage_id.in_({row.stage_id for row in rows})
    lines = list(db.session.scalars(select(Criterion).where(wanted).order_by(Criterion.position, Criterion.id)))
    codes = {line.id: line.code for line in lines}
    given: dict[str, dict[str, Decimal]] = {row.id: {} for row in rows}
    for assignment_id, criterion_id, points in db.session.execute(_newest(Assignment.id.in_(list(given)))):
        if points is not None and criterion_id in codes:
            given[assignment_id][codes[criterion_id]] = points
    return [Sheet(row, _of(lines, row), given[row.id]) for row in rows]


def _of(lines: Iterable[Criterion], row: Assignment) -> list[Criterion]:
    place = row.stage_id, row.entry.nomination_id
    return [line for line in lines if (line.stage_id, line.nomination_id) == place]


def dealt(member_id: str, *where: Any) -> Select[Any]:
    """What a member of the jury reads, in the order of stages and numbers."""
    rows = select(Assignment).join(Assignment.entry).join(Assignment.stage)
    rows = rows.options(contains_eager(Assignment.entry), contains_eager(Assignment.stage))
    rows = rows.where(Assignment.member_id == member_id, Assignment.status == ACTIVE, *where)
    return rows.order_by(Stage.position, Stage.id, Entry.number, Assignment.id)


def beside(row: Assignment) -> tuple[Assignment | None, Assignment | None]:
    """The sheets before and after one in its juror's list of the stage."""
    rows = list(db.session.scalars(dealt(row.member_id, Assignment.stage_id == row.stage_id)))
    place = next((number for number, other in enumerate(rows) if other.id == row.id), None)
    if place is None:
        return None, None
    return (rows[place - 1] if place else None), (rows[place + 1] if place + 1 < len(rows) else None)


def own(event_id: str, assignment_id: str, actor: Actor) -> Assignment:
    """A sheet of her own; any other does not exist for her."""
    row = of_contest(event_id, assignment_id)
    if not row.member.active or row.member.person_id != actor.id:
        raise NotFound
    return row


def of_contest(event_id: str, assignment_id: str) -> Assignment:
    """A sheet of a contest, whoever fills it in."""
    row = db.session.get(Assignment, assignment_id)
    if row is None or row.status != ACTIVE or row.member.event_id != event_id:
        raise NotFound
    return row
