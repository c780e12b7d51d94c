"""How roles and the history of people are said."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry_service.people.queries import Places
from services.i18n import LABELS, said_plain

ROLE_NAMES = {
    "organiser": _l("Organiser"),
    "coordinator": _l("Coordinator"),
    "official": _l("Official"),
    "registrar": _l("Registrar"),
    "teacher": _l("Teacher"),
}
FIELD_NAMES = {
    "name": _l("Name"),
    "email": _l("E-mail"),
    "language": _l("Language"),
    "school": _l("School"),
    "roles": _l("Roles"),
    "active": _l("May sign in"),
    "password": _l("Password"),
}


def role_name(word: str, places: Places) -> str:
    """«Coordinator, Abai district»."""
    role, _colon, scope = word.partition(":")
    name, place = str(ROLE_NAMES.get(role, role)), places.of(role).get(scope)
    return f"{name}, {said_plain(place) if place else scope}" if scope else name


def role_choices(places: Places) -> list[tuple[str, str]]:
    """Every role that can be given, with where it holds."""
    words = ["teacher", "registrar", "official", *(f"official:{code}" for code in places.oblasts)]
    words += [f"organiser:{code}" for code in places.organisations]
    words += [f"coordinator:{code}" for code in places.territories]
    return [(word, role_name(word, places)) for word in words]


def initials(name: str) -> str:
    """«АС» for «Айнұр Сматова»."""
    return "".join(part[0] for part in name.split()[:2]).upper()


def told(field: str, value: Any, places: Places) -> str:
    """One value of the history in words."""
    spoken: dict[str, Callable[[Any], str]] = {
        "active": lambda yes: _("yes") if yes else _("no"),
        "password": lambda yes: _("yes") if yes else _("no"),
        "roles": lambda words: "; ".join(role_name(word, places) for word in words),
        "language": lambda code: LABELS[code][1] if code in LABELS else code,
    }
    return spoken.get(field, str)(value) if value not in (None, "", []) else "–"
