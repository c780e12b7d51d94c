"""Keeping the school calendar: the only writer of academic years, days off and breaks.

Writers take turns, so that looking for what overlaps and writing is one step.
"""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry_service import rights
from registry_service.academic_years import queries
from registry_service.academic_years.models import (
    LONGEST_BREAK,
    LONGEST_YEAR,
    TERMS,
    AcademicYear,
    CalendarDay,
    code_of,
    make_terms,
    years_after,
)
from registry_service.db import Audit, Change, Counter
from services import ledger
from services.errors import Conflict, Invalid
from services.i18n import said_plain, short_day
from services.identity import Actor

YEAR_FIELDS = ("first_day", "last_day", "basis")
DAY_FIELDS = ("kind", "first_day", "last_day", "name", "basis", "every_year")
Days = dict[str, Any]


def add_year(session: Session, actor: Actor, data: Days) -> AcademicYear:
    """A new academic year from a loaded `YearBody`. Conflict when it overlaps another."""
    _take_turn(session, actor)
    year = AcademicYear(code=code_of(data["first_day"]))
    _write_year(session, year, {"basis": "", "terms": [], **data})
    session.add(year)
    session.flush()
    _record(session, actor, "academic_year", "added", year.code, {}, _year_now(year))
    return year


def change_year(session: Session, actor: Actor, code: str, data: Days) -> AcademicYear:
    """Other dates of a year; which year it is stays."""
    _take_turn(session, actor)
    year = queries.year(code)
    before = _year_now(year)
    with session.no_autoflush:
        _write_year(session, year, data)
    if code_of(year.first_day) != code:
        raise Invalid({"first_day": [_("The school year %(year)s begins in %(first)s", year=code, first=code[:4])]})
    session.flush()
    _record(session, actor, "academic_year", "changed", code, before, _year_now(year))
    return year


def remove_year(session: Session, actor: Actor, code: str) -> None:
    """A year entered by mistake; days off and breaks stay."""
    _take_turn(session, actor)
    year = queries.year(code)
    before = _year_now(year)
    session.delete(year)
    _record(session, actor, "academic_year", "removed", code, before, {})


def add_day(session: Session, actor: Actor, data: Days) -> CalendarDay:
    """A day off or a break from a loaded `DayBody`. Conflict when there is one of its kind then."""
    _take_turn(session, actor)
    return _insert_day(session, actor, data)


def _insert_day(session: Session, actor: Actor, data: Days) -> CalendarDay:
    day = CalendarDay()
    _write_day(session, day, {"basis": "", "every_year": False, "last_day": None, **data})
    session.add(day)
    session.flush()
    _record(session, actor, "calendar_day", "added", day.id, {}, _day_now(day))
    return day


def change_day(session: Session, actor: Actor, day_id: str, data: Days) -> CalendarDay:
    """Other dates, name or kind."""
    _take_turn(session, actor)
    day = queries.day(day_id)
    before = _day_now(day)
    with session.no_autoflush:
        _write_day(session, day, data)
    session.flush()
    _record(session, actor, "calendar_day", "changed", day_id, before, _day_now(day))
    return day


def remove_day(session: Session, actor: Actor, day_id: str) -> None:
    _take_turn(session, actor)
    day = queries.day(day_id)
    before = _day_now(day)
    session.delete(day)
    _record(session, actor, "calendar_day", "removed", day_id, before, {})


def copy_holidays(session: Session, actor: Actor, code: str) -> int:
    """Copy days that are the same every year from the year before; answers how many were not there yet."""
    _take_turn(session, actor)
    year = queries.year(code)
    before = years_after(year.first_day, -1)
    fixed = [day for day in queries.days_between(before, year.first_day) if day.every_year]
    copied = 0
    for day in fixed:
        first, last = years_after(day.first_day), years_after(day.last_day)
        if not queries.overlapping(day.kind, first, last):
            content = {name: getattr(day, name) for name in DAY_FIELDS}
            _insert_day(session, actor, {**content, "first_day": first, "last_day": last})
            copied += 1
    return copied


def _take_turn(session: Session, actor: Actor) -> None:
    rights.need_registrar(actor)
    ledger.insert_once(session, Counter, {"name": "calendar", "value": 0})
    session.execute(update(Counter).where(Counter.name == "calendar").values(value=Counter.value + 1))
    session.expire_all()


def _write_year(session: Session, year: AcademicYear, data: Days) -> None:
    for name in YEAR_FIELDS:
        if name in data:
            setattr(year, name, data[name] or "")
    if "terms" in data:
        terms = [(term["first_day"], term["last_day"]) for term in data["terms"] or []]
        if terms != [(term.first_day, term.last_day) for term in year.terms]:
            _replace_terms(session, year, terms)
    _check_year(session, year)


def _replace_terms(session: Session, year: AcademicYear, days: list[tuple[date, date]]) -> None:
    old = {term.number: term for term in year.terms}
    new = make_terms(days)
    for term in new:
        if kept := old.get(term.number):
            kept.first_day, kept.last_day = term.first_day, term.last_day
    year.terms = [old.get(term.number, term) for term in new]


def _check_year(session: Session, year: AcademicYear) -> None:
    if year.last_day <= year.first_day:
        raise Invalid({"last_day": [_("The end is before the beginning")]})
    if year.last_day - year.first_day > LONGEST_YEAR:
        raise Invalid({"last_day": [_("A school year lasts a year at most")]})
    _check_terms(year)
    near = select(AcademicYear).where(AcademicYear.first_day <= year.last_day, AcademicYear.last_day >= year.first_day)
    others = [found for found in session.scalars(near) if found is not year]
    if others or (year not in session and session.get(AcademicYear, year.code)):
        raise Conflict(_("This school year is in the calendar already"), field="first_day")


def _check_terms(year: AcademicYear) -> None:
    if len(year.terms) not in {0, TERMS}:
        raise Invalid({"terms": [_("Name all four terms, or none")]})
    before = None
    for number, term in enumerate(year.terms):
        place = f"terms.{number}"
        if term.last_day <= term.first_day:
            raise Invalid({f"{place}.last_day": [_("The end is before the beginning")]})
        if before and term.first_day <= before:
            raise Invalid({f"{place}.first_day": [_("It begins before the term before it has ended")]})
        if term.first_day < year.first_day or term.last_day > year.last_day:
            raise Invalid({f"{place}.first_day": [_("The term lies outside the school year")]})
        before = term.last_day


def _write_day(session: Session, day: CalendarDay, data: Days) -> None:
    for name in DAY_FIELDS:
        if name in data:
            setattr(day, name, data[name])
    day.last_day, day.basis, day.every_year = day.last_day or day.first_day, day.basis or "", bool(day.every_year)
    if day.last_day < day.first_day:
        raise Invalid({"last_day": [_("The end is before the beginning")]})
    if day.last_day - day.first_day > LONGEST_BREAK:
        raise Invalid({"last_day": [_("At most 120 days")]})
    for found in queries.overlapping(day.kind, day.first_day, day.last_day):
        if found is not day:
            text = _(
                "«%(name)s» is there already, from %(day)s",
                name=said_plain(found.name),
                day=short_day(found.first_day),
            )
            raise Conflict(text, field="first_day")


def _year_now(year: AcademicYear) -> Days:
    terms = [f"{term.first_day} – {term.last_day}" for term in year.terms]
    return {**{name: getattr(year, name) for name in YEAR_FIELDS}, "terms": terms}


def _day_now(day: CalendarDay) -> Days:
    return {name: getattr(day, name) for name in DAY_FIELDS}


def _record(session: Session, actor: Actor, kind: str, verb: str, ref: str, before: Days, now: Days) -> None:
    old, new = ledger.differences(before, now or dict.fromkeys(before))
    if new:
        ledger.audit(session, Audit, actor, f"{kind}.{verb}", kind, ref, old=old, new=new if now else None)
        ledger.change(session, Change, Counter, kind, ref, "upsert" if now else "delete")
