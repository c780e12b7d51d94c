"""What a page asks of the database."""

from sqlalchemy import event

from events_service.db import db
from tests.support.suite import Suite


def sent(suite: Suite, path: str, as_: str) -> int:
    """How many statements one request sends."""
    found: list[str] = []
    with suite.events.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert suite.get(path, as_).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(found)
