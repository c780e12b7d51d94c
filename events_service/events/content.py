"""The content of an event: which columns it is, how it is written, compared and kept in history."""

from typing import Any

from events_service.events import agenda, rules
from events_service.events.models import Event, Material
from services import ledger
from services.text import fold

CONTENT = (
    "kind",
    "title",
    "description",
    "starts_at",
    "ends_at",
    "all_day",
    "date_precision",
    "time_zone",
    "format",
    "join_url",
    "venue",
    "language",
    "subject",
    "programme",
    "capacity",
    "small_class_reserve",
    "reserve_until",
    "registration_opens_at",
    "registration_closes_at",
    "audience",
    "reminders",
    "restrict_to_audience",
)
TIME_AND_PLACE = (
    "starts_at",
    "ends_at",
    "all_day",
    "date_precision",
    "time_zone",
    "format",
    "join_url",
    "venue",
)
SHOWN = (
    *TIME_AND_PLACE,
    "kind",
    "title",
    "description",
    "language",
    "programme",
    "subject",
    "registration_closes_at",
    "reminders",
)
# What a session shows of its event, and which of it is where it takes place.
SESSION_PLACE = ("date_precision", "time_zone", "format", "join_url", "venue")
SESSION_SHOWN = ("kind", "title", "programme", "subject")
LISTS = ("agenda", "materials")
DEFAULTS: dict[str, Any] = {key: rules.NONE_MEANS.get(key) for key in (*CONTENT, *LISTS)}
MATERIAL_COLUMNS = ("title", "url", "size")


def snapshot(event: Event) -> dict[str, Any]:
    """The content of an event as a loaded body."""
    body = {name: getattr(event, name) for name in CONTENT}
    body["agenda"] = [{name: getattr(row, name) for name in agenda.COLUMNS} for row in event.agenda]
    body["materials"] = [{"title": m.title, "url": m.url, "size": m.size} for m in event.materials]
    return body


def times(event: Event) -> dict[str, Any]:
    """Its times as a body holds them."""
    return {name: getattr(event, name) for name in ("starts_at", "ends_at", "all_day", "time_zone")}


def write(event: Event, body: dict[str, Any]) -> None:
    moved, touched = (_differs(event, body, names) for names in (SESSION_PLACE, SESSION_SHOWN))
    for name in CONTENT:
        setattr(event, name, body[name])
    event.search = " ".join(fold(text) for text in body["title"].values())[:2000]
    agenda.write(event, body["agenda"], moved=moved, touched=touched)
    materials = [Material(**item) for item in body["materials"]]
    if [_row(item, MATERIAL_COLUMNS) for item in event.materials] != [_row(m, MATERIAL_COLUMNS) for m in materials]:
        event.materials = materials


def _differs(event: Event, body: dict[str, Any], names: tuple[str, ...]) -> bool:
    return any(getattr(event, name) != body[name] for name in names)


def _row(item: Any, names: tuple[str, ...]) -> list[Any]:
    return [getattr(item, name) for name in names]


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """A snapshot as JSON holds it."""
    plain = {name: ledger.plain(body[name]) for name in CONTENT}
    return plain | {name: [_plain_line(line) for line in body[name]] for name in LISTS}


def _plain_line(line: dict[str, Any]) -> dict[str, Any]:
    return {name: ledger.plain(value) for name, value in line.items()}
