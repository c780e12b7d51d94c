"""Small-class and resource-centre status: dated, and never taken from those who depend on it."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registry_service.centres import attaching
from registry_service.centres.models import Attachment
from registry_service.programmes import enrolling
from registry_service.schools import queries
from registry_service.schools.models import RESOURCE_CENTRE, SMALL_CLASS, School, SchoolStatus
from registry_service.schools.records import Ground, finish, record
from registry_service.twinning.models import TwinningLink
from services.errors import Conflict
from services.fields import today
from services.i18n import short_day
from services.identity import Actor

FLAGS = {"small": SMALL_CLASS, "centre": RESOURCE_CENTRE}


def set_flags(session: Session, actor: Actor, school: School, data: dict[str, Any]) -> None:
    """What `data` says of `small` and `centre` holds from its `valid_from` on."""
    for field in FLAGS:
        if data.get(field) is not None:
            _set_flag(session, actor, school, field, data)


def begin(session: Session, school: School, field: str, ground: Ground) -> None:
    """The school has this status from a day on."""
    row = SchoolStatus(school_id=school.id, status=FLAGS[field])
    row.valid_from, row.order_id = ground.day, ground.order_id
    session.add(row)
    session.flush()


def _set_flag(session: Session, actor: Actor, school: School, field: str, data: dict[str, Any]) -> None:
    wanted = bool(data[field])
    rows = _rows(session, school, FLAGS[field])
    if data.get("valid_from") is None and wanted == any(row.holds(today()) for row in rows):
        return
    ground = Ground.of(data)
    holding = next((row for row in rows if row.holds(ground.day)), None)
    if wanted == bool(holding):
        return
    _refuse_later(rows, ground.day)
    if wanted:
        begin(session, school, field, ground)
    else:
        assert holding is not None
        _end(session, actor, school, field, holding, ground)
    record(session, actor, "school.status", school, ground, {field: not wanted}, {field: wanted})


def _rows(session: Session, school: School, status: str) -> list[SchoolStatus]:
    statement = select(SchoolStatus).where(SchoolStatus.school_id == school.id, SchoolStatus.status == status)
    return list(session.scalars(statement))


def _refuse_later(rows: list[SchoolStatus], day: date) -> None:
    later = min((row.valid_from for row in rows if row.valid_from > day), default=None)
    if later:
        refusal = _("This status begins on %(day)s already: name a later day", day=short_day(later))
        raise Conflict(refusal, field="valid_from")


def _end(session: Session, actor: Actor, school: School, field: str, row: SchoolStatus, ground: Ground) -> None:
    """A status ends; what it alone allowed ends with it."""
    if field == "centre":
        refuse_while_needed(session, school, ground.day, "centre")
    finish(row, ground.day)
    session.flush()
    if field == "small":
        attaching.release(session, actor, school, ground)
        enrolling.leave_small_class_only(session, actor, school, ground)


def refuse_while_needed(session: Session, school: School, day: date, field: str) -> None:
    """A centre is not taken from the schools attached to it, nor a patron from its schools."""
    needed: list[tuple[Any, Any]] = []
    if field != "kind":
        needed.append((Attachment, Attachment.centre_id))
    if field != "centre":
        needed.append((TwinningLink, TwinningLink.patron_id))
    for model, place in needed:
        live = or_(model.valid_to.is_(None), model.valid_to > day)
        joined = select(func.count()).select_from(model).join(School, model.school_id == School.id)
        number = session.scalar(joined.where(place == school.id, live, queries.registered(day)))
        if number:
            raise Conflict(_("Schools that depend on it: %(num)s. Move them first", num=number), field=field)
