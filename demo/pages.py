"""Ways in that only the demonstration has: be anybody of a list, and read the letters it wrote into files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields as ma
from sqlalchemy import select

from demo import letters
from registry_service.db import db
from registry_service.people import queries, signing_in, words
from registry_service.people.models import Person
from registry_service.people.returning import safe_path
from registry_service.people.schemas import show_person
from registry_service.people.sign_in import let_in
from services.errors import Invalid
from services.fields import Body, Choice, Whole
from services.forms import Form
from services.i18n import said_plain
from services.identity import ANYONE
from services.web import Api, Pages

pages = Pages("demo", __name__)
api = Api("demo_api", __name__)
ROLES = ("organiser", "teacher", "coordinator", "official", "registrar", "juror", "chair")
# By role the numbers of those who are listed; the last two teachers have entered the contests.
SHOWN = {
    "organiser": (0, 1),
    "teacher": (0, 1, 2, 3, 4, 5, 901, 902),
    "coordinator": (0, 1),
    "official": (0,),
    "registrar": (0,),
    "juror": (0, 1),
    "chair": (0,),
}
TITLES = {**words.ROLE_NAMES, "juror": _l("Member of the jury"), "chair": _l("Chair of the jury")}


class WhoBody(Body):
    """Whom to be."""

    role = Choice(ROLES, required=True)
    number = Whole(most=9999, load_default=0)


class SessionAnswer(Body):
    """A token, and whom it names."""

    token = ma.String()
    person = ma.Dict()


@dataclass(frozen=True)
class Somebody:
    """One line of the list."""

    person: Person
    role: str
    number: int
    told: str


@api.post("/demo/session", who=ANYONE)
@api.body(WhoBody)
@api.response(200, SessionAnswer)
def open_demo_session(body: dict[str, Any]) -> dict[str, Any]:
    """A token of a demo person, without a letter."""
    with db.transaction() as session:
        person = find(body["role"], body["number"])
        token, _end = signing_in.open_session(session, person)
    shown = show_person(person)
    named = {name: shown[name] for name in ("id", "name", "email", "school_id", "language")}
    return {"token": token, "person": {**named, "district": shown["district"] or _district_of(person)}}


@pages.get("/demo/sign-in", who=ANYONE)
def choose() -> ResponseReturnValue:
    """The sign-in page with the people one can be below it."""
    return _choose_page(Form())


@pages.post("/registry/demo/sign-in", who=ANYONE)
def become() -> ResponseReturnValue:
    """Sign in as somebody of the list. Under /registry, where the form's cookie is."""
    form = Form(WhoBody())
    if form.ok:
        with form.attempt(db):
            token, end = signing_in.open_session(db.session(), find(form.data["role"], form.data["number"]))
    if form.ok:
        return let_in(signing_in.SignedIn(token, end, safe_path(request.form.get("next"))))
    return _choose_page(form)


@pages.get("/demo/mail", who=ANYONE)
def list_letters() -> ResponseReturnValue:
    """What was sent, the newest first."""
    return render_template("demo/letters.html", letters=letters.newest())


@pages.get("/demo/mail/<name>", who=ANYONE)
def show_letter(name: str) -> ResponseReturnValue:
    """One letter, its parts as text."""
    return render_template("demo/letter.html", letter=letters.read(letters.one(name)))


@pages.get("/demo/mail/<name>/raw", who=ANYONE)
def download_letter(name: str) -> ResponseReturnValue:
    """One letter as it was sent."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(letters.one(name).read_bytes(), mimetype="message/rfc822", headers=headers)


def find(role: str, number: int) -> Person:
    """A demo person by role and number; Invalid when the region has no such person."""
    address = f"{role}{number:0{4 if role == 'teacher' else 1}}@example.invalid"
    found = select(Person).where(Person.email == address, Person.active, Person.demo_number.is_not(None))
    person = db.session.scalars(found).first()
    if person is None:
        raise Invalid({"number": [_("There is no such person in the demonstration")]})
    return person


def _choose_page(form: Form) -> ResponseReturnValue:
    html = render_template(
        "demo/sign_in.html",
        form=form,
        next_path=safe_path(request.values.get("next")),
        people=list(_shown()),
        initials=words.initials,
    )
    return html, form.status


def _shown() -> Iterator[Somebody]:
    places = queries.places()
    for role, numbers in SHOWN.items():
        for number in numbers:
            person = find(role, number)
            yield Somebody(person, role, number, _told(role, person, places))


def _told(role: str, person: Person, places: queries.Places) -> str:
    """«Teacher, Abai district, school no. 7»; «Coordinator, Abai district»."""
    word = next((held.word for held in person.roles if held.role == role and held.scope), "")
    if word:
        return words.role_name(word, places)
    school = [said_plain(person.school.name)] if person.school else []
    return ", ".join([str(TITLES[role]), *school])


def _district_of(person: Person) -> str | None:
    return next((held.scope for held in person.roles if held.role == "coordinator"), None)
