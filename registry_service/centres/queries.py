"""Reads of resource centres and of the schools attached to them."""

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, joinedload

from registry_service.centres.models import Attachment
from registry_service.db import db
from registry_service.schools import queries as schools
from registry_service.schools.models import RESOURCE_CENTRE, SMALL_CLASS, School
from registry_service.territories.models import Territory
from services.errors import NotFound


def centres_of(day: date, district: str = "") -> list[tuple[School, int]]:
    """The centres of a day and how many schools are attached to each."""
    pupil = aliased(School)
    count = (
        select(func.count())
        .select_from(Attachment)
        .join(pupil, Attachment.school_id == pupil.id)
        .where(Attachment.centre_id == School.id, Attachment.on(day))
        .where(pupil.opened_on <= day, (pupil.closed_on.is_(None)) | (pupil.closed_on > day))
        .correlate(School)
        .scalar_subquery()
    )
    statement = schools.in_order(select(School, count).where(*_centres(day, district)))
    return [(school, number) for school, number in db.session.execute(statement)]


def _centres(day: date, district: str) -> list[schools.Predicate]:
    found = [schools.registered(day), schools.with_status(RESOURCE_CENTRE, day)]
    return [*found, School.territory_code == district] if district else found


def centre_choices(day: date) -> list[School]:
    return schools.of_day(schools.with_status(RESOURCE_CENTRE, day), day=day)


def unattached(day: date, district: str = "") -> list[School]:
    """Small-class schools that no centre serves."""
    wanted = [schools.with_status(SMALL_CLASS, day), ~schools.attached(day)]
    wanted += [School.territory_code == district] if district else []
    return schools.of_day(*wanted, day=day)


def cluster(centre_id: str, day: date) -> list[Attachment]:
    """The links of a centre on a day, by name of school."""
    statement = live(day).where(Attachment.centre_id == centre_id).options(joinedload(Attachment.school))
    return list(db.session.scalars(statement).unique())


def live(day: date) -> Select[tuple[Attachment]]:
    """Links of registered schools on a day."""
    return (
        select(Attachment)
        .join(School, Attachment.school_id == School.id)
        .join(Territory, School.territory_code == Territory.code)
        .where(Attachment.on(day), schools.registered(day))
        .order_by(Territory.position, School.sort_key, Attachment.id)
    )


def listed(asked: dict[str, Any], day: date) -> Select[Any]:
    """What the JSON list shows. `asked` is a loaded `AttachmentQuery`."""
    statement = live(day)
    if asked["district"]:
        statement = statement.where(School.territory_code == asked["district"])
    if asked["school"]:
        statement = statement.where((School.code == asked["school"]) | (School.id == asked["school"]))
    if asked["centre"]:
        named = select(School.id).where((School.code == asked["centre"]) | (School.id == asked["centre"]))
        statement = statement.where(Attachment.centre_id.in_(named.correlate(None)))
    return statement.options(joinedload(Attachment.school), joinedload(Attachment.centre))


def by_id(link_id: str) -> Attachment:
    """A link; NotFound when there is none."""
    link = db.session.get(Attachment, link_id)
    if link is None:
        raise NotFound
    return link


def of_school(school_id: str) -> list[Attachment]:
    """All links of a school, past ones too, newest first."""
    statement = select(Attachment).where(Attachment.school_id == school_id)
    return list(db.session.scalars(statement.order_by(Attachment.valid_from.desc())))
