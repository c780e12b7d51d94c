"""Schools as they are on a day, many at once: a fixed number of reads for any number of schools."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from registry_service.centres.models import Attachment
from registry_service.db import Audit, db
from registry_service.orders import queries as orders
from registry_service.orders.queries import in_words
from registry_service.programmes.models import Enrolment
from registry_service.schools import queries
from registry_service.schools.models import RESOURCE_CENTRE, SMALL_CLASS, School, SchoolStatus
from registry_service.twinning.models import TwinningLink
from services.i18n import stamp


def cards(ids: Sequence[str], day: date) -> list[dict[str, Any]]:
    """What JSON and the lists say of these schools, in the order of `ids`."""
    schools = queries.by_ids(ids)
    statuses = _grouped(
        select(SchoolStatus.school_id, SchoolStatus.status).where(SchoolStatus.school_id.in_(ids), SchoolStatus.on(day))
    )
    centres, patrons = (
        _linked(Attachment, Attachment.centre_id, ids, day),
        _linked(TwinningLink, TwinningLink.patron_id, ids, day),
    )
    programmes = _grouped(
        select(Enrolment.school_id, Enrolment.programme_code)
        .where(Enrolment.school_id.in_(ids), Enrolment.on(day))
        .order_by(Enrolment.programme_code)
    )
    return [
        _card(schools[key], statuses[key], centres[key], patrons[key], programmes[key]) for key in ids if key in schools
    ]


def _card(
    school: School, statuses: list[str], centres: list[str], patrons: list[str], programmes: list[str]
) -> dict[str, Any]:
    plain = ("id", "code", "name", "kind", "opened_on", "closed_on", "is_synthetic", "version")
    return {
        **{field: getattr(school, field) for field in plain},
        "district": school.territory_code,
        "territory": school.territory,
        "small": SMALL_CLASS in statuses,
        "centre": RESOURCE_CENTRE in statuses,
        "attached": bool(centres),
        "twinned": bool(patrons),
        "attached_to": next(iter(centres), None),
        "patrons": patrons,
        "programmes": programmes,
        "url": f"/registry/schools/{school.code}",
    }


def _linked(model: Any, column: Any, ids: Iterable[str], day: date) -> dict[str, list[str]]:
    other = aliased(School)
    return _grouped(
        select(model.school_id, other.code)
        .join(other, column == other.id)
        .where(model.school_id.in_(ids), model.on(day))
        .order_by(other.code)
    )


def _grouped(statement: Select[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in db.session.execute(statement):
        found[key].append(value)
    return found


def history_of(school_id: str) -> Select[tuple[Audit]]:
    """What happened to a school, newest first."""
    return select(Audit).where(Audit.entity == "school", Audit.entity_id == school_id).order_by(Audit.id.desc())


def show_changes(rows: Sequence[Audit]) -> list[dict[str, Any]]:
    """History with its orders named."""
    named = orders.by_ids({row.order_id for row in rows})
    return [
        {
            "at": stamp(row.at),
            "actor_id": row.actor_id,
            "actor": row.actor_name,
            "action": row.action,
            "old": row.old,
            "new": row.new,
            "valid_from": row.valid_from,
            "order_id": row.order_id,
            "order": in_words(named[row.order_id]) if row.order_id in named else None,
            "reason": row.reason,
        }
        for row in rows
    ]
