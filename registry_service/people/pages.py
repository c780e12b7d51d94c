"""Pages of people, for registrars and for coordinators in their district."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from registry_service.asking import Asked
from registry_service.db import db
from registry_service.people import keeping, queries, words
from registry_service.people.models import Person
from registry_service.people.schemas import PeopleQuery, PersonForm
from registry_service.rights import KEEPERS, may_keep
from registry_service.schools import queries as schools
from registry_service.schools.models import School
from services.app import say
from services.forms import Form
from services.i18n import LABELS, said_plain
from services.identity import me
from services.paging import paged
from services.web import Pages

pages = Pages("people", __name__)


@pages.get("/people", who=KEEPERS)
def show_list() -> ResponseReturnValue:
    """Everybody she may see, with a filter."""
    asked, places = Asked(PeopleQuery()), queries.places()
    statement = queries.listed(me(), asked.data)
    page = paged(db.session(), statement, asked.data["limit"], asked.data["cursor"], lambda row: row)
    kept: dict[str, Any] = {
        name: asked.value(name) for name in ("q", "district", "role", "active") if asked.value(name)
    }
    more = url_for("people.show_list", **kept, cursor=page["next"]) if page["next"] else None
    html = render_template(
        "people/list.html",
        form=asked,
        page=page,
        more=more,
        districts=[(code, said_plain(name)) for code, name in places.territories.items() if may_keep(me(), code)],
        roles=[(role, name) for role, name in words.ROLE_NAMES.items()],
        said_roles=lambda person: _said_roles(person, places),
        initials=words.initials,
    )
    return html, asked.status


@pages.route("/people/new", methods=["GET", "POST"], who=KEEPERS)
def add() -> ResponseReturnValue:
    """A form for a new person."""
    form = Form(_schema(), {"language": "kk"})
    if form.ok:
        with form.attempt(db):
            person = keeping.create(db.session(), me(), form.data)
    if form.ok:
        say(_("%(name)s is in the register now", name=person.name))
        return redirect(url_for("people.show_list", q=person.email), 303)
    return _form_page(form, None)


@pages.route("/people/<person_id>/edit", methods=["GET", "POST"], who=KEEPERS)
def edit(person_id: str) -> ResponseReturnValue:
    """A person's form, and her history below it."""
    person = queries.one(me(), person_id)
    form = Form(_schema(), _values(person))
    if form.ok:
        with form.attempt(db):
            keeping.change(db.session(), me(), person_id, form.data, form.data["version"])
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("people.edit", person_id=person_id), 303)
    return _form_page(form, queries.one(me(), person_id))


@pages.post("/people/<person_id>/close", who=KEEPERS)
def close(person_id: str) -> ResponseReturnValue:
    """She may no longer sign in; what she has done stays."""
    return _set_active(person_id, False)


@pages.post("/people/<person_id>/open", who=KEEPERS)
def reopen(person_id: str) -> ResponseReturnValue:
    """She may sign in again."""
    return _set_active(person_id, True)


def _set_active(person_id: str, active: bool) -> ResponseReturnValue:
    with db.transaction() as session:
        keeping.change(session, me(), person_id, {"active": active})
    say(_("Saved"))
    return redirect(url_for("people.edit", person_id=person_id), 303)


def _schema() -> PersonForm:
    """Only a registrar is asked for roles."""
    return PersonForm() if me().has("registrar") else PersonForm(exclude=("active", "roles"))


def _values(person: Person) -> dict[str, Any]:
    found = {name: getattr(person, name) for name in ("name", "email", "language", "school_id", "version")}
    return {**found, "roles": [role.word for role in person.roles]}


def _form_page(form: Form, person: Person | None) -> ResponseReturnValue:
    places = queries.places()
    html = render_template(
        "people/edit.html",
        form=form,
        someone=person,
        locked=person is not None and not keeping.may_keep(me(), person),
        languages_spoken=[(code, label[1]) for code, label in LABELS.items()],
        schools=_school_choices(places),
        roles=words.role_choices(places) if me().has("registrar") else [],
        history=queries.history(person.id) if person else [],
        fields=words.FIELD_NAMES,
        told=lambda field, value: words.told(field, value, places),
        said_roles=_said_roles(person, places) if person else "",
    )
    return html, form.status


def _school_choices(places: queries.Places) -> list[tuple[str, list[tuple[str, str]]]]:
    kept = [code for code in places.territories if may_keep(me(), code)]
    found: dict[str, list[tuple[str, str]]] = {code: [] for code in kept}
    for school in db.session.scalars(schools.in_order(select(School).where(School.territory_code.in_(kept)))):
        found[school.territory_code].append((school.id, said_plain(school.name)))
    return [(said_plain(places.territories[code]), rows) for code, rows in found.items() if rows]


def _said_roles(person: Person, places: queries.Places) -> str:
    return "; ".join(words.role_name(word, places) for word in person.role_words)
