"""What rows of people would do: the rules of `people.keeping`, told beforehand for a whole file."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from flask_babel import gettext as _

from registry_service.db import db
from registry_service.imports import bodies
from registry_service.imports.drafts import CHANGE, CREATE, Draft
from registry_service.imports.likeness import Likeness
from registry_service.imports.standing import Standing
from registry_service.people import keeping, queries
from registry_service.people.models import Person
from registry_service.people.schemas import PersonBody, PersonPatch
from services.errors import Invalid
from services.text import normal_mail

BODY, PATCH = PersonBody(), PersonPatch(partial=True)
MOST_NAMES = 20_000


def check(standing: Standing, drafts: Iterable[Draft], of_file: Mapping[str, Any]) -> None:
    """Say of each row what it would do, and what is wrong with it. People have no order or day."""
    rows = list(drafts)
    there = standing.people({normal_mail(draft.cells.get("email", "")) for draft in rows})
    names, seen = Likeness(), queries.seen_by(standing.actor).with_only_columns(Person.name, Person.email)
    for name, email in db.session.execute(seen.order_by(None).limit(MOST_NAMES)):
        names.add("", name, f"{name}, {email}")
    check_roles = partial(keeping.check_roles, places=queries.places())
    for draft in rows:
        person = there.get(normal_mail(draft.cells.get("email", "")))
        _fill(standing, draft)
        data = draft.load(PATCH if person else BODY)
        if data is None or draft.faults:
            continue
        if person:
            _change(standing, draft, person, data)
        else:
            _create(standing, draft, data, names)
        _roles(standing, draft, person, check_roles)


def _fill(standing: Standing, draft: Draft) -> None:
    draft.body = bodies.person(draft)
    if "school" in draft.cells:
        school = bodies.known_school(standing, draft, "school")
        if school and not standing.keeps(school.territory_code):
            draft.fault("school", _("Choose a school of your district"))
        draft.body["school_id"] = school.id if school else None


def _create(standing: Standing, draft: Draft, data: dict[str, Any], names: Likeness) -> None:
    draft.verb = CREATE
    if data["school_id"] is None and not standing.actor.has("registrar"):
        draft.fault("school", _("Choose a school of your district"))
    if like := names.near("", data["name"]):
        draft.warn("name", _("The register has almost the same name: %(name)s", name=like))
    names.add("", data["name"], _("row %(num)s of this file", num=draft.number))


def _change(standing: Standing, draft: Draft, person: Person, data: dict[str, Any]) -> None:
    actor = standing.actor
    seen = actor.has("registrar") or (person.school and standing.keeps(person.school.territory_code))
    if not seen:
        draft.fault("email", _("Another person has this address already"))
        return
    if not keeping.may_keep(actor, person):
        draft.fault("email", _("A registrar keeps the people who hold a role besides teaching."))
        return
    now = keeping.snapshot(person)
    changed: set[str] = {name for name in ("name", "language", "active") if name in data and data[name] != now[name]}
    for name in sorted(changed):
        draft.differ(name, now[name], data[name])
    if data.get("school_id") and data["school_id"] != person.school_id:
        changed.add("school_id")
        draft.differ("school", now["school"], standing.schools[data["school_id"]].code)
    if "roles" in data and set(data["roles"]) - keeping.PLAIN != set(now["roles"]) - keeping.PLAIN:
        changed.add("roles")
        draft.differ("roles", ", ".join(now["roles"]), ", ".join(data["roles"]))
    keeps_herself = data.get("active", True) and ("roles" not in changed or "registrar" in data["roles"])
    if person.id == actor.id and not keeps_herself:
        draft.fault("email", _("You cannot take your own access away: ask another registrar"))
    if changed:
        draft.verb, draft.target, draft.version = CHANGE, person.id, person.version
        draft.body = {name: value for name, value in draft.body.items() if name in changed}


def _roles(standing: Standing, draft: Draft, person: Person | None, check_roles: Any) -> None:
    wanted = set(draft.body.get("roles", ()))
    if not draft.verb or wanted <= keeping.PLAIN and not (person and "roles" in draft.body):
        return
    if not standing.actor.has("registrar"):
        draft.fault("roles", _("Only a registrar can change this."))
        return
    try:
        check_roles(wanted - set(person.role_words if person else ()))
    except Invalid as refusal:
        draft.fault("roles", refusal.errors["roles"][0])
