"""What must hold of scores, whoever wrote them and whatever became of triggers (docs/decisions/0039)."""

from sqlalchemy import and_, func, or_, select

from events_service.contests.models import CLOSED, Criterion, Stage
from events_service.entries.models import Entry
from events_service.jury.models import ACTIVE, Assignment, Conflict
from events_service.scoring.models import Score
from services.invariants import Invariant


def invariants() -> list[Invariant]:
    """I8: one score of an entry, juror and criterion, in range, of a juror who may, before the stage closed."""
    given = Score.__table__.join(Assignment.__table__, Assignment.id == Score.assignment_id)
    whole = given.join(Entry.__table__, Entry.id == Assignment.entry_id)
    whole = whole.join(Criterion.__table__, Criterion.id == Score.criterion_id)
    of_sheet = and_(Criterion.stage_id == Assignment.stage_id, Criterion.nomination_id == Entry.nomination_id)
    in_range = or_(Score.points.is_(None), and_(Score.points >= 0, Score.points <= Criterion.max_points))
    barred = and_(Conflict.member_id == Assignment.member_id, Conflict.entry_id == Assignment.entry_id)
    seen = given.outerjoin(Conflict.__table__, barred)
    timed = given.join(Stage.__table__, Stage.id == Assignment.stage_id)
    late = and_(Stage.status == CLOSED, Score.at > Stage.closed_at)
    twice = (
        select(Assignment.entry_id, func.count().label("count"))
        .select_from(given)
        .group_by(Assignment.entry_id, Assignment.member_id, Score.criterion_id, Score.version)
        .subquery()
    )
    return [
        Invariant(
            "I8", "one newest score of an entry, a juror and a criterion", twice, twice.c.entry_id, twice.c.count > 1
        ),
        Invariant("I8", "a score is of its sheet and in range", whole, Score.id, ~and_(of_sheet, in_range)),
        Invariant(
            "I8",
            "no juror in conflict has a sheet that counts",
            seen,
            Score.id,
            and_(Assignment.status == ACTIVE, Conflict.found_at <= Score.at),  # known when she scored
        ),
        Invariant("I8", "no score after the stage closed", timed, Score.id, late),
    ]
