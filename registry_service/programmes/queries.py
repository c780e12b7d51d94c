"""Reads of programmes and of who takes part in them."""

from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from registry_service.db import db
from registry_service.programmes.models import Enrolment, Programme
from registry_service.schools import queries as schools
from registry_service.schools.models import School
from registry_service.territories.models import Territory
from services.errors import NotFound

BY_LINKS = ("twinning", "network")  # a school takes part by being twinned, or attached


def programme_of(code: str) -> Programme | None:
    return db.session.get(Programme, code)


def by_code(code: str) -> Programme:
    """A programme; NotFound when there is none."""
    programme = programme_of(code)
    if programme is None:
        raise NotFound
    return programme


def in_order() -> list[Programme]:
    return list(db.session.scalars(select(Programme).order_by(Programme.position, Programme.code)))


def counted(day: date) -> list[tuple[Programme, int]]:
    """Every programme and how many schools take part in it on a day."""
    enrolled = (
        select(Enrolment.programme_code, func.count())
        .join(School, Enrolment.school_id == School.id)
        .where(Enrolment.on(day), schools.registered(day))
        .group_by(Enrolment.programme_code)
    )
    numbers = dict(db.session.execute(enrolled).tuples().all())
    return [(found, numbers.get(found.code, 0) or _by_links(found, day)) for found in in_order()]


def _by_links(programme: Programme, day: date) -> int:
    if programme.kind not in BY_LINKS:
        return 0
    condition = schools.enrolled(programme.code, day)
    statement = select(func.count()).select_from(School).where(schools.registered(day), condition)
    return db.session.scalar(statement) or 0


def live(code: str, day: date) -> Select[tuple[Enrolment]]:
    """Enrolments of registered schools in a programme on a day."""
    return (
        select(Enrolment)
        .join(School, Enrolment.school_id == School.id)
        .join(Territory, School.territory_code == Territory.code)
        .where(Enrolment.programme_code == code, Enrolment.on(day), schools.registered(day))
        .order_by(Territory.position, School.sort_key, Enrolment.id)
        .options(joinedload(Enrolment.school))
    )


def enrolment_of(enrolment_id: str) -> Enrolment:
    """An enrolment; NotFound when there is none."""
    row = db.session.get(Enrolment, enrolment_id)
    if row is None:
        raise NotFound
    return row


def of_school(school_id: str) -> list[Enrolment]:
    """All enrolments of a school, past ones too, newest first."""
    statement = select(Enrolment).where(Enrolment.school_id == school_id)
    return list(db.session.scalars(statement.order_by(Enrolment.valid_from.desc(), Enrolment.programme_code)))
