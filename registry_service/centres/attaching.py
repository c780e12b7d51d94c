"""Attaching small-class schools to resource centres: the only writer of attachments.

A school is attached to one centre at a time; a move ends one link and begins another on the
same day.
"""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry_service import rights
from registry_service.centres import queries
from registry_service.centres.models import Attachment
from registry_service.schools import queries as schools
from registry_service.schools.models import RESOURCE_CENTRE, SMALL_CLASS, School
from registry_service.schools.records import Ground, called, finish, holds, live_from, record, take_turns
from services.errors import Conflict
from services.i18n import short_day
from services.identity import Actor


def attach(session: Session, actor: Actor, data: dict[str, Any]) -> Attachment:
    """Attach a school that has no centre. Conflict, with the reason, when that cannot be."""
    ground = Ground.of(data)
    school_id, centre_id = schools.id_of(data["school"], "school"), schools.id_of(data["centre"], "centre")
    found = take_turns(session, school_id, centre_id)
    school, centre = found[school_id], found[centre_id]
    rights.need_keeper(actor, school.territory_code)
    links = list(session.scalars(select(Attachment).where(Attachment.school_id == school.id)))
    if live := live_from(links, ground.day):
        since = short_day(live.valid_from)
        raise Conflict(_("It has a centre from %(day)s on: move it instead", day=since), field="school")
    link = _begin(session, school, centre, ground)
    record(session, actor, "school.attached", school, ground, {"attached_to": None}, {"attached_to": centre.code})
    return link


def move(session: Session, actor: Actor, link_id: str, data: dict[str, Any]) -> Attachment:
    """End a link and begin one to another centre on the same day; answers the new link."""
    ground = Ground.of(data)
    link = queries.by_id(link_id)
    centre_id = schools.id_of(data["centre"], "centre")
    found = take_turns(session, link.school_id, link.centre_id, centre_id)
    session.refresh(link)
    school, old, new = found[link.school_id], found[link.centre_id], found[centre_id]
    rights.need_keeper(actor, school.territory_code)
    if old is new:
        raise Conflict(_("It is attached to this centre already"), field="centre")
    finish(link, ground.day)
    session.flush()
    moved = _begin(session, school, new, ground)
    record(session, actor, "school.moved", school, ground, {"attached_to": old.code}, {"attached_to": new.code})
    return moved


def end(session: Session, actor: Actor, link_id: str, data: dict[str, Any], field: str = "valid_to") -> Attachment:
    """End a link; the school has no centre from that day on."""
    ground = Ground.of(data, field)
    link = queries.by_id(link_id)
    school = take_turns(session, link.school_id)[link.school_id]
    session.refresh(link)
    rights.need_keeper(actor, school.territory_code)
    finish(link, ground.day, field)
    _record_end(session, actor, school, link, ground)
    return link


def release(session: Session, actor: Actor, school: School, ground: Ground) -> None:
    """The school's centre serves it no more; the caller has taken the school's turn."""
    live = or_(Attachment.valid_to.is_(None), Attachment.valid_to > ground.day)
    statement = select(Attachment).where(Attachment.school_id == school.id, live)
    for link in session.scalars(statement):
        finish(link, ground.day)
        _record_end(session, actor, school, link, ground)


def change(session: Session, actor: Actor, link_id: str, data: dict[str, Any]) -> Attachment:
    """What a PATCH or the form says: another centre from a day on, or an end."""
    if data.get("centre"):
        return move(session, actor, link_id, data)
    return end(session, actor, link_id, data, "valid_to" if data.get("valid_to") else "valid_from")


def _begin(session: Session, school: School, centre: School, ground: Ground) -> Attachment:
    _check(session, school, centre, ground.day)
    link = Attachment(school_id=school.id, centre_id=centre.id, valid_from=ground.day, order_id=ground.order_id)
    session.add(link)
    session.flush()
    return link


def _check(session: Session, school: School, centre: School, day: date) -> None:
    words = {"school": called(school), "centre": called(centre), "day": short_day(day)}
    if school is centre:
        raise Conflict(_("A school is not attached to itself"), field="centre")
    if not holds(session, school, schools.registered(day), schools.with_status(SMALL_CLASS, day)):
        refusal = _("On %(day)s this is not a small-class school, and only such schools are attached", **words)
        raise Conflict(refusal, field="school")
    if not holds(session, centre, schools.registered(day), schools.with_status(RESOURCE_CENTRE, day)):
        raise Conflict(_("%(centre)s is not a resource centre on %(day)s", **words), field="centre")


def _record_end(session: Session, actor: Actor, school: School, link: Attachment, ground: Ground) -> None:
    centre = session.get_one(School, link.centre_id)
    old, new = {"attached_to": centre.code}, {"attached_to": None}
    record(session, actor, "school.detached", school, ground, old, new)
