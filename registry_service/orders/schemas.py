"""What is said of an order, and of the ground that every dated change names."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields as ma
from marshmallow import pre_load

from registry_service.asking import Question
from registry_service.orders.grounds import FACTS, NAMED, PARTNERS, TWINNING, Ground
from registry_service.orders.models import KINDS, Order
from services.fields import FIRST_YEAR, LAST_YEAR, Body, Choice, Day, Link, Text, Translated, Whole
from services.paging import MOST


class GroundBody(Body):
    """From which day, by which order (or none), and why."""

    valid_from = Day(allow_none=True, load_default=None)
    order_id = Text(most=40, allow_none=True, load_default=None)
    reason = Text(most=500, lines=True, required=True)

    @pre_load
    def order_as_order_id(self, data: Mapping[str, Any], **kwargs: Any) -> Mapping[str, Any]:
        """`order` is taken for `order_id`."""
        if isinstance(data, Mapping) and "order" in data and "order_id" not in data:
            return {**data, "order_id": data["order"]}
        return data


class OrderBody(Body):
    """Number, date and issuer of an order or a legal act; a title and a link to the text where it has them."""

    kind = Choice(KINDS, allow_none=True)
    number = Text(most=40, required=True)
    issued_on = Day(required=True)
    issuer = Text(most=20, required=True)
    title = Translated(most=300, allow_none=True)
    url = Link(allow_none=True)


class OrderPatch(OrderBody):
    """Some of an order; what is not named stays."""

    number = Text(most=40)
    issued_on = Day()
    issuer = Text(most=20)


class OrderAnswer(Body):
    """An order as anyone may see it."""

    id = ma.String()
    kind = ma.String()
    number = ma.String()
    issued_on = ma.Date()
    issuer = ma.String(attribute="issuer_code")
    title = ma.Dict()
    url = ma.String()


def show_order(order: Order) -> dict[str, Any]:
    shown: dict[str, Any] = OrderAnswer().dump(order)
    return shown


class OrdersQuery(Question):
    """Filters of the list: words of number or title, a kind, who issued it, the year of its date."""

    q = Text(most=100, load_default="")
    kind = Choice(KINDS, load_default="")
    issuer = Text(most=20, load_default="")
    year = Whole(least=FIRST_YEAR, most=LAST_YEAR, load_default=None)
    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=100, load_default="")
    lang = Text(most=5, load_default="")


class RestingQuery(Question):
    """Which kind of fact."""

    fact = Choice(tuple(FACTS), load_default=TWINNING)
    as_of = Day(load_default=None)
    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=100, load_default="")
    lang = Text(most=5, load_default="")


class GroundsQuery(Question):
    """The day asked for, today by default."""

    as_of = Day(load_default=None)
    lang = Text(most=5, load_default="")


class FactAnswer(Body):
    """A dated fact: `school` and `district` are codes; `ref` is its status, centre, patron or programme."""

    id = ma.String()
    fact = ma.String()
    school = ma.String()
    district = ma.String()
    ref = ma.String()
    valid_from = ma.Date()
    valid_to = ma.Date(allow_none=True)


class OrderCount(Body):
    """How many facts stand on an order."""

    id = ma.String()
    number = ma.String()
    issued_on = ma.Date()
    count = ma.Integer()


class GroundAnswer(Body):
    """A kind of fact: how many there are on the day, how many name an order, and which orders."""

    fact = ma.String()
    total = ma.Integer()
    grounded = ma.Integer()
    orders = ma.List(ma.Nested(OrderCount))


class GroundsAnswer(Body):
    """Every kind of fact."""

    items = ma.List(ma.Nested(GroundAnswer))
    total = ma.Integer()
    next = ma.String(allow_none=True)


def ref_of(fact: str, row: Any) -> str:
    """The code of what a fact ties its school to."""
    return str(getattr(row, PARTNERS[fact]).code if fact in PARTNERS else getattr(row, NAMED[fact]))


def show_fact(fact: str, row: Any) -> dict[str, Any]:
    named = {"fact": fact, "school": row.school.code, "district": row.school.territory_code, "ref": ref_of(fact, row)}
    dated = {name: getattr(row, name) for name in ("id", "valid_from", "valid_to")}
    shown: dict[str, Any] = FactAnswer().dump({**dated, **named})
    return shown


def show_ground(ground: Ground) -> dict[str, Any]:
    orders = [
        {"id": order.id, "number": order.number, "issued_on": order.issued_on, "count": count}
        for order, count in ground.orders
    ]
    figures = {name: getattr(ground, name) for name in ("fact", "total", "grounded")}
    shown: dict[str, Any] = GroundAnswer().dump({**figures, "orders": orders})
    return shown
