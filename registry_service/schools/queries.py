"""Reads of schools by day. A number on a page and the list behind it use the same predicates."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import selectinload

from registry_service.centres.models import Attachment
from registry_service.db import db
from registry_service.programmes.models import Enrolment, Programme
from registry_service.schools.models import RESOURCE_CENTRE, SMALL_CLASS, School, SchoolStatus
from registry_service.territories.models import Territory, TerritoryOblast
from registry_service.twinning.models import TwinningLink
from services.errors import Invalid, NotFound
from services.text import like

Predicate = ColumnElement[bool]


def registered(day: date) -> Predicate:
    """It is a school on that day: opened and not closed."""
    return and_(School.opened_on <= day, or_(School.closed_on.is_(None), School.closed_on > day))


def with_status(status: str, day: date) -> Predicate:
    """It is small-class, or a resource centre, on that day."""
    return exists().where(SchoolStatus.school_id == School.id, SchoolStatus.status == status, SchoolStatus.on(day))


def attached(day: date) -> Predicate:
    """It is attached to a resource centre."""
    return exists().where(Attachment.school_id == School.id, Attachment.on(day))


def attached_to(centre_code: str, day: date) -> Predicate:
    """It belongs to the cluster of this centre."""
    centre = select(School.id).where(School.code == centre_code).correlate(None).scalar_subquery()
    return exists().where(Attachment.school_id == School.id, Attachment.centre_id == centre, Attachment.on(day))


def twinned(day: date) -> Predicate:
    """It has a patron."""
    return exists().where(TwinningLink.school_id == School.id, TwinningLink.on(day))


def twinned_with(patron_code: str, day: date) -> Predicate:
    """It has this patron."""
    patron = select(School.id).where(School.code == patron_code).correlate(None).scalar_subquery()
    return exists().where(TwinningLink.school_id == School.id, TwinningLink.patron_id == patron, TwinningLink.on(day))


def enrolled(code: str, day: date) -> Predicate:
    """It takes part in a programme: by enrolment, or by the link of which the programme consists."""
    row = exists().where(Enrolment.school_id == School.id, Enrolment.programme_code == code, Enrolment.on(day))
    kind = select(Programme.kind).where(Programme.code == code).correlate(None).scalar_subquery()
    return or_(row, and_(kind == "twinning", twinned(day)), and_(kind == "network", attached(day)))


def in_oblast(code: str, day: date) -> Predicate:
    """Its territory lies in this oblast on that day."""
    members = select(TerritoryOblast.territory_code).where(TerritoryOblast.oblast_code == code, TerritoryOblast.on(day))
    return School.territory_code.in_(members)


def in_kind(kind: str) -> Predicate:
    """Its territory is a rural district, or a city."""
    return School.territory_code.in_(select(Territory.code).where(Territory.kind == kind))


def predicates(asked: dict[str, Any], day: date) -> list[Predicate]:
    """What the filters of a list mean. `asked` is a loaded `SchoolQuery`."""
    yes_or_no = {
        "small": with_status(SMALL_CLASS, day),
        "centre": with_status(RESOURCE_CENTRE, day),
        "attached": attached(day),
        "twinned": twinned(day),
    }
    by_code: dict[str, Callable[[str], Predicate]] = {
        "district": lambda code: School.territory_code == code,
        "oblast": lambda code: in_oblast(code, day),
        "territory_kind": in_kind,
        "kind": lambda kind: School.kind == kind,
        "programme": lambda code: enrolled(code, day),
        "cluster": lambda code: attached_to(code, day),
        "patron": lambda code: twinned_with(code, day),
        "q": lambda text: School.search.like(like(text), escape="\\"),
    }
    found = [registered(day)]
    found += [is_so if asked[name] else ~is_so for name, is_so in yes_or_no.items() if asked[name] is not None]
    found += [meaning(asked[name]) for name, meaning in by_code.items() if asked[name]]
    return found


def listed(asked: dict[str, Any], day: date) -> Select[Any]:
    """Ids of the schools a list shows, by district in the order of the report and by name."""
    return in_order(select(School.id).where(*predicates(asked, day)))


def in_order(statement: Select[Any]) -> Select[Any]:
    """Schools by district and name."""
    return statement.join(Territory, School.territory_code == Territory.code).order_by(
        Territory.position, Territory.code, School.sort_key, School.code
    )


def of_day(*conditions: Predicate, day: date) -> list[School]:
    """Schools registered that day, for lists to choose from."""
    statement = in_order(select(School).where(registered(day), *conditions))
    return list(db.session.scalars(statement))


def by_ref(ref: str) -> School:
    """A school by its id or its code; NotFound when there is none."""
    statement = select(School).where(or_(School.id == ref, School.code == ref))
    school = db.session.scalar(statement.options(selectinload(School.statuses)))
    if school is None:
        raise NotFound
    return school


def id_of(ref: str, field: str) -> str:
    """The id of the school a body names by id or code; Invalid at that field when there is none."""
    found = db.session.scalar(select(School.id).where(or_(School.id == ref, School.code == ref)))
    if found is None:
        raise Invalid({field: [_("There is no such school: choose one of the list")]})
    return found


def by_ids(ids: Collection[str]) -> dict[str, School]:
    """Schools by id, in one read."""
    return {school.id: school for school in db.session.scalars(select(School).where(School.id.in_(ids)))}
