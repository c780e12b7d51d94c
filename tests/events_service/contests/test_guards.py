"""What the database itself refuses, whoever writes to it."""

from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from events_service.contests.models import Criterion, Stage
from events_service.db import db
from events_service.jury.models import Assignment, Conflict
from events_service.scoring.models import Score
from services.database import utcnow
from tests.events_service import arena as arenas

VERSION = 9


@pytest.fixture
def arena(suite):
    return arenas.build(suite, entries=2, jurors=2, open_stage="REMOTE", deal=True)


def lines_of(session, assignment_id):
    sheet = session.get_one(Assignment, assignment_id)
    where = Criterion.stage_id == sheet.stage_id, Criterion.nomination_id == sheet.entry.nomination_id
    return list(session.scalars(select(Criterion).where(*where).order_by(Criterion.position)))


def give(arena, prepare=None, points=Decimal("4.5"), line=0, assignment=0):
    """One score straight into the rows, after something else has been changed."""
    with arena.suite.events.app_context(), db.transaction() as session:
        if prepare:
            prepare(session)
        session.flush()
        of = lines_of(session, arena.assignments[assignment])
        kept = {"assignment_id": arena.assignments[0], "criterion_id": of[line].id, "version": VERSION}
        session.execute(Score.__table__.insert().values(**kept, points=points, by_id="x", at=utcnow()))


def test_score_in_range_is_taken(arena):
    give(arena)
    give(arena, points=Decimal("10"), line=1)
    with arena.suite.events.app_context():
        assert [str(row.points) for row in db.session.scalars(select(Score))] == ["4.50", "10.00"]


@pytest.mark.parametrize("points", [Decimal("10.01"), Decimal("-0.01")])
def test_score_out_of_range_is_refused(arena, points):
    with pytest.raises(IntegrityError):
        give(arena, points=points)


def test_score_of_another_nomination_is_refused(arena):
    with pytest.raises(IntegrityError):
        give(arena, assignment=3)


@pytest.mark.parametrize("change", [
    lambda arena: update(Stage).where(Stage.id == arena.stages["REMOTE"]).values(status="closed"),
    lambda arena: update(Assignment).values(status="recused"),
    lambda arena: update(Assignment).values(signed_at=utcnow()),
])  # fmt: skip
def test_score_is_refused_where_it_may_not_be_given(arena, change):
    with pytest.raises(IntegrityError):
        give(arena, lambda session: session.execute(change(arena)))


def test_score_with_a_conflict_is_refused(arena):
    conflict = Conflict(member_id=arena.members[0], entry_id=arena.entries[0], kind="own_school")
    with pytest.raises(IntegrityError):
        give(arena, lambda session: session.add(conflict))


@pytest.mark.parametrize("change", [update(Score).values(points=Decimal("1")), delete(Score)])
def test_score_once_given_stays(arena, change):
    give(arena)
    with pytest.raises(IntegrityError), arena.suite.events.app_context(), db.transaction() as session:
        session.execute(change)


def test_entry_is_not_dealt_to_a_juror_in_conflict(arena):
    with arena.suite.events.app_context(), db.transaction() as session:
        row = session.get_one(Assignment, arena.assignments[0])
        row.status = "recused"
        session.flush()
        session.add(Conflict(member_id=row.member_id, entry_id=row.entry_id, kind="declared"))
    with pytest.raises(IntegrityError), arena.suite.events.app_context(), db.transaction() as session:
        session.get_one(Assignment, arena.assignments[0]).status = "active"
        session.flush()
