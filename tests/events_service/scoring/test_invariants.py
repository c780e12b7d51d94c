"""I8: what must hold of scores, and that each violation is noticed where no trigger stops it."""

import pytest
from sqlalchemy import text

from events_service.db import db
from events_service.scoring.invariants import invariants
from services.invariants import check
from tests.events_service import arena as arenas

OTHER = (
    "INSERT INTO assignment (id, stage_id, entry_id, member_id, ground, status, reason, feedback, version, reopened, "
    "created_at, changed_at) SELECT 'other', :final, entry_id, member_id, ground, status, '', '', 1, 0, created_at, "
    "changed_at FROM assignment WHERE id = :sheet"
)
TWICE = (
    "INSERT INTO score (assignment_id, criterion_id, version, points, by_id, at) "
    "SELECT 'other', criterion_id, version, points, by_id, at FROM score"
)
CONFLICT = (
    "INSERT INTO conflict (member_id, entry_id, kind, note, found_at) "
    "SELECT member_id, entry_id, 'own_school', '', '2000-01-01 00:00:00.000000' FROM assignment WHERE id = :sheet"
)
PLANTED = [
    ((OTHER, TWICE), "one newest score"),
    (("UPDATE score SET points = 1001",), "in range"),
    (("UPDATE criterion SET stage_id = :final, code = 'X' WHERE code = 'R1'",), "of its sheet"),
    ((CONFLICT,), "in conflict"),
    (
        (
            "UPDATE stage SET status = 'closed', closed_at = opened_at WHERE id = :stage",
            "UPDATE score SET at = '2999-01-01 00:00:00.000000'",
        ),
        "after the stage closed",
    ),
]


@pytest.mark.parametrize(("statements", "says"), PLANTED, ids=[says for _, says in PLANTED])
def test_each_violation_is_noticed_without_the_triggers(suite, statements, says):
    arena = arenas.build(suite, nominations=1, entries=1, jurors=1, open_stage="REMOTE", deal=True)
    arenas.score(arena, sign=False)
    ids = {"sheet": arena.assignments[0], "stage": arena.stages["REMOTE"], "final": arena.stages["FINAL"]}
    with suite.events.app_context(), db.engine.connect() as connection:
        assert not any(finding.broken for finding in check(connection, invariants()))
        for trigger in ("score_may_be_given", "score_stays"):
            connection.execute(text(f"DROP TRIGGER {trigger}{' ON score' * (suite.engine == 'postgres')}"))
        for statement in statements:
            connection.execute(text(statement), {name: ids[name] for name in ids if f":{name}" in statement})
        found = [finding.of.says for finding in check(connection, invariants()) if finding.broken]
        connection.rollback()
    assert any(says in one for one in found), found
