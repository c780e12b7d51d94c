"""Enrolling schools in programmes: the only writer of enrolments."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry_service import rights
from registry_service.programmes import queries
from registry_service.programmes.models import DEBATE, Enrolment, Programme
from registry_service.schools import queries as schools
from registry_service.schools.models import SMALL_CLASS, School
from registry_service.schools.records import Ground, finish, holds, live_from, record, take_turns
from services.errors import Conflict
from services.i18n import short_day
from services.identity import Actor


def enrol(session: Session, actor: Actor, code: str, data: dict[str, Any]) -> Enrolment:
    """A school takes part from a day on. Conflict, with the reason, when it cannot."""
    ground = Ground.of(data)
    programme = queries.by_code(code)
    school_id = schools.id_of(data["school"], "school")
    school = take_turns(session, school_id)[school_id]
    rights.need_keeper(actor, school.territory_code)
    _check(session, programme, school, ground)
    row = Enrolment(programme_code=code, school_id=school.id, valid_from=ground.day, order_id=ground.order_id)
    session.add(row)
    session.flush()
    record(session, actor, "school.enrolled", school, ground, {"programme": None}, {"programme": code})
    return row


def end(session: Session, actor: Actor, enrolment_id: str, data: dict[str, Any]) -> Enrolment:
    """A school takes part no more from `valid_to` on."""
    ground = Ground.of(data, "valid_to")
    row = queries.enrolment_of(enrolment_id)
    school = take_turns(session, row.school_id)[row.school_id]
    session.refresh(row)
    rights.need_keeper(actor, school.territory_code)
    _leave(session, actor, school, row, ground, "valid_to")
    return row


def leave_small_class_only(session: Session, actor: Actor, school: School, ground: Ground) -> None:
    """A school that is small-class no more leaves what is for such schools; its turn is taken."""
    live = or_(Enrolment.valid_to.is_(None), Enrolment.valid_to > ground.day)
    statement = select(Enrolment).where(Enrolment.school_id == school.id, Enrolment.programme_code == DEBATE, live)
    for row in session.scalars(statement):
        _leave(session, actor, school, row, ground, "valid_from")


def _leave(session: Session, actor: Actor, school: School, row: Enrolment, ground: Ground, field: str) -> None:
    finish(row, ground.day, field)
    code = row.programme_code
    record(session, actor, "school.left", school, ground, {"programme": code}, {"programme": None})


def _check(session: Session, programme: Programme, school: School, ground: Ground) -> None:
    if programme.kind in queries.BY_LINKS:
        raise Conflict(_("Schools take part in this programme by their links, not by enrolment"))
    if not holds(session, school, schools.registered(ground.day)):
        raise Conflict(_("This school is not open on that day"), field="valid_from")
    if programme.scope == f"district:{school.territory_code}" or not programme.scope.startswith("district:"):
        _check_small(session, programme, school, ground)
        return
    raise Conflict(_("This programme is for the schools of another district"), field="school")


def _check_small(session: Session, programme: Programme, school: School, ground: Ground) -> None:
    small = schools.with_status(SMALL_CLASS, ground.day)
    if programme.code == DEBATE and not holds(session, school, small):
        refusal = _("Only small-class schools take part in the debate movement, and this is not one on that day")
        raise Conflict(refusal, field="school")
    rows = select(Enrolment).where(Enrolment.school_id == school.id, Enrolment.programme_code == programme.code)
    if live := live_from(list(session.scalars(rows)), ground.day):
        raise Conflict(_("It takes part from %(day)s on already", day=short_day(live.valid_from)), field="school")
