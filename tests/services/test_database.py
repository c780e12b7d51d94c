"""A write that follows reads in one request or task, whatever became of the reads."""

from contextlib import suppress

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from registry_service.db import Counter, db
from tests.conftest import ENGINES


def fail(session):
    """On PostgreSQL this spoils the whole transaction."""
    with suppress(DBAPIError):
        session.execute(text("SELECT 1 FROM nowhere"))


def lose(session):
    """The server has gone, and somebody found that out by reading."""
    session.connection().invalidate()


@pytest.mark.parametrize("spoil", [fail, lose, lambda session: None], ids=["failed", "lost", "well"])
def test_write_begins_anew_where_the_reads_ended_badly(suite, spoil):
    value = select(Counter.value).where(Counter.name == "changes")
    with suite.registry.app_context():
        before = db.session.scalar(value)
        spoil(db.session)
        with db.transaction() as session:
            session.execute(update(Counter).where(Counter.name == "changes").values(value=Counter.value))
        assert db.session.scalar(value) == before


@pytest.mark.parametrize("engine", [name for name in ENGINES if name == "postgres"], indirect=True)
def test_answer_that_is_ready_outlives_the_connection_of_its_reads(suite):
    """The server goes between the last read and the end of the request."""
    value = select(Counter.value).where(Counter.name == "changes")
    with suite.registry.app_context():
        pool, out = db.engine.pool, db.engine.pool.checkedout()
        assert db.session.scalar(value) is not None
        pid = db.session.connection().connection.driver_connection.info.backend_pid
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    assert pool.checkedout() == out
    with suite.registry.app_context():
        assert db.session.scalar(value) is not None
