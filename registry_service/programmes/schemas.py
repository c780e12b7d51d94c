"""What may be asked about programmes, what a keeper sends, and what is answered."""

from typing import Any

from marshmallow import fields as ma

from registry_service.asking import Question
from registry_service.orders.schemas import GroundBody
from registry_service.programmes.models import Enrolment, Programme
from services.fields import Body, Day, Text, Whole
from services.paging import MOST


class EnrolmentQuery(Question):
    """Who takes part on a day (default today)."""

    as_of = Day(load_default=None)
    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=100, load_default="")
    lang = Text(most=5, load_default="")


class EnrolmentBody(GroundBody):
    """A school takes part from `valid_from` on; its id or code."""

    school = Text(most=40, required=True)


class EnrolmentPatch(GroundBody):
    """A school takes part no more from `valid_to` on."""

    valid_to = Day(required=True)


class ProgrammeAnswer(Body):
    """A programme and how many schools take part on the day asked for."""

    code = ma.String()
    name = ma.Dict()
    kind = ma.String()
    scope = ma.String()
    grades = ma.String()
    order_id = ma.String(allow_none=True)
    schools = ma.Integer()


class ProgrammesAnswer(Body):
    """All programmes."""

    items = ma.List(ma.Nested(ProgrammeAnswer))
    total = ma.Integer()
    next = ma.String(allow_none=True)


class EnrolmentAnswer(Body):
    """An enrolment; `school` is a code."""

    id = ma.String()
    programme = ma.String()
    school = ma.String()
    school_id = ma.String()
    district = ma.String()
    valid_from = ma.Date()
    valid_to = ma.Date(allow_none=True)
    order_id = ma.String(allow_none=True)


def show_programme(programme: Programme, schools: int) -> dict[str, Any]:
    plain = ("code", "name", "kind", "scope", "grades", "order_id")
    return {**{name: getattr(programme, name) for name in plain}, "schools": schools}


def show_enrolment(row: Enrolment) -> dict[str, Any]:
    plain = ("id", "school_id", "valid_from", "valid_to", "order_id")
    named = {"programme": row.programme_code, "school": row.school.code, "district": row.school.territory_code}
    shown: dict[str, Any] = EnrolmentAnswer().dump({**{name: getattr(row, name) for name in plain}, **named})
    return shown
