"""What is asked of the events service's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from events_service.db import db
from tests.support.suite import Suite


@contextmanager
def statements(suite: Suite) -> Iterator[list[tuple[str, Any]]]:
    """What is said to the database meanwhile, with its parameters."""
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        said.append((statement, parameters))

    with suite.events.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def sent(suite: Suite, path: str, as_: str | None = None) -> int:
    """How many statements one good GET of a page sends."""
    with statements(suite) as said:
        assert suite.get(path, as_).status_code == 200
    return len(said)
