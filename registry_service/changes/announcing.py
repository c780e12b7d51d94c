"""Announcing everything at once: after a bulk load every row is new to the copies."""

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from registry_service.academic_years.models import AcademicYear, CalendarDay
from registry_service.db import Change, Counter
from registry_service.orders.models import Organisation
from registry_service.people.models import Person
from registry_service.programmes.models import Programme
from registry_service.schools.models import School
from registry_service.territories.models import Oblast, Territory
from services.database import utcnow
from services.ledger import next_number

KINDS = (
    ("oblast", Oblast.code),
    ("territory", Territory.code),
    ("organisation", Organisation.code),
    ("programme", Programme.code),
    ("school", School.id),
    ("person", Person.id),
    ("academic_year", AcademicYear.code),
    ("calendar_day", CalendarDay.id),
)


def announce_all(session: Session) -> int:
    """One change row for every entity, in one statement; answers how many."""
    session.flush()
    found = [(kind, ref) for kind, column in KINDS for ref in session.scalars(select(column).order_by(column))]
    if not found:
        return 0
    first = next_number(session, Counter, "changes")
    session.execute(update(Counter).where(Counter.name == "changes").values(value=first + len(found) - 1))
    now = utcnow()
    rows = [
        {"seq": first + number, "kind": kind, "entity_id": ref, "op": "upsert", "at": now}
        for number, (kind, ref) in enumerate(found)
    ]
    session.execute(insert(Change), rows)
    return len(rows)
