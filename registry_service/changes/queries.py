"""The change feed: what changed since a number, with the rows as they are now."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registry_service.academic_years.models import AcademicYear, CalendarDay
from registry_service.centres.models import Attachment
from registry_service.db import Change, db
from registry_service.orders.models import Organisation
from registry_service.people.models import Person, SignInSession
from registry_service.programmes.models import Enrolment, Programme
from registry_service.schools.models import School
from registry_service.territories.models import Oblast, Territory
from registry_service.twinning.models import TwinningLink
from services.i18n import stamp
from services.ledger import plain

Row = dict[str, Any]
Rows = dict[str, Row]
LINKS: tuple[tuple[str, type[Any], str], ...] = (
    ("attachment", Attachment, "centre_id"),
    ("twinning", TwinningLink, "patron_id"),
    ("enrolment", Enrolment, "programme_code"),
)


def since(seq: int, limit: int) -> dict[str, Any]:
    """Changes after `seq`; several of one entity in a page become its last."""
    lines = db.session.scalars(select(Change).where(Change.seq > seq).order_by(Change.seq).limit(limit + 1)).all()
    page, more = lines[:limit], len(lines) > limit
    last = {(line.kind, line.entity_id): line for line in page}
    rows = {kind: join({i for k, i in last if k == kind}) for kind, join in JOINS.items()}
    items = [_item(line, rows.get(line.kind, {})) for line in sorted(last.values(), key=lambda line: line.seq)]
    return {"items": items, "next": page[-1].seq if page else seq, "more": more}


def _item(line: Change, rows: Rows) -> Row:
    row = rows.get(line.entity_id)
    op = line.op if row else "delete"
    return {"seq": line.seq, "kind": line.kind, "id": line.entity_id, "op": op, "row": row}


def person_row(person: Person) -> Row:
    """What other services may know of a person, and nothing else."""
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "school_id": person.school_id,
        "roles": person.role_words,
        "active": person.active,
    }


def _simple(model: type[Any], names: tuple[str, ...]) -> Callable[[set[str]], Rows]:
    def join(codes: set[str]) -> Rows:
        found = db.session.scalars(select(model).where(model.code.in_(codes)))
        return {row.code: {name: getattr(row, name) for name in names} for row in found}

    return join


def _territories(codes: set[str]) -> Rows:
    found = select(Territory).where(Territory.code.in_(codes)).options(selectinload(Territory.memberships))
    return {
        row.code: {
            **{name: getattr(row, name) for name in ("code", "kind", "name", "position")},
            "memberships": [{"oblast": m.oblast_code, **_dates(m)} for m in row.memberships],
        }
        for row in db.session.scalars(found)
    }


def _people(ids: set[str]) -> Rows:
    found = select(Person).where(Person.id.in_(ids)).options(selectinload(Person.roles))
    return {row.id: person_row(row) for row in db.session.scalars(found)}


def _sessions(ids: set[str]) -> Rows:
    found = select(SignInSession).where(SignInSession.id.in_(ids), SignInSession.revoked_at.is_not(None))
    return {row.id: {"id": row.id, "expires_at": stamp(row.expires_at)} for row in db.session.scalars(found)}


def _schools(ids: set[str]) -> Rows:
    found = select(School).where(School.id.in_(ids)).options(selectinload(School.statuses))
    rows = {row.id: _school_row(row) for row in db.session.scalars(found)}
    programmes = _programmes_of_links()
    for kind, model, ref in LINKS:
        for link in db.session.scalars(select(model).where(model.school_id.in_(rows))):
            named = [(kind, getattr(link, ref)), *(("enrolment", code) for code in programmes.get(kind, ()))]
            rows[link.school_id]["facts"] += [{"kind": k, "ref": r, **_dates(link)} for k, r in named]
    return rows


def _programmes_of_links() -> dict[str, list[str]]:
    """A programme that consists of links enrols whoever has such a link: copies need not know how."""
    kinds = {"network": "attachment", "twinning": "twinning"}
    found: dict[str, list[str]] = {}
    for code, kind in db.session.execute(select(Programme.code, Programme.kind).where(Programme.kind.in_(kinds))):
        found.setdefault(kinds[kind], []).append(code)
    return found


def _school_row(row: School) -> Row:
    return {
        **{name: plain(getattr(row, name)) for name in ("id", "code", "name", "sort_key", "kind", "opened_on")},
        "closed_on": plain(row.closed_on),
        "territory": row.territory_code,
        "facts": [{"kind": s.status, "ref": "", **_dates(s)} for s in row.statuses],
    }


def _academic_years(codes: set[str]) -> Rows:
    found = db.session.scalars(select(AcademicYear).where(AcademicYear.code.in_(codes)))
    return {
        row.code: {"code": row.code, **_days(row), "terms": [{"number": t.number, **_days(t)} for t in row.terms]}
        for row in found
    }


def _calendar_days(ids: set[str]) -> Rows:
    found = db.session.scalars(select(CalendarDay).where(CalendarDay.id.in_(ids)))
    return {row.id: {"id": row.id, "kind": row.kind, "name": row.name, **_days(row)} for row in found}


def _days(row: Any) -> Row:
    return {"first_day": plain(row.first_day), "last_day": plain(row.last_day)}


def _dates(row: Any) -> Row:
    return {"valid_from": plain(row.valid_from), "valid_to": plain(row.valid_to)}


JOINS: dict[str, Callable[[set[str]], Rows]] = {
    "oblast": _simple(Oblast, ("code", "name")),
    "territory": _territories,
    "organisation": _simple(Organisation, ("code", "name")),
    "programme": _simple(Programme, ("code", "name", "position")),
    "school": _schools,
    "person": _people,
    "session": _sessions,
    "academic_year": _academic_years,
    "calendar_day": _calendar_days,
}
