"""Reads of twinning links."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from registry_service.db import db
from registry_service.orders.models import Order
from registry_service.schools import queries as schools
from registry_service.schools.models import PATRON_KINDS, School
from registry_service.territories.models import Territory
from registry_service.twinning.models import TwinningLink
from services.errors import NotFound


def live(day: date) -> Select[tuple[TwinningLink]]:
    """Links of registered schools on a day."""
    return (
        select(TwinningLink)
        .join(School, TwinningLink.school_id == School.id)
        .join(Territory, School.territory_code == Territory.code)
        .where(TwinningLink.on(day), schools.registered(day))
        .order_by(Territory.position, School.sort_key, TwinningLink.id)
        .options(joinedload(TwinningLink.school), joinedload(TwinningLink.patron))
    )


def listed(asked: dict[str, Any], day: date) -> Select[tuple[TwinningLink]]:
    """What the lists show. `asked` is a loaded `TwinningQuery`."""
    statement = live(day)
    if asked["district"]:
        statement = statement.where(School.territory_code == asked["district"])
    if asked["school"]:
        statement = statement.where((School.code == asked["school"]) | (School.id == asked["school"]))
    if asked["patron"]:
        named = select(School.id).where((School.code == asked["patron"]) | (School.id == asked["patron"]))
        statement = statement.where(TwinningLink.patron_id.in_(named.correlate(None)))
    if asked["with_order"] is not None:
        statement = statement.where(_grounded() if asked["with_order"] else ~_grounded())
    return statement


def _grounded() -> ColumnElement[bool]:
    return exists().where(Order.id == TwinningLink.order_id)


def ungrounded(day: date) -> list[TwinningLink]:
    """Links that no order stands behind."""
    return list(db.session.scalars(live(day).where(~_grounded())))


def by_district(day: date) -> list[tuple[Territory, int]]:
    """How many schools of each territory are twinned on a day."""
    statement = (
        select(Territory, func.count(School.id))
        .join(School, School.territory_code == Territory.code)
        .where(schools.registered(day), schools.twinned(day))
        .group_by(Territory.code)
        .order_by(Territory.position, Territory.code)
    )
    return [(territory, number) for territory, number in db.session.execute(statement)]


def by_patron(day: date) -> list[tuple[School, int]]:
    """How many schools each patron supports on a day."""
    helped = aliased(School)
    number = (
        select(func.count(TwinningLink.school_id.distinct()))
        .join(helped, TwinningLink.school_id == helped.id)
        .where(TwinningLink.patron_id == School.id, TwinningLink.on(day))
        .where(helped.opened_on <= day, (helped.closed_on.is_(None)) | (helped.closed_on > day))
        .correlate(School)
        .scalar_subquery()
    )
    statement = schools.in_order(select(School, number).where(schools.registered(day), number > 0))
    return [(school, count) for school, count in db.session.execute(statement)]


def helped_by(patron_id: str, day: date) -> int:
    """How many schools a patron supports on a day."""
    helped = select(TwinningLink.school_id).where(TwinningLink.patron_id == patron_id, TwinningLink.on(day))
    statement = select(func.count()).select_from(School)
    return db.session.scalar(statement.where(schools.registered(day), School.id.in_(helped))) or 0


def patron_choices(day: date) -> list[School]:
    return schools.of_day(School.kind.in_(PATRON_KINDS), day=day)


def by_id(link_id: str) -> TwinningLink:
    """A link; NotFound when there is none."""
    link = db.session.get(TwinningLink, link_id)
    if link is None:
        raise NotFound
    return link


def of_school(school_id: str) -> list[TwinningLink]:
    """All links of a school, past ones too, newest first."""
    statement = (
        select(TwinningLink)
        .where(TwinningLink.school_id == school_id)
        .order_by(TwinningLink.valid_from.desc())
        .options(joinedload(TwinningLink.patron))
    )
    return list(db.session.scalars(statement))
