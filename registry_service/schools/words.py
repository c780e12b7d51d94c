"""The words of schools: kinds, marks, filters, and history said to a reader."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry_service.schools.models import SMALL_CLASS, School
from registry_service.territories.models import Territory
from services.i18n import said_plain, short_day

KIND_NAMES = {
    "general": _l("General school"),
    "gymnasium": _l("Gymnasium"),
    "lyceum": _l("Lyceum"),
    "specialised_boarding": _l("Specialised boarding school"),
    "innovative": _l("Innovative school"),
}
MARKS = {"small": _l("small-class"), "centre": _l("resource centre"), "twinned": _l("twinned")}
NOT_MARKS = {
    "small": _l("not small-class"),
    "centre": _l("not a resource centre"),
    "attached": _l("without a centre"),
    "twinned": _l("not twinned"),
}
FILTER_MARKS = {**MARKS, "attached": _l("attached to a centre")}
FIELD_NAMES = {
    "code": _l("Code"),
    "name": _l("Name"),
    "kind": _l("Kind of school"),
    "district": _l("District"),
    "closed_on": _l("Closed on"),
    "opened_on": _l("Opened on"),
    "small": _l("Small-class school"),
    "centre": _l("Resource centre"),
    "attached_to": _l("Resource centre it is attached to"),
    "patron": _l("Patron school"),
    "programme": _l("Programme"),
    "order": _l("Order"),
}


def kind_name(kind: str) -> str:
    return str(KIND_NAMES.get(kind, kind))


def status_name(status: str) -> str:
    return str(FIELD_NAMES["small" if status == SMALL_CLASS else "centre"])


def day_before(day: date) -> date:
    """The last day of a fact whose end is exclusive."""
    return day - timedelta(days=1)


def kind_choices() -> list[tuple[str, str]]:
    return [(kind, str(name)) for kind, name in KIND_NAMES.items()]


def marks_of(card: Mapping[str, Any]) -> str:
    """«small-class, twinned»."""
    return ", ".join(str(word) for name, word in MARKS.items() if card[name])


def place_choices(territories: list[Territory]) -> list[tuple[str, str]]:
    return [(territory.code, said_plain(territory.name)) for territory in territories]


def school_choices(schools: list[School]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Schools to choose from, grouped by district."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for school in schools:
        group = groups.setdefault(said_plain(school.territory.name), [])
        group.append((school.code, f"{said_plain(school.name)} ({school.code})"))
    return list(groups.items())


def filters_in_words(asked: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """The filters in force, one phrase each. `names` holds names by filter, where they have one."""
    found = [names[name] for name in ("oblast", "district", "programme", "cluster", "patron") if name in names]
    if asked["territory_kind"]:
        found.append(_("rural districts") if asked["territory_kind"] == "district" else _("cities"))
    for name, word in FILTER_MARKS.items():
        if asked[name] is not None:
            found.append(str(word if asked[name] else NOT_MARKS[name]))
    if asked["kind"]:
        found.append(kind_name(asked["kind"]))
    if asked["q"]:
        found.append(f"«{asked['q']}»")
    return found


def in_words(field: str, value: Any) -> str:
    """A value of history as a reader would say it."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value is None or value == "":
        return "–"
    if isinstance(value, Mapping):
        return " / ".join(str(text) for text in value.values())
    if field == "kind":
        return kind_name(str(value))
    if field.endswith("_on"):
        return short_day(date.fromisoformat(str(value)))
    return str(value)


def change_lines(change: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs in one line of history: field, old, new."""
    old, new = change["old"] or {}, change["new"] or {}
    return [
        (str(FIELD_NAMES.get(field, field)), in_words(field, old.get(field)), in_words(field, new.get(field)))
        for field in {**old, **new}
    ]
