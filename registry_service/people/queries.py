"""Reads about people and sessions. A coordinator sees the people of her district's schools, and nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from registry_service.db import Audit, db
from registry_service.orders.models import Organisation
from registry_service.people.models import Password, Person, PersonRole, SignInLink, SignInSession
from registry_service.schools.models import School
from registry_service.territories.models import Oblast, Territory
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor
from services.text import like


def is_revoked(session_id: str) -> bool:
    """Has this sign-in session been ended (or never existed here)?"""
    row = db.session.get(SignInSession, session_id)
    return row is None or row.revoked_at is not None


def link_is_live(token: str) -> bool:
    """Would this link still let its holder in?"""
    live = SignInLink.spent_at.is_(None), SignInLink.expires_at > utcnow()
    return (
        db.session.scalar(select(SignInLink.id).where(SignInLink.digest == SignInLink.digest_of(token), *live))
        is not None
    )


def live_sessions(person_id: str) -> list[SignInSession]:
    """Where a person is signed in now, the newest first."""
    live = SignInSession.revoked_at.is_(None), SignInSession.expires_at > utcnow()
    rows = select(SignInSession).where(SignInSession.person_id == person_id, *live)
    return list(db.session.scalars(rows.order_by(SignInSession.created_at.desc(), SignInSession.id).limit(100)))


def has_password(person_id: str) -> bool:
    return db.session.get(Password, person_id) is not None


def seen_by(actor: Actor) -> Select[Any]:
    """Everybody for a registrar; the people of her district's schools for a coordinator."""
    statement = select(Person).options(selectinload(Person.roles))
    if actor.has("registrar"):
        return statement
    return statement.where(
        Person.school_id.in_(select(School.id).where(School.territory_code.in_(actor.scopes("coordinator"))))
    )


def listed(actor: Actor, asked: Mapping[str, Any]) -> Select[Any]:
    """The people a list shows, by name. `asked` is a loaded `PeopleQuery`."""
    statement = seen_by(actor)
    if asked["q"]:
        statement = statement.where(Person.search.like(like(asked["q"]), escape="\\"))
    if asked["district"]:
        schools = select(School.id).where(School.territory_code == asked["district"])
        statement = statement.where(Person.school_id.in_(schools))
    if asked["role"]:
        statement = statement.where(_with_role(asked["role"]))
    if asked["active"] is not None:
        statement = statement.where(Person.active.is_(asked["active"]))
    return statement.order_by(Person.sort_key, Person.id)


def _with_role(role: str) -> Any:
    held = Person.id.in_(select(PersonRole.person_id).where(PersonRole.role == role))
    return held | Person.school_id.is_not(None) if role == "teacher" else held


def one(actor: Actor, person_id: str) -> Person:
    """A person she may see; another's is as unknown as nobody's."""
    person: Person | None = db.session.scalars(seen_by(actor).where(Person.id == person_id)).first()
    if person is None:
        raise NotFound
    return person


def history(person_id: str) -> list[Audit]:
    """What was changed about a person, the newest first."""
    rows = select(Audit).where(Audit.entity == "person", Audit.entity_id == person_id)
    return list(db.session.scalars(rows.order_by(Audit.id.desc()).limit(200)))


@dataclass(frozen=True)
class Places:
    """Where roles may hold, by code."""

    organisations: dict[str, dict[str, str]]
    territories: dict[str, dict[str, str]]
    oblasts: dict[str, dict[str, str]]

    def of(self, role: str) -> dict[str, dict[str, str]]:
        """The scopes a role may have."""
        return {"organiser": self.organisations, "coordinator": self.territories, "official": self.oblasts}.get(
            role, {}
        )


def places() -> Places:
    """Every scope a role may have, with its name."""
    found = [
        dict(db.session.execute(select(model.code, model.name).order_by(order)).tuples().all())
        for model, order in (
            (Organisation, Organisation.code),
            (Territory, Territory.position),
            (Oblast, Oblast.code),
        )
    ]
    return Places(*found)
