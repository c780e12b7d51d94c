"""What a registrar sends of the school calendar and what is answered."""

from typing import Any

from marshmallow import fields as ma
from marshmallow import validate

from registry_service.academic_years.models import KINDS, TERMS, AcademicYear, CalendarDay
from registry_service.asking import Question
from services.fields import Body, Choice, Day, Flag, Text, Translated, Whole
from services.paging import MOST


class TermBody(Body):
    """A term, both days included."""

    first_day = Day(required=True)
    last_day = Day(required=True)


class YearBody(Body):
    """An academic year: its days, the four terms or none, and on what it is based."""

    first_day = Day(required=True)
    last_day = Day(required=True)
    basis = Text(most=300, least=0, allow_none=True)
    terms = ma.List(ma.Nested(TermBody), allow_none=True, validate=validate.Length(max=TERMS))


class YearPatch(YearBody):
    """Some of a year; what is not named stays."""

    first_day = Day()
    last_day = Day()


class DayBody(Body):
    """A day off or a break; without `last_day` it is one day."""

    kind = Choice(KINDS, required=True)
    first_day = Day(required=True)
    last_day = Day(allow_none=True)
    name = Translated(most=120, required=True)
    basis = Text(most=300, least=0, allow_none=True)
    every_year = Flag(allow_none=True)


class DayPatch(DayBody):
    """Some of it; what is not named stays."""

    kind = Choice(KINDS)
    first_day = Day()
    name = Translated(most=120)


class DaysQuery(Question):
    """Days of a year, of a kind, or between two days."""

    year = Text(most=10, load_default="")
    kind = Choice(KINDS, load_default="")
    since = Day(load_default=None)
    until = Day(load_default=None)
    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=100, load_default="")
    lang = Text(most=5, load_default="")


class PeriodAnswer(Body):
    """A term or a half-year."""

    number = ma.Integer()
    first_day = ma.Date()
    last_day = ma.Date()


class YearAnswer(Body):
    """An academic year with its terms; each half-year is two of them."""

    code = ma.String()
    first_day = ma.Date()
    last_day = ma.Date()
    basis = ma.String()
    terms = ma.List(ma.Nested(PeriodAnswer))
    half_years = ma.List(ma.Nested(PeriodAnswer))


class DayAnswer(Body):
    """A day off or a break, both days included."""

    id = ma.String()
    kind = ma.String()
    first_day = ma.Date()
    last_day = ma.Date()
    name = ma.Dict()
    basis = ma.String()
    every_year = ma.Boolean()


class CopiedAnswer(Body):
    """How many days were copied."""

    copied = ma.Integer()


def show_year(year: AcademicYear) -> dict[str, Any]:
    plain = {name: getattr(year, name) for name in ("code", "first_day", "last_day", "basis", "terms")}
    halves = [dict(zip(("number", "first_day", "last_day"), half, strict=True)) for half in year.half_years]
    shown: dict[str, Any] = YearAnswer().dump({**plain, "half_years": halves})
    return shown


def show_day(day: CalendarDay) -> dict[str, Any]:
    shown: dict[str, Any] = DayAnswer().dump(day)
    return shown
