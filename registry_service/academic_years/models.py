"""The school calendar: academic years with their terms, days off and breaks."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from services.database import Texts
from services.rows import Identified

DAY_OFF, SCHOOL_BREAK = "day_off", "school_break"
KINDS = (DAY_OFF, SCHOOL_BREAK)
TERMS = 4


class AcademicYear(db.Model):
    """From the first lesson to the last, both days included; `code` is «2020-21»."""

    __table_args__ = (CheckConstraint("last_day > first_day", name="order"),)

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    basis: Mapped[str] = mapped_column(String(300), default="")
    terms: Mapped[list["Term"]] = relationship(cascade="all, delete-orphan", order_by="Term.number", lazy="selectin")

    @property
    def label(self) -> str:
        return f"{self.first_day.year}–{self.first_day.year + 1}"

    @property
    def until(self) -> date:
        """The day before which the next year has not begun: summer belongs to the year before it."""
        return years_after(self.first_day)

    @property
    def half_years(self) -> list[tuple[int, date, date]]:
        """Number, first and last day: two terms each, so that they cannot contradict the terms."""
        pairs = zip(self.terms[::2], self.terms[1::2], strict=False)
        return [(number, a.first_day, b.last_day) for number, (a, b) in enumerate(pairs, start=1)]


class Term(db.Model):
    """A quarter of the school year, both days included."""

    __table_args__ = (CheckConstraint("last_day > first_day", name="order"),)

    year_code: Mapped[str] = mapped_column(ForeignKey("academic_year.code"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date]
    last_day: Mapped[date]


class CalendarDay(Identified, db.Model):
    """A day off or a break, of one day or of several, both days included.

    `every_year` says that it falls on the same date each year and can be copied forward.
    """

    __table_args__ = (CheckConstraint("last_day >= first_day", name="order"), Index(None, "first_day"))

    kind: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]
    name: Mapped[dict[str, str]] = mapped_column(Texts)
    basis: Mapped[str] = mapped_column(String(300), default="")
    every_year: Mapped[bool] = mapped_column(default=False)


def code_of(first_day: date) -> str:
    return f"{first_day.year}-{(first_day.year + 1) % 100:02}"


def years_after(day: date, years: int = 1) -> date:
    """The same date in another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def make_terms(days: Sequence[tuple[date, date]]) -> list[Term]:
    """Terms numbered in the order given."""
    return [Term(number=number, first_day=a, last_day=b) for number, (a, b) in enumerate(days, start=1)]


LONGEST_YEAR, LONGEST_BREAK = timedelta(days=365), timedelta(days=120)
