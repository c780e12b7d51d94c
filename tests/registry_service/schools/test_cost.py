"""What pages cost: a fixed number of reads, however many schools they show."""

import pytest
from sqlalchemy import event

from registry_service.db import db


def reads(suite, path):
    """How many statements one request sends."""
    sent = []
    with suite.registry.app_context():
        engine = db.engine

    def count(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        assert suite.json("GET", path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(sent)


@pytest.mark.parametrize(
    "few, many, most",
    [
        ("/registry/schools?district=ULY", "/registry/schools", 12),
        ("/registry/api/v1/schools?limit=1", "/registry/api/v1/schools?limit=200", 8),
        ("/registry/territories?oblast=ULT", "/registry/territories?as_of=2021-05-01", 9),
        ("/registry/centres?district=ABA", "/registry/centres", 6),
        ("/registry/programmes/USHQYR_OI?as_of=2019-01-01", "/registry/programmes/USHQYR_OI", 6),
        ("/registry/api/v1/attachments?limit=1", "/registry/api/v1/attachments?limit=200", 3),
        ("/registry/api/v1/twinning?limit=1", "/registry/api/v1/twinning?limit=200", 3),
    ],
)
def test_number_of_reads_does_not_grow_with_the_rows(suite, few, many, most):
    reads(suite, many)

    assert reads(suite, many) <= reads(suite, few) <= most
