"""Keeping the copy: pages of the change feed applied one by one, each with its cursor in one transaction.

Two pullers may run at once: a page counts only if the cursor still stands where the page began.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import case, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from events_service.db import Counter, db
from events_service.directory import client
from events_service.directory.models import (
    AcademicYear,
    CalendarDay,
    Fact,
    FormerSchool,
    Oblast,
    Organisation,
    Person,
    Programme,
    RevokedSession,
    School,
    Term,
    Territory,
    TerritoryOblast,
)
from services.database import utcnow
from services.ledger import insert_once

CURSOR, SHOWN = "directory", "directory_shown"
UNSHOWN = {"person", "session"}  # they change all day long, and no feed shows anything of them
ZERO = datetime(2020, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def pull(app: Flask, within: float | None = None) -> int:
    """Read the feed to its end; answers how many changes were applied.

    Raises RegisterAway, also when the end is not reached `within` so many seconds; the pages
    applied until then stay. Call it outside a transaction: it speaks HTTP.
    """
    end = time.monotonic() + within if within else None
    applied = 0
    while True:
        since = cursor()
        db.session.rollback()
        page = client.changes(app, since, _left(end))
        if not page["items"]:
            return applied
        with db.transaction() as session:
            if _move_cursor(session, since, page["next"]):
                apply(session, page["items"])
                applied += len(page["items"])
        if not page["more"]:
            return applied


def _left(end: float | None) -> float | None:
    if end is None:
        return None
    left = end - time.monotonic()
    if left <= 0:
        raise client.RegisterAway("the time is over")
    return left


def cursor() -> int:
    """The number of the last change applied."""
    return db.session.scalar(select(Counter.value).where(Counter.name == CURSOR)) or 0


def _move_cursor(session: Session, since: int, to: int) -> bool:
    insert_once(session, Counter, {"name": CURSOR, "value": 0})
    moved = session.execute(
        update(Counter)
        .where(Counter.name == CURSOR, Counter.value == since)
        .values(value=to)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def _move_shown(session: Session) -> None:
    """To the present second, or beyond it by as many changes as it has seen: each has a value of its own."""
    insert_once(session, Counter, {"name": SHOWN, "value": 0})
    now = int((utcnow() - ZERO).total_seconds())
    later = case((Counter.value < now, now), else_=Counter.value + 1)
    session.execute(
        update(Counter).where(Counter.name == SHOWN).values(value=later).execution_options(synchronize_session=False)
    )


def shown_at() -> datetime:
    """When that of the copy last changed which pages and feeds show."""
    return ZERO + timedelta(seconds=db.session.scalar(select(Counter.value).where(Counter.name == SHOWN)) or 0)


def apply(session: Session, items: list[Row]) -> None:
    """Make the copy's rows what the items say; applying twice changes nothing.

    Parents come before children: the order of kinds is fixed, whatever the order of changes was.
    """
    if any(item["kind"] not in UNSHOWN for item in items):
        _move_shown(session)
    for kind, copy in COPIERS.items():
        rows = [item for item in items if item["kind"] == kind]
        if rows:
            copy(session, rows)


def _simple(model: type[Any], key: str, names: tuple[str, ...]) -> Callable[[Session, list[Row]], None]:
    def copy(session: Session, items: list[Row]) -> None:
        ids = [item["id"] for item in items]
        session.execute(delete(model).where(getattr(model, key).in_(ids)))
        rows = [{name: item["row"][name] for name in names} for item in items if item["row"]]
        if rows:
            session.execute(insert(model), rows)

    return copy


def _copy_territories(session: Session, items: list[Row]) -> None:
    ids = [item["id"] for item in items]
    session.execute(delete(TerritoryOblast).where(TerritoryOblast.territory_code.in_(ids)))
    _simple(Territory, "code", ("code", "kind", "name", "position"))(session, items)
    held = [
        {"territory_code": item["id"], "oblast_code": m["oblast"], **_dates(m)}
        for item in items
        if item["row"]
        for m in item["row"]["memberships"]
    ]
    if held:
        session.execute(insert(TerritoryOblast), held)


def _copy_schools(session: Session, items: list[Row]) -> None:
    rows = [item["row"] for item in items if item["row"]]
    _forget_schools(session, [item["id"] for item in items], [row["code"] for row in rows])
    schools = [
        {
            **{name: row[name] for name in ("id", "code", "name", "sort_key", "kind")},
            "territory_code": row["territory"],
            "opened_on": _day(row["opened_on"]),
            "closed_on": _day(row["closed_on"]),
        }
        for row in rows
    ]
    facts = [
        {"school_id": row["id"], "kind": f["kind"], "ref": f["ref"], **_dates(f)} for row in rows for f in row["facts"]
    ]
    for model, found in ((School, schools), (Fact, facts)):
        if found:
            session.execute(insert(model), found)


def _forget_schools(session: Session, ids: list[str], codes: list[str]) -> None:
    """Also the one that held a code before: its own change, with another code, comes later in the feed."""
    gone = select(School.id).where(or_(School.id.in_(ids), School.code.in_(codes)))
    session.execute(delete(Fact).where(Fact.school_id.in_(gone)))
    session.execute(delete(School).where(or_(School.id.in_(ids), School.code.in_(codes))))


def _copy_people(session: Session, items: list[Row]) -> None:
    """People as they are; a school they have left stays known, until they are erased."""
    ids = [item["id"] for item in items]
    kept = select(Person.id, Person.school_id).where(Person.id.in_(ids), Person.school_id.is_not(None))
    before = dict(session.execute(kept).tuples().all())
    _PEOPLE(session, items)
    for item in items:
        school = before.get(item["id"])
        if item["row"] is None:
            session.execute(delete(FormerSchool).where(FormerSchool.person_id == item["id"]))
        elif school and school != item["row"]["school_id"]:
            insert_once(session, FormerSchool, {"person_id": item["id"], "school_id": school})


def _copy_sessions(session: Session, items: list[Row]) -> None:
    for item in items:
        if not item["row"]:
            continue
        values = {"id": item["id"], "expires_at": datetime.fromisoformat(item["row"]["expires_at"])}
        insert_once(session, RevokedSession, values)


def _copy_years(session: Session, items: list[Row]) -> None:
    codes = [item["id"] for item in items]
    rows = [item["row"] for item in items if item["row"]]
    session.execute(delete(Term).where(Term.year_code.in_(codes)))
    session.execute(delete(AcademicYear).where(AcademicYear.code.in_(codes)))
    years = [{"code": row["code"], **_days(row)} for row in rows]
    terms = [{"year_code": row["code"], "number": t["number"], **_days(t)} for row in rows for t in row["terms"]]
    for model, found in ((AcademicYear, years), (Term, terms)):
        if found:
            session.execute(insert(model), found)


def _copy_days(session: Session, items: list[Row]) -> None:
    session.execute(delete(CalendarDay).where(CalendarDay.id.in_([item["id"] for item in items])))
    rows = [item["row"] for item in items if item["row"]]
    found = [{**{name: row[name] for name in ("id", "kind", "name")}, **_days(row)} for row in rows]
    if found:
        session.execute(insert(CalendarDay), found)


def _days(row: Row) -> Row:
    return {name: date.fromisoformat(row[name]) for name in ("first_day", "last_day")}


def _dates(row: Row) -> Row:
    return {"valid_from": _day(row["valid_from"]), "valid_to": _day(row["valid_to"])}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


_PEOPLE = _simple(Person, "id", ("id", "name", "email", "language", "school_id", "roles", "active"))
COPIERS: dict[str, Callable[[Session, list[Row]], None]] = {
    "oblast": _simple(Oblast, "code", ("code", "name")),
    "territory": _copy_territories,
    "organisation": _simple(Organisation, "code", ("code", "name")),
    "programme": _simple(Programme, "code", ("code", "name", "position")),
    "school": _copy_schools,
    "person": _copy_people,
    "session": _copy_sessions,
    "academic_year": _copy_years,
    "calendar_day": _copy_days,
}
