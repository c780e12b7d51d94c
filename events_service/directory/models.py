"""The local copy of the register: schools with their dated facts, programmes, people, revoked sessions."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.db import db
from services.database import Instant, Texts
from services.rows import ID, Dated

SMALL_CLASS, RESOURCE_CENTRE = "small_class", "resource_centre"
ATTACHMENT, TWINNING, ENROLMENT = "attachment", "twinning", "enrolment"


class Oblast(db.Model):
    """A region."""

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(Texts)


class Territory(db.Model):
    """A district or a city."""

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[dict[str, str]] = mapped_column(Texts)
    position: Mapped[int] = mapped_column(default=0)


class TerritoryOblast(Dated, db.Model):
    """Which oblast a territory lies in, from a day on."""

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_code: Mapped[str] = mapped_column(ForeignKey("territory.code"), index=True)
    oblast_code: Mapped[str] = mapped_column(String(10))


class Organisation(db.Model):
    """To whom events belong."""

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(Texts)


class Programme(db.Model):
    """A programme events may belong to."""

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(Texts)
    position: Mapped[int] = mapped_column(default=0)


class School(db.Model):
    """A school as the register knows it."""

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[dict[str, str]] = mapped_column(Texts)
    sort_key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))
    territory_code: Mapped[str] = mapped_column(String(10), index=True)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    facts: Mapped[list["Fact"]] = relationship(cascade="all, delete-orphan")


class Fact(Dated, db.Model):
    """A dated fact of a school; `ref` is the centre, the patron or the programme where there is one."""

    __table_args__ = (Index(None, "kind", "ref"), Index(None, "school_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[str] = mapped_column(ForeignKey("school.id"))
    kind: Mapped[str] = mapped_column(String(20))
    ref: Mapped[str] = mapped_column(String(40), default="")


class Person(db.Model):
    """Of a person only what is needed to register and write to her."""

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), index=True)
    language: Mapped[str] = mapped_column(String(2))
    school_id: Mapped[str | None] = mapped_column(ID)
    roles: Mapped[list[str]] = mapped_column(db.JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)


class FormerSchool(db.Model):
    """A school a person worked at before: kept from the day on which the copy saw her move."""

    person_id: Mapped[str] = mapped_column(ID, primary_key=True)
    school_id: Mapped[str] = mapped_column(ID, primary_key=True)


class RevokedSession(db.Model):
    """A session that has ended before its token; kept until the token would have ended."""

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class AcademicYear(db.Model):
    """From the first lesson to the last, both days included."""

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class Term(db.Model):
    """A quarter of an academic year; two of them are a half-year."""

    year_code: Mapped[str] = mapped_column(ForeignKey("academic_year.code"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date]
    last_day: Mapped[date]


class CalendarDay(db.Model):
    """A day off or a school break, both days included."""

    __table_args__ = (Index(None, "first_day"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]
    name: Mapped[dict[str, str]] = mapped_column(Texts)
