"""The house of an engine knows whether a test wrote, and is only then made anew and asked for its invariants."""

from registry_service.db import db
from registry_service.people.models import Person


def test_house_notices_a_write_and_no_reading(suite, houses, engine):
    house = houses(engine)
    assert suite.get("/registry/schools").status_code == 200
    assert not house.written
    with suite.registry.app_context():
        db.session.query(Person).update({Person.name: "Басқа"})
        db.session.rollback()
        assert not house.written or engine == "postgres"  # its log has what was taken back, too
        with db.transaction() as session:
            session.query(Person).update({Person.version: Person.version + 1})
    assert house.written
    house.fresh()
    assert not house.written
