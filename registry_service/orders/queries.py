"""Reads of orders and organisations."""

from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select

from registry_service.db import db
from registry_service.orders.models import Order, Organisation
from services.errors import Invalid, NotFound
from services.i18n import said_plain, short_day
from services.text import like

MOST_CHOICES = 300


def newest_first() -> Select[tuple[Order]]:
    return select(Order).order_by(Order.issued_on.desc(), Order.number, Order.id)


def listed(asked: dict[str, Any]) -> Select[tuple[Order]]:
    """Orders of a loaded `OrdersQuery`, newest first."""
    statement = newest_first()
    if asked["kind"]:
        statement = statement.where(Order.kind == asked["kind"])
    if asked["issuer"]:
        statement = statement.where(Order.issuer_code == asked["issuer"])
    if asked["year"]:
        days = date(asked["year"], 1, 1), date(asked["year"], 12, 31)
        statement = statement.where(Order.issued_on.between(*days))
    if asked["q"]:
        statement = statement.where(Order.search.like(like(asked["q"]), escape="\\"))
    return statement


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
