"""A write that follows reads in one request or task, whatever became of the reads."""

from contextlib import suppress

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from registry_service.db import Counter, db


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
