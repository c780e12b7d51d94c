"""What is sent and answered about people. Unknown fields, an id or a version among them, change nothing."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields as ma
from marshmallow import pre_load, validates

from registry_service.asking import Question
from registry_service.db import Audit
from registry_service.people.models import ROLES, Person
from services.fields import Body, Choice, Flag, Mail, Moment, Text, Whole, fail
from services.i18n import LANGUAGES
from services.paging import PageQuery

SHORTEST = 8


class SignInBody(Body):
    """The address, and a password of whoever has one and wants to use it."""

    email = Mail(most=320, required=True)
    password = Text(most=200, allow_none=True, load_default=None)


class PasswordBody(Body):
    """A new password, and the present one of who has one; without a new one the present one is removed."""

    current = Text(most=200, allow_none=True, load_default=None)
    password = Text(most=200, allow_none=True, load_default=None)

    @validates("password")
    def check_length(self, value: str | None, **kwargs: Any) -> None:
        """Short ones are refused, whatever they are made of; nothing else is asked of them."""
        if value is not None and len(value) < SHORTEST:
            raise fail(_("At least %(count)s characters are needed", count=SHORTEST))


class PersonBody(Body):
    """A new person. `roles` are words, `registrar` or `coordinator:<district>`; a school makes a teacher."""

    name = Text(most=200, required=True)
    email = Mail(most=320, required=True)
    language = Choice(LANGUAGES, load_default="kk")
    school_id = Text(most=40, allow_none=True, load_default=None)
    roles = ma.List(Text(most=41), load_default=list)
    active = Flag(load_default=True)

    @pre_load
    def drop_unticked(self, data: Any, **kwargs: Any) -> Any:
        """A form says «none of these» with an empty item."""
        if not isinstance(data, Mapping):
            return data
        found = dict(data)
        if isinstance(found.get("roles"), list):
            found["roles"] = [word for word in found["roles"] if word not in ("", None)]
        return found


class PersonPatch(PersonBody):
    """Some of a person; what is not named stays."""


class PersonForm(PersonBody):
    """The form of a person carries the version it was drawn from; access is closed by a button of its own."""

    class Meta(PersonBody.Meta):
        exclude = ("active",)

    version = Whole(least=1, allow_none=True, load_default=None)


class PeopleQuery(PageQuery, Question):
    """Filters of the list."""

    q = Text(most=100, load_default="")
    district = Text(most=10, load_default="")
    role = Choice(ROLES, load_default="")
    active = Flag(load_default=None, allow_none=True)


class PersonAnswer(Body):
    """A person as those who keep the register see her."""

    id = ma.String()
    name = ma.String()
    email = ma.String()
    language = ma.String()
    school_id = ma.String(allow_none=True)
    district = ma.String(allow_none=True)
    roles = ma.List(ma.String())
    active = ma.Boolean()
    version = ma.Integer()


def show_person(person: Person) -> dict[str, Any]:
    """The answer of one person."""
    return {
        **{name: getattr(person, name) for name in ("id", "name", "email", "language", "school_id")},
        "district": person.school.territory_code if person.school else None,
        "roles": person.role_words,
        "active": person.active,
        "version": person.version,
    }


class LineAnswer(Body):
    """One line of a person's history: only what differs."""

    at = Moment()
    action = ma.String()
    actor = ma.String()
    old = ma.Dict(allow_none=True)
    new = ma.Dict(allow_none=True)


def show_line(row: Audit) -> dict[str, Any]:
    return {"at": row.at, "action": row.action, "actor": row.actor_name, "old": row.old, "new": row.new}
