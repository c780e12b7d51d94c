"""What may be asked about twinning, what a keeper sends, and what is answered."""

from typing import Any

from marshmallow import fields as ma

from registry_service.asking import Question
from registry_service.orders.schemas import GroundBody
from registry_service.twinning.models import TwinningLink
from services.fields import Body, Day, Flag, Text, Whole
from services.paging import MOST


class TwinningQuery(Question):
    """Which links hold on a day (default today)."""

    district = Text(most=10, load_default="")
    school = Text(most=40, load_default="")
    patron = Text(most=40, load_default="")
    with_order = Flag(load_default=None)
    as_of = Day(load_default=None)
    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=100, load_default="")
    lang = Text(most=5, load_default="")


class TwinningBody(GroundBody):
    """A school and its patron from `valid_from` on; ids or codes."""

    school = Text(most=40, required=True)
    patron = Text(most=40, required=True)


class TwinningPatch(GroundBody):
    """An end on `valid_to`; without it, the order behind the link."""

    valid_to = Day(allow_none=True, load_default=None)


class TwinningAnswer(Body):
    """A link; `school` and `patron` are codes."""

    id = ma.String()
    school = ma.String()
    school_id = ma.String()
    patron = ma.String()
    patron_id = ma.String()
    district = ma.String()
    valid_from = ma.Date()
    valid_to = ma.Date(allow_none=True)
    order_id = ma.String(allow_none=True)


def show_link(link: TwinningLink) -> dict[str, Any]:
    plain = ("id", "school_id", "patron_id", "valid_from", "valid_to", "order_id")
    named = {"school": link.school.code, "patron": link.patron.code, "district": link.school.territory_code}
    shown: dict[str, Any] = TwinningAnswer().dump({**{name: getattr(link, name) for name in plain}, **named})
    return shown
