"""Reads of orders and organisations."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from registry_service.centres.models import Attachment
from registry_service.db import db
from registry_service.orders.models import Order, Organisation
from registry_service.programmes.models import Enrolment
from registry_service.schools.models import SchoolStatus
from registry_service.twinning.models import TwinningLink
from services.errors import Invalid, NotFound
from services.i18n import said_plain, short_day

MOST_CHOICES = 300
FACTS: dict[str, Any] = {
    "statuses": SchoolStatus,
    "attachments": Attachment,
    "twinning": TwinningLink,
    "enrolments": Enrolment,
}


def newest_first() -> Select[tuple[Order]]:
    return select(Order).order_by(Order.issued_on.desc(), Order.number, Order.id)


def by_id(order_id: str) -> Order:
    """An order; NotFound when there is none."""
    order = db.session.get(Order, order_id)
    if order is None:
        raise NotFound
    return order


def by_ids(ids: Collection[str | None]) -> dict[str, Order]:
    """Orders by id, in one read."""
    found = db.session.scalars(select(Order).where(Order.id.in_([order_id for order_id in ids if order_id])))
    return {order.id: order for order in found}


def ground_of(ref: str | None) -> str | None:
    """The id of the order a change names, by its id or by its number where only one order has it."""
    if ref is None:
        return None
    found = list(db.session.scalars(select(Order).where(or_(Order.id == ref, Order.number == ref)).limit(2)))
    exact = [order for order in found if order.id == ref] or found
    if len(exact) != 1:
        raise Invalid({"order_id": [_("There is no such order: choose one of the list")]})
    return exact[0].id


def issuers() -> list[Organisation]:
    return list(db.session.scalars(select(Organisation).order_by(Organisation.kind, Organisation.code)))


def order_choices() -> list[tuple[str, str]]:
    """Orders to choose from, newest first."""
    return [(order.id, in_words(order)) for order in db.session.scalars(newest_first().limit(MOST_CHOICES))]


def in_words(order: Order) -> str:
    """«№ 499, 18 октября 2019, Управление образования»."""
    return f"№ {order.number}, {short_day(order.issued_on)}, {said_plain(order.issuer.name)}"


def standing_on(order_id: str) -> dict[str, int]:
    """How many facts name this order as their ground, by kind."""
    return {
        name: db.session.scalar(select(func.count()).where(model.order_id == order_id)) or 0
        for name, model in FACTS.items()
    }
