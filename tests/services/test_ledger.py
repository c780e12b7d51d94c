"""What a write leaves behind."""

from events_service.db import JobRun, db
from services.database import utcnow
from services.jobs import take_slot
from services.ledger import insert_once


def test_insert_once_says_whether_the_row_went_in(suite):
    with suite.events.app_context(), db.transaction() as session:
        values = {"job": "test", "slot": "one", "at": utcnow()}
        assert [insert_once(session, JobRun, values) for _ in range(3)] == [True, False, False]


def test_slot_is_taken_by_one_caller_only(suite):
    with suite.events.app_context():
        assert [take_slot(db, JobRun, "test", slot) for slot in ("a", "a", "b")] == [True, False, True]
