"""What rests on orders: dated facts by the order that is their ground, and those without one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from registry_service.centres.models import Attachment
from registry_service.db import db
from registry_service.orders import queries
from registry_service.orders.models import Order
from registry_service.programmes.models import Enrolment
from registry_service.schools import queries as schools
from registry_service.schools.models import School, SchoolStatus
from registry_service.territories.models import Territory
from registry_service.twinning.models import TwinningLink

STATUSES, ATTACHMENTS, TWINNING, ENROLMENTS = "statuses", "attachments", "twinning", "enrolments"
FACTS: dict[str, Any] = {
    STATUSES: SchoolStatus,
    ATTACHMENTS: Attachment,
    TWINNING: TwinningLink,
    ENROLMENTS: Enrolment,
}
PARTNERS = {ATTACHMENTS: "centre", TWINNING: "patron"}
NAMED = {STATUSES: "status", ENROLMENTS: "programme_code"}


@dataclass(frozen=True)
class Ground:
    """The facts of one kind on a day: how many there are, how many name an order, and which."""

    fact: str
    total: int
    grounded: int
    orders: list[tuple[Order, int]]


def resting(order_id: str, fact: str) -> Select[Any]:
    """The facts of a kind that name this order, past ones too, by district and school."""
    return _listed(fact).where(FACTS[fact].order_id == order_id)


def counts(order_id: str) -> dict[str, int]:
    """How many facts name this order, by kind."""
    return {
        fact: db.session.scalar(select(func.count()).where(model.order_id == order_id)) or 0
        for fact, model in FACTS.items()
    }


def without_order(fact: str, day: date) -> Select[Any]:
    """The facts of a kind that hold on a day and name no order there is."""
    model = FACTS[fact]
    known = select(Order.id).where(Order.id == model.order_id).exists()
    return _listed(fact).where(model.on(day), schools.registered(day), ~known)


def on(day: date, kinds: Collection[str] = tuple(FACTS)) -> list[Ground]:
    """Every kind of fact of registered schools on a day, with the orders it stands on, most first."""
    return [_ground(fact, day) for fact in kinds]


def _ground(fact: str, day: date) -> Ground:
    model = FACTS[fact]
    number = func.count()
    statement = (
        select(model.order_id, number)
        .join(School, model.school_id == School.id)
        .where(model.on(day), schools.registered(day))
        .group_by(model.order_id)
        .order_by(number.desc(), model.order_id)
    )
    found = db.session.execute(statement).tuples().all()
    orders = queries.by_ids([order_id for order_id, _count in found])
    named = [(orders[order_id], count) for order_id, count in found if order_id in orders]
    return Ground(fact, sum(count for _id, count in found), sum(count for _order, count in named), named)


def _listed(fact: str) -> Select[Any]:
    model = FACTS[fact]
    loaded = [joinedload(model.school)]
    if fact in PARTNERS:
        loaded.append(joinedload(getattr(model, PARTNERS[fact])))
    return (
        select(model)
        .join(School, model.school_id == School.id)
        .join(Territory, School.territory_code == Territory.code)
        .order_by(Territory.position, School.sort_key, model.valid_from, model.id)
        .options(*loaded)
    )
