"""Who comes: a person of the register, or a guest known by her address."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from events_service.directory import queries as directory
from events_service.directory.models import Person
from services.errors import Invalid
from services.fields import today
from services.i18n import language
from services.text import normal_mail


@dataclass(frozen=True)
class Attendee:
    """What a registration keeps of her; `small` is whether her school is a small-class school today."""

    name: str
    email: str
    language: str
    school_id: str | None
    small: bool
    person_id: str | None = None

    @property
    def key(self) -> str:
        return self.person_id or f"mail:{normal_mail(self.email)}"


def attendee_of(person: Person) -> Attendee:
    small = directory.is_small(person.school_id, today())
    return Attendee(person.name, person.email, person.language, person.school_id, small, person.id)


def guest_of(body: dict[str, Any]) -> Attendee:
    """A guest from a loaded `GuestBody`; her school, named by id or code, must be one of the register's."""
    school = directory.school(body["school_id"])
    if body["school_id"] and school is None:
        raise Invalid({"school_id": [_("Choose one of the list")]})
    school_id = school.id if school else None
    small = directory.is_small(school_id, today())
    return Attendee(body["name"], body["email"], body["language"] or language(), school_id, small)
