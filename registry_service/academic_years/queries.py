"""Reads of the school calendar."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select

from registry_service.academic_years.models import AcademicYear, CalendarDay
from registry_service.db import db
from services.errors import NotFound


def newest_first() -> Select[tuple[AcademicYear]]:
    return select(AcademicYear).order_by(AcademicYear.first_day.desc())


def years() -> list[AcademicYear]:
    return list(db.session.scalars(newest_first()))


def year(code: str) -> AcademicYear:
    """A year; NotFound when there is none."""
    found = db.session.get(AcademicYear, code)
    if found is None:
        raise NotFound
    return found


def year_of(day: date) -> AcademicYear | None:
    """The year that had begun by this day, else the first there is."""
    begun = newest_first().where(AcademicYear.first_day <= day).limit(1)
    first = select(AcademicYear).order_by(AcademicYear.first_day).limit(1)
    return db.session.scalars(begun).first() or db.session.scalars(first).first()


def day(day_id: str) -> CalendarDay:
    """A day off or a break; NotFound when there is none."""
    found = db.session.get(CalendarDay, day_id)
    if found is None:
        raise NotFound
    return found


def listed(asked: dict[str, Any]) -> Select[tuple[CalendarDay]]:
    """Days off and breaks of a loaded `DaysQuery`, in order of time."""
    statement = select(CalendarDay)
    if asked["year"]:
        whole = year(asked["year"])
        statement = statement.where(CalendarDay.last_day >= whole.first_day, CalendarDay.first_day < whole.until)
    if asked["kind"]:
        statement = statement.where(CalendarDay.kind == asked["kind"])
    if asked["since"]:
        statement = statement.where(CalendarDay.last_day >= asked["since"])
    if asked["until"]:
        statement = statement.where(CalendarDay.first_day <= asked["until"])
    return statement.order_by(CalendarDay.first_day, CalendarDay.last_day, CalendarDay.id)


def days_between(first: date, before: date) -> list[CalendarDay]:
    """What touches the days from `first` on and before `before`."""
    touched = CalendarDay.last_day >= first, CalendarDay.first_day < before
    return list(db.session.scalars(select(CalendarDay).where(*touched).order_by(CalendarDay.first_day, CalendarDay.id)))


def overlapping(kind: str, first: date, last: date) -> list[CalendarDay]:
    """Those of one kind that share a day with these."""
    shared = CalendarDay.kind == kind, CalendarDay.first_day <= last, CalendarDay.last_day >= first
    return list(db.session.scalars(select(CalendarDay).where(*shared)))
