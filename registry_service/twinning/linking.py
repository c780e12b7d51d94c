"""Twinning schools with their patrons: the only writer of twinning links."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry_service import rights
from registry_service.schools import queries as schools
from registry_service.schools.models import PATRON_KINDS, School
from registry_service.schools.records import Ground, called, finish, holds, live_from, record, take_turns
from registry_service.twinning import queries
from registry_service.twinning.models import TwinningLink
from services.errors import Conflict
from services.i18n import short_day
from services.identity import Actor


def link(session: Session, actor: Actor, data: dict[str, Any]) -> TwinningLink:
    """A school gets a patron. Conflict, with the reason, when that cannot be."""
    ground = Ground.of(data)
    school_id, patron_id = schools.id_of(data["school"], "school"), schools.id_of(data["patron"], "patron")
    found = take_turns(session, school_id, patron_id)
    school, patron = found[school_id], found[patron_id]
    rights.need_keeper(actor, school.territory_code)
    _check(session, school, patron, ground)
    made = TwinningLink(school_id=school.id, patron_id=patron.id, valid_from=ground.day, order_id=ground.order_id)
    session.add(made)
    session.flush()
    record(session, actor, "school.twinned", school, ground, {"patron": None}, {"patron": patron.code})
    return made


def change(session: Session, actor: Actor, link_id: str, data: dict[str, Any]) -> TwinningLink:
    """End a link where `valid_to` is given; else name the order behind it."""
    field = "valid_to" if data.get("valid_to") else "valid_from"
    found = queries.by_id(link_id)
    school = take_turns(session, found.school_id)[found.school_id]
    session.refresh(found)
    rights.need_keeper(actor, school.territory_code)
    ground = Ground.of({**data, "valid_from": data.get("valid_from") or found.valid_from}, field)
    if field == "valid_to":
        _end(session, actor, school, found, ground)
    else:
        _name_order(session, actor, school, found, ground)
    return found


def _end(session: Session, actor: Actor, school: School, found: TwinningLink, ground: Ground) -> None:
    finish(found, ground.day, "valid_to")
    patron = session.get_one(School, found.patron_id)
    record(session, actor, "school.untwinned", school, ground, {"patron": patron.code}, {"patron": None})


def _name_order(session: Session, actor: Actor, school: School, found: TwinningLink, ground: Ground) -> None:
    if ground.order_id is None:
        raise Conflict(_("Name the day on which the twinning ends, or the order behind it"), field="valid_to")
    old, new = {"order": found.order_id}, {"order": ground.order_id}
    if old != new:
        found.order_id = ground.order_id
        record(session, actor, "school.twinning_grounded", school, ground, old, new)


def _check(session: Session, school: School, patron: School, ground: Ground) -> None:
    day = short_day(ground.day)
    if school is patron:
        raise Conflict(_("A school is not its own patron"), field="patron")
    if not holds(session, school, schools.registered(ground.day)):
        raise Conflict(_("This school is not open on that day"), field="school")
    if not holds(session, patron, schools.registered(ground.day), School.kind.in_(PATRON_KINDS)):
        words = {"patron": called(patron), "day": day}
        refusal = _("%(patron)s cannot be a patron on %(day)s: only an open boarding or innovative school can", **words)
        raise Conflict(refusal, field="patron")
    pair = select(TwinningLink).where(TwinningLink.school_id == school.id, TwinningLink.patron_id == patron.id)
    if live := live_from(list(session.scalars(pair)), ground.day):
        since = short_day(live.valid_from)
        raise Conflict(_("They are twinned from %(day)s on already", day=since), field="patron")
