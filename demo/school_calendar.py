"""The school calendar of the region: days off and breaks as published or assumed, and the years since the report."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from demo.facts import rows_of
from demo.people import stable_id
from registry_service.academic_years.models import AcademicYear, CalendarDay, Term, code_of
from services.fields import today

Row = dict[str, Any]
LATER = "әдеттегі күндер, жылдың бұйрығымен салыстыру керек / даты обычные, сверить с приказом года"
FIXED = "fixed date"
# A basis is one text without a language: the region writes it in both. What is published needs none on each day.
SAID = {
    "year as usual; autumn break published, other terms follow the assumed breaks": (
        "күзгі каникул мен 2021 жылдың демалыстары жарияланған, қалғаны болжам / "
        "осенние каникулы и выходные 2021 года опубликованы, остальное предположительно"
    ),
    "length 12 days published; dates assumed": "ұзақтығы 12 күн, күндері болжам / 12 дней, даты предположительны",
    "length 11 days published; dates assumed": "ұзақтығы 11 күн, күндері болжам / 11 дней, даты предположительны",
}


def load_calendar(session: Session) -> None:
    """2020-21 with its terms, the years after it up to the present one, and every day off or break."""
    session.execute(insert(AcademicYear), academic_years(today()))
    session.execute(insert(Term), _terms())
    session.execute(insert(CalendarDay), calendar_days())


def academic_years(day: date) -> list[Row]:
    """From the report's year to the one in which `day` lies; summer belongs to the year before it."""
    known = [
        {"code": row["code"], **_days(row), "basis": SAID[row["basis"]]}
        for row in rows_of("academic_years")
        if row["kind"] == "year"
    ]
    last = day.year if day.month >= 9 else day.year - 1
    later = range(max(row["first_day"].year for row in known) + 1, last + 1)
    return known + [
        {
            "code": code_of(date(year, 9, 1)),
            "first_day": date(year, 9, 1),
            "last_day": date(year + 1, 5, 25),
            "basis": LATER,
        }
        for year in later
    ]


def _terms() -> list[Row]:
    rows = [row for row in rows_of("academic_years") if row["kind"] == "term"]
    return [{"year_code": row["code"], "number": int(row["number"]), **_days(row)} for row in rows]


def _days(row: dict[str, str]) -> Row:
    return {name: date.fromisoformat(row[name]) for name in ("first_day", "last_day")}


def calendar_days() -> list[Row]:
    """The file has a line for each day; days that follow each other under one name are one row."""
    names = ("kind", "name_kk", "name_ru", "name_en", "basis")
    lines = sorted(rows_of("calendar_days"), key=lambda row: (*(row[name] for name in names), row["date"]))
    found = []
    for what, same in groupby(lines, key=lambda row: tuple(row[name] for name in names)):
        days = [date.fromisoformat(row["date"]) for row in same]
        runs = groupby(enumerate(days), key=lambda pair: pair[1] - timedelta(days=pair[0]))
        found += [_calendar_day(what, [day for _, day in run]) for _, run in runs]
    return found


def _calendar_day(what: tuple[str, ...], days: list[date]) -> Row:
    kind, kk, ru, en, basis = what
    return {
        "id": stable_id(f"calendar:{kind}:{days[0]}"),
        "kind": kind,
        "first_day": days[0],
        "last_day": days[-1],
        "name": {"kk": kk, "ru": ru, "en": en},
        "basis": SAID.get(basis, ""),
        "every_year": basis.startswith(FIXED),
    }
