"""Reads of the local copy of the register. With the register away they go on answering."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, exists, or_, select

from events_service.db import db
from events_service.directory import client, copying
from events_service.directory.models import (
    ATTACHMENT,
    ENROLMENT,
    RESOURCE_CENTRE,
    SMALL_CLASS,
    TWINNING,
    AcademicYear,
    CalendarDay,
    Fact,
    Organisation,
    Person,
    Programme,
    RevokedSession,
    School,
    Territory,
    TerritoryOblast,
)
from services.errors import Invalid, Unauthorised, Unavailable
from services.text import normal_mail

PATIENCE = 2.0
# Built once: building a statement costs more than running it.
REVOKED = select(RevokedSession.id).where(RevokedSession.id == bindparam("session"))
SMALL = (
    select(Fact.id)
    .where(Fact.school_id == bindparam("school"), Fact.kind == SMALL_CLASS, Fact.on(bindparam("day", type_=Date)))
    .limit(1)
)


def is_revoked(session_id: str) -> bool:
    """Has the register ended this session? Known here as soon as the change feed has been read."""
    return db.session.scalar(REVOKED, {"session": session_id}) is not None


def person(person_id: str) -> Person:
    """A person; one not copied yet is asked for once, for two seconds at most.

    Call it outside a transaction: it may speak HTTP. Raises Unavailable when she stays unknown,
    Unauthorised when she may no longer act.
    """
    found = db.session.get(Person, person_id)
    if found is None:
        with suppress(client.RegisterAway):
            copying.pull(current_app, within=PATIENCE)
        found = db.session.get(Person, person_id)
    if found is None:
        raise Unavailable
    if not found.active:
        raise Unauthorised
    return found


def person_by_mail(address: str) -> Person | None:
    """The active person who owns an address; never speaks HTTP."""
    found = select(Person).where(Person.email == normal_mail(address), Person.active)
    return db.session.scalars(found).first()


def person_named(data: Mapping[str, Any]) -> Person:
    """The active person that a body means, by `person` (her id) or else `email`. Raises Invalid without one."""
    person_id, email = data.get("person"), data.get("email")
    found = db.session.get(Person, person_id) if person_id else person_by_mail(email) if email else None
    if found is None or not found.active:
        raise Invalid({"person" if person_id else "email": [_("The register knows no such person")]})
    return found


def people_named(part: str, most: int = 20) -> list[Person]:
    """Active people whose name holds this, as it is typed or with capitals."""
    alike = or_(*(Person.name.contains(word, autoescape=True) for word in sorted({part, part.title()})))
    found = select(Person).where(Person.active, alike).order_by(Person.name, Person.id)
    return list(db.session.scalars(found.limit(most)))


def looked_for(words: str) -> dict[str, Any]:
    """What a form shows that picks a person by name: `q`, whom it has `found`, and the `schools` of these by id."""
    q = words.strip()[:100]
    found = people_named(q) if len(q) > 1 else []
    schools = schools_named({person.school_id for person in found if person.school_id})
    return {"q": q, "found": found, "schools": schools}


def schools_named(ids: Collection[str]) -> dict[str, School]:
    """Schools by id."""
    return {row.id: row for row in db.session.scalars(select(School).where(School.id.in_(ids)))} if ids else {}


def school(ref: str | None) -> School | None:
    """By id or by code."""
    if not ref:
        return None
    return db.session.scalars(select(School).where(or_(School.id == ref, School.code == ref))).first()


def programme(code: str) -> Programme | None:
    return db.session.get(Programme, code)


def organisation(code: str) -> Organisation | None:
    return db.session.get(Organisation, code)


def programmes() -> list[Programme]:
    return list(db.session.scalars(select(Programme).order_by(Programme.position, Programme.code)))


def territories() -> list[Territory]:
    return list(db.session.scalars(select(Territory).order_by(Territory.position)))


def districts() -> list[Territory]:
    return [row for row in territories() if row.kind == "district"]


def centres(day: date) -> list[School]:
    """Resource centres of that day, by district and name."""
    return list(db.session.scalars(audience_schools({"rule": "centres"}, day)))


def schools_by_territory(day: date) -> list[tuple[Territory, list[School]]]:
    """Every school registered that day under its territory, for lists to choose from."""
    found: dict[str, list[School]] = {}
    for row in db.session.scalars(audience_schools({"rule": "everyone"}, day)):
        found.setdefault(row.territory_code, []).append(row)
    return [(place, found[place.code]) for place in territories() if place.code in found]


def is_small(school_id: str | None, day: date) -> bool:
    """Is it a small-class school on that day?"""
    if not school_id:
        return False
    return db.session.scalar(SMALL, {"school": school_id, "day": day}) is not None


def audience_schools(audience: Mapping[str, Any], day: date) -> Select[Any]:
    """The schools a rule gives on a day, of both oblasts unless `oblast` is named, in order."""
    statement = select(School).where(_registered(day), _rule(audience, day))
    if audience.get("oblast"):
        held = TerritoryOblast.on(day), TerritoryOblast.oblast_code == audience["oblast"]
        statement = statement.where(School.territory_code.in_(select(TerritoryOblast.territory_code).where(*held)))
    return statement.order_by(School.territory_code, School.sort_key, School.id)


def check_audience(audience: Mapping[str, Any]) -> None:
    """Raise Invalid when a rule names something the register does not know."""
    for name, known in (
        ("centre", school),
        ("programme", programme),
        ("district", _territory),
        ("oblast", _oblast),
    ):
        if audience.get(name) and not known(audience[name]):
            raise Invalid({"audience": {name: [_("Choose one of the list")]}})
    wanted = set(audience.get("schools") or [])
    named = or_(School.id.in_(wanted), School.code.in_(wanted))
    if wanted and len(db.session.scalars(select(School.id).where(named)).all()) < len(wanted):
        raise Invalid({"audience": {"schools": [_("Choose one of the list")]}})


def calendar_days(first: date, last: date) -> list[CalendarDay]:
    """Days off and breaks that share a day with these, in order."""
    shared = CalendarDay.first_day <= last, CalendarDay.last_day >= first
    return list(db.session.scalars(select(CalendarDay).where(*shared).order_by(CalendarDay.first_day, CalendarDay.id)))


def academic_year_at(day: date) -> AcademicYear | None:
    """The academic year of a day; the summer after it belongs to it."""
    begun = select(AcademicYear).where(AcademicYear.first_day <= day).order_by(AcademicYear.first_day.desc())
    year = db.session.scalars(begun.limit(1)).first()
    return year if year and day - year.first_day < timedelta(days=365) else None


def _territory(code: str) -> Territory | None:
    return db.session.get(Territory, code)


def _oblast(code: str) -> bool:
    return db.session.scalar(select(TerritoryOblast.id).where(TerritoryOblast.oblast_code == code).limit(1)) is not None


def _registered(day: date) -> ColumnElement[bool]:
    return and_(School.opened_on <= day, or_(School.closed_on.is_(None), School.closed_on > day))


def _fact(kind: str, day: date, *more: Any) -> ColumnElement[bool]:
    return exists().where(Fact.school_id == School.id, Fact.kind == kind, Fact.on(day), *more)


def _rule(audience: Mapping[str, Any], day: date) -> ColumnElement[bool]:
    """The predicate of a rule."""
    rule = audience["rule"]
    if rule == "small_class":
        return _fact(SMALL_CLASS, day)
    if rule == "centres":
        return _fact(RESOURCE_CENTRE, day)
    if rule == "twinned":
        return _fact(TWINNING, day)
    if rule == "programme":
        return _fact(ENROLMENT, day, Fact.ref == audience.get("programme"))
    if rule == "district":
        return School.territory_code == audience.get("district")
    if rule == "cluster":
        centre = school(audience.get("centre"))
        ref = centre.id if centre else ""
        return or_(School.id == ref, _fact(ATTACHMENT, day, Fact.ref == ref))
    if rule == "schools":
        wanted = audience.get("schools") or []
        return or_(School.id.in_(wanted), School.code.in_(wanted))
    return School.id.is_not(None)
