"""I7: published results are reckoned once more, and what no longer gives them is found."""

import pytest
from sqlalchemy import text

from events_service.db import db
from events_service.results import rechecking
from tests.events_service.results.hall import closed
from tests.events_service.results.test_publishing import SCORES, uphold, vote

PLANTED = [
    "UPDATE assignment SET signed_at = NULL WHERE id IN (SELECT min(id) FROM assignment)",
    "DELETE FROM correction",
    "UPDATE correction SET points = 9",
    "UPDATE tie_vote SET ranked = '[]'",
    "UPDATE compilation SET inputs_hash = 'ab' WHERE number > 1",
    "UPDATE compilation SET document = replace(document, 'null', 'true') WHERE number > 1",
]


@pytest.mark.both_engines
def test_each_change_behind_published_results_is_found(suite):
    hall = closed(suite, SCORES, threshold="75.00")
    hall.published()
    vote(hall, (0, 1), order=(1, 0))
    uphold(hall, 2)
    trigger = f"DROP TRIGGER compilation_stays{' ON compilation' * (suite.engine == 'postgres')}"
    with suite.events.app_context():
        for statement in PLANTED:
            assert rechecking.finding().broken == 0
            db.session.execute(text(trigger))
            db.session.execute(text(statement))
            db.session.expire_all()
            assert rechecking.finding().ids == (hall.arena.stages["REMOTE"],), statement
            db.session.rollback()
    vote(hall, (0, 1))  # the next version counts it: nothing is wrong with the one that is published
    with suite.events.app_context():
        assert (rechecking.finding().checked, rechecking.finding().broken) == (1, 0)
