"""Filing orders: the only writer of orders."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry_service import rights
from registry_service.db import Audit
from registry_service.orders.models import LEGAL_ACT, ORDER, Order, Organisation, search_words
from services import ledger
from services.errors import Conflict, Invalid, NotFound
from services.identity import Actor

FIELDS = {
    "kind": "kind",
    "number": "number",
    "issued_on": "issued_on",
    "issuer": "issuer_code",
    "title": "title",
    "url": "url",
}
EMPTY: dict[str, Any] = {"title": {}, "url": "", "kind": ORDER}


def file(session: Session, actor: Actor, data: dict[str, Any]) -> Order:
    """A new order. Conflict when its issuer has one of this number and date."""
    _take_turn(session, data["issuer"])
    order = Order(title={}, kind=ORDER, url="")
    _write(order, data)
    _check_single(session, order)
    session.add(order)
    session.flush()
    _record(session, actor, "order.filed", order, {})
    return order


def amend(session: Session, actor: Actor, order_id: str, data: dict[str, Any]) -> Order:
    """Correct an order; every fact that names it names the corrected one."""
    rights.need_registrar(actor)
    session.execute(update(Order).where(Order.id == order_id).values(number=Order.number))
    order = session.get(Order, order_id, populate_existing=True)
    if order is None:
        raise NotFound
    _take_turn(session, data.get("issuer") or order.issuer_code)
    before = _snapshot(order)
    with session.no_autoflush:
        _write(order, data)
        _check_single(session, order)
    session.flush()
    session.refresh(order)
    _record(session, actor, "order.amended", order, before)
    return order


def _take_turn(session: Session, issuer: str) -> None:
    touch = update(Organisation).where(Organisation.code == issuer).values(kind=Organisation.kind)
    if not session.execute(touch).rowcount:  # type: ignore[attr-defined]
        raise Invalid({"issuer": [_("Choose one of the list")]})


def _write(order: Order, data: dict[str, Any]) -> None:
    for field, column in FIELDS.items():
        if field in data:
            setattr(order, column, data[field] or EMPTY.get(field))
    order.search = search_words(order.number, order.title)
    _check_title(order)


def _check_title(order: Order) -> None:
    if order.kind == LEGAL_ACT and not order.title:
        raise Invalid({"title": [_("A legal act is known by its title: write it in one language at least")]})


def _check_single(session: Session, order: Order) -> None:
    same = select(Order.id).where(
        Order.issuer_code == order.issuer_code,
        Order.number == order.number,
        Order.issued_on == order.issued_on,
    )
    if any(found != order.id for found in session.scalars(same)):
        raise Conflict(_("This order has been filed already"), field="number")


def _snapshot(order: Order) -> dict[str, Any]:
    return {field: getattr(order, column) for field, column in FIELDS.items()}


def _record(session: Session, actor: Actor, action: str, order: Order, before: dict[str, Any]) -> None:
    old, new = ledger.differences(before, _snapshot(order))
    if new:
        ledger.audit(session, Audit, actor, action, "order", order.id, old=old, new=new, order_id=order.id)
