"""Reads of territories: their figures on a day, and when they changed oblast."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from registry_service.db import db
from registry_service.orders.models import Order
from registry_service.programmes.models import DEBATE
from registry_service.schools import queries as schools
from registry_service.schools.models import RESOURCE_CENTRE, SMALL_CLASS, School
from registry_service.territories.models import Oblast, Territory, TerritoryOblast
from registry_service.twinning.models import TwinningLink
from services.errors import Invalid

HOME = "KRG"  # the oblast whose department this register serves
COUNTS = ("schools", "small", "centres", "attached", "twinned", "debate")


def share(part: int, whole: int, digits: int = 0) -> float | None:
    """Part of a whole as a fraction, rounded half up to `digits` of a percent; None of nothing.

    In whole numbers: a float would round 14.5 % now up, now down.
    """
    scale = 10 ** (digits + 2)
    return (2 * scale * part + whole) // (2 * whole) / scale if whole else None


@dataclass(frozen=True)
class Figures:
    """The numbers of one territory, or of all of a table."""

    schools: int = 0
    small: int = 0
    centres: int = 0
    attached: int = 0
    twinned: int = 0
    debate: int = 0

    @property
    def small_share(self) -> float | None:
        found = share(self.small, self.schools, 2)
        return None if found is None else round(found * 100, 2)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in COUNTS))


@dataclass(frozen=True)
class Row:
    """A territory with its figures."""

    territory: Territory
    figures: Figures


def oblasts() -> list[Oblast]:
    return list(db.session.scalars(select(Oblast).order_by(Oblast.code)))


def the_oblast(code: str) -> Oblast:
    """The oblast asked for, or the department's own; Invalid when there is none of this code."""
    oblast = db.session.get(Oblast, code or HOME)
    if oblast is None:
        raise Invalid({"oblast": [_("Choose one of the list")]})
    return oblast


def districts() -> list[Territory]:
    """Every territory, in the order of the report."""
    return list(db.session.scalars(select(Territory).order_by(Territory.position, Territory.code)))


def rows(oblast: str, day: date, kind: str) -> list[Row]:
    """Territories of an oblast on a day, in the order of the report. `kind`: district, city or all."""
    members = select(Territory).join(TerritoryOblast).order_by(Territory.position, Territory.code)
    members = members.where(TerritoryOblast.oblast_code == oblast, TerritoryOblast.on(day))
    if kind != "all":
        members = members.where(Territory.kind == kind)
    counted = _counted(day)
    return [Row(found, counted.get(found.code, Figures())) for found in db.session.scalars(members)]


def _counted(day: date) -> dict[str, Figures]:
    statement = (
        select(
            School.territory_code,
            func.count(),
            _how_many(schools.with_status(SMALL_CLASS, day)),
            _how_many(schools.with_status(RESOURCE_CENTRE, day)),
            _how_many(schools.attached(day)),
            _how_many(schools.twinned(day)),
            _how_many(schools.enrolled(DEBATE, day)),
        )
        .where(schools.registered(day))
        .group_by(School.territory_code)
    )
    return {code: Figures(*numbers) for code, *numbers in db.session.execute(statement)}


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def total(found: list[Row]) -> Figures:
    return sum((row.figures for row in found), Figures())


@dataclass(frozen=True)
class Move:
    """Territories that came to an oblast on a day."""

    day: date
    oblast: Oblast
    territories: list[Territory]


def moves(oblast: str, kind: str = "district") -> list[Move]:
    """When territories left this oblast or came to it, and where they have been since."""
    before, since = aliased(TerritoryOblast), aliased(TerritoryOblast)
    statement = (
        select(since.valid_from, Oblast, Territory)
        .join(before, before.territory_code == since.territory_code)
        .join(Territory, Territory.code == since.territory_code)
        .join(Oblast, Oblast.code == since.oblast_code)
        .where(before.valid_to == since.valid_from, before.oblast_code != since.oblast_code)
        .where((before.oblast_code == oblast) | (since.oblast_code == oblast), Territory.kind == kind)
        .order_by(since.valid_from, Oblast.code, Territory.position)
    )
    found: dict[Any, Move] = {}
    for day, where, territory in db.session.execute(statement):
        found.setdefault((day, where.code), Move(day, where, [])).territories.append(territory)
    return list(found.values())


def twinning_orders(oblast: str, day: date) -> tuple[list[Order], int]:
    """The orders under which schools of an oblast's districts are twinned, and links without one."""
    live = (
        select(TwinningLink.order_id, func.count())
        .join(School, TwinningLink.school_id == School.id)
        .where(TwinningLink.on(day), schools.registered(day))
        .where(schools.in_oblast(oblast, day), schools.in_kind("district"))
        .group_by(TwinningLink.order_id)
    )
    counted = dict(db.session.execute(live).tuples().all())
    named = select(Order).where(Order.id.in_(counted)).order_by(Order.issued_on, Order.number)
    orders = list(db.session.scalars(named))
    return orders, sum(counted.values()) - sum(counted[order.id] for order in orders)
