"""The verbs of those who keep the register of people: new, changed, closed.

Who may come in, and as whom, hangs on these rows: a coordinator keeps only the plain teachers of her
district, and whatever changes what a person may do also ends her sessions.
"""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry_service import rights
from registry_service.db import Audit, Change, Counter
from registry_service.people import queries, signing_in
from registry_service.people.models import ROLES, SCOPED, Person, PersonRole
from registry_service.schools.models import School
from services import ledger
from services.database import new_id
from services.errors import Conflict, Forbidden, Invalid, Stale
from services.identity import Actor
from services.text import fold, normal_mail, sort_key

PLAIN = frozenset({"teacher"})
# What a token says, or what a link on its way proves: when one of these changes, both end.
BINDING = frozenset({"email", "school", "roles", "active"})


def create(session: Session, actor: Actor, data: Mapping[str, Any]) -> Person:
    """A new person from a loaded `PersonBody`."""
    person = Person(id=new_id(), roles=[], version=1)
    _write(session, actor, person, data)
    session.add(person)
    _save(session, person)
    _leave_trace(session, actor, "person.created", person, {}, snapshot(person))
    return person


def change(
    session: Session, actor: Actor, person_id: str, data: Mapping[str, Any], version: int | None = None
) -> Person:
    """Change what `data` names. Raises Stale when `version` is not the present one."""
    session.execute(update(Person).where(Person.id == person_id).values(version=Person.version))
    person = queries.one(actor, person_id)
    if version is not None and version != person.version:
        raise Stale
    if not may_keep(actor, person):
        raise Forbidden(_("A registrar keeps the people who hold a role besides teaching."))
    before = snapshot(person)
    with session.no_autoflush:
        _write(session, actor, person, data)
    old, new = ledger.differences(before, snapshot(person))
    if new:
        person.version += 1
        _save(session, person)
        _leave_trace(session, actor, "person.changed", person, old, new)
        if BINDING & set(new):
            signing_in.shut_out(session, person.id)
    return person


def may_keep(actor: Actor, person: Person) -> bool:
    """A registrar keeps everybody; a coordinator those of her district who have no other power."""
    if actor.has("registrar"):
        return True
    district = person.school.territory_code if person.school else ""
    return rights.may_keep(actor, district) and set(person.role_words) <= PLAIN


def snapshot(person: Person) -> dict[str, Any]:
    """What history tells of a person; the school by its code."""
    return {
        **{name: getattr(person, name) for name in ("name", "email", "language", "active")},
        "school": person.school.code if person.school else None,
        "roles": person.role_words,
    }


def _write(session: Session, actor: Actor, person: Person, data: Mapping[str, Any]) -> None:
    for name in ("name", "language", "active"):
        if name in data:
            setattr(person, name, data[name])
    if "email" in data:
        person.email = normal_mail(data["email"])
    if "school_id" in data:
        person.school = _school(session, actor, data["school_id"])
        person.school_id = person.school.id if person.school else None
    if "roles" in data:
        _give_roles(actor, person, set(data["roles"]))
    person.sort_key, person.search = sort_key(person.name), f"{fold(person.name)} {person.email}"[:600]
    _keep_oneself(actor, person)


def _school(session: Session, actor: Actor, ref: str | None) -> School | None:
    found = session.scalars(select(School).where(or_(School.id == ref, School.code == ref))).first() if ref else None
    if ref and found is None:
        raise Invalid({"school_id": [_("Choose one of the list")]})
    if not rights.may_keep(actor, found.territory_code if found else ""):
        raise Invalid({"school_id": [_("Choose a school of your district")]})
    return found


def _give_roles(actor: Actor, person: Person, wanted: set[str]) -> None:
    held = {role.word for role in person.roles}
    if wanted - PLAIN == held - PLAIN and not actor.has("registrar"):
        return
    rights.need_registrar(actor)
    check_roles(wanted - held, queries.places())
    person.roles = [role for role in person.roles if role.word in wanted]
    for word in sorted(wanted - held):
        role, _colon, scope = word.partition(":")
        person.roles.append(PersonRole(role=role, scope=scope))


def check_roles(words: Collection[str], places: queries.Places) -> None:
    """A role is one of ours, and holds where it must hold; else Invalid."""
    for word in words:
        role, _colon, scope = word.partition(":")
        unknown = role not in ROLES or (scope and scope not in places.of(role))
        if unknown or (role in SCOPED and not scope):
            raise Invalid({"roles": [_("There is no such role: %(word)s", word=word)]})


def _keep_oneself(actor: Actor, person: Person) -> None:
    """The last registrar must not lock the door behind herself."""
    if actor.id == person.id and not (person.active and "registrar" in {role.role for role in person.roles}):
        raise Conflict(_("You cannot take your own access away: ask another registrar"))


def _save(session: Session, person: Person) -> None:
    """The unique index is the judge of addresses: two people may be typed in at once."""
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(_("Another person has this address already"), field="email") from None


def _leave_trace(
    session: Session, actor: Actor, action: str, person: Person, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    ledger.audit(session, Audit, actor, action, "person", person.id, old=old, new=new)
    ledger.change(session, Change, Counter, "person", person.id)
