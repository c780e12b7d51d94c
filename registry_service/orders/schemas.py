"""What is said of an order, and of the ground that every dated change names."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields as ma
from marshmallow import pre_load

from registry_service.orders.models import KINDS, Order
from services.fields import Body, Choice, Day, Link, Text, Translated


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
