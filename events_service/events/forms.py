"""The organiser's form: days, clock times and one choice of schools in it; instants and a rule in the body.

`to_form` shows an event, `to_body` reads what was sent.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import ValidationError

from events_service.events.models import REMINDERS, AgendaItem, Event
from services.fields import FIRST_YEAR, LAST_YEAR, zone_info
from services.forms import flatten, unflatten
from services.i18n import local
from services.text import tidy

HOME, KEEP, MIDNIGHT = "Asia/Almaty", "keep", "00:00"
SAME = (
    "kind",
    "title",
    "description",
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
    "organisation",
)
WINDOWS = {"reserve_until": MIDNIGHT, "registration_opens_at": MIDNIGHT, "registration_closes_at": "23:59"}
DEBATE = "programme:USHQYR_OI"
NAMED = {"district": "district", "programme": "programme", "cluster": "centre"}
BLANK: dict[str, Any] = {
    "kind": "seminar",
    "date_precision": "day",
    "time_zone": HOME,
    "format": "zoom",
    "language": "kk_ru",
    "audience": "small_class",
    "reminders": list(REMINDERS),
}
YEAR_BEGINS = 9


def to_body(values: dict[str, Any]) -> dict[str, Any]:
    """The JSON body of what was sent."""
    body = {name: values.get(name) for name in SAME}
    zone = _text(values, "time_zone") or HOME
    body |= _times(values, zone)
    body |= {name: _window(values, name, zone) for name in WINDOWS}
    body["restrict_to_audience"] = values.get("restrict_to_audience") == "on"
    body["reminders"] = values.get("reminders") or []
    if values.get("audience") != KEEP:
        body["audience"] = audience_of(values)
    body["agenda"] = [_agenda_line(line, _text(values, "day"), zone) for line in _lines(values, "agenda")]
    body["materials"] = [_material(line) for line in _lines(values, "materials")]
    return body


def changes(event: Event, values: dict[str, Any]) -> dict[str, Any]:
    """Only what differs from the saved event as the form would show it."""
    before = to_body(as_sent(to_form(event)))
    body = {name: value for name, value in to_body(values).items() if bare(value) != bare(before.get(name))}
    return {**body, "time_zone": event.time_zone}


def bare(value: Any) -> Any:
    """A value without what is empty in it, so that a field left empty equals one that was not sent."""
    if isinstance(value, dict):
        return {key: bare(below) for key, below in value.items() if bare(below)} or None
    if isinstance(value, list):
        return [bare(below) for below in value] or None
    return tidy(value) or None if isinstance(value, str) else value


def audience_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The rule of a choice: `small_class`, `programme:USHQYR_OI`, or a rule whose code is chosen beside it."""
    rule, _colon, code = (_text(values, "audience") or "everyone").partition(":")
    if rule not in NAMED:
        return {"rule": rule}
    return {"rule": rule, NAMED[rule]: code or _text(values, f"audience_{NAMED[rule]}") or None}


def _times(values: dict[str, Any], zone: str) -> dict[str, Any]:
    precision = _text(values, "date_precision") or "day"
    first, last = _text(values, "day"), _text(values, "last_day")
    if precision == "none":
        return {"all_day": False, "starts_at": None, "ends_at": None}
    if precision == "day" and values.get("all_day") != "on":
        start, end = _text(values, "start"), _text(values, "end")
        begins = _at(first, start, zone) if start else None
        return {"all_day": False, "starts_at": begins, "ends_at": _at(last or first, end, zone) if end else None}
    if precision != "day":
        first, last = _whole(precision, first, last)
    after = _day(last or first)
    beyond = (after + timedelta(days=1)).isoformat() if after else last or first
    return {"all_day": True, "starts_at": _at(first, MIDNIGHT, zone), "ends_at": _at(beyond, MIDNIGHT, zone)}


def _whole(precision: str, first: str, last: str) -> tuple[str, str]:
    """The whole month, half-year or school year in which a day lies; a period keeps its days."""
    day = _day(first)
    if day is None or precision == "range":
        return first, last
    autumn = day.month >= YEAR_BEGINS
    year = day.year if autumn else day.year - 1
    first_half = date(year, YEAR_BEGINS, 1), date(year, 12, 31)
    second_half = date(year + 1, 1, 1), date(year + 1, 5, 31)
    begin, end = {
        "half_year": first_half if autumn else second_half,
        "academic_year": (first_half[0], second_half[1]),
    }.get(precision, (day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])))
    return begin.isoformat(), end.isoformat()


def _window(values: dict[str, Any], name: str, zone: str) -> str | None:
    day, clock = _text(values, f"{name}_day"), _text(values, f"{name}_time")
    return _at(day, clock or WINDOWS[name], zone) if day else clock or None


def _agenda_line(line: dict[str, Any], first: str, zone: str) -> dict[str, Any]:
    day = _text(line, "day") or first
    times = {name: _text(line, short) for name, short in (("starts_at", "start"), ("ends_at", "end"))}
    return {
        **{name: _at(day, clock, zone) if clock else None for name, clock in times.items()},
        "title": line.get("title"),
        "presenter": line.get("presenter"),
        "district": line.get("district"),
    }


def _material(line: dict[str, Any]) -> dict[str, Any]:
    """Sizes are typed in kilobytes and kept in bytes."""
    size = _text(line, "size")
    whole = int(size) * 1000 if size.isascii() and size.isdigit() and len(size) < 8 else size or None
    return {"title": line.get("title"), "url": line.get("url"), "size": whole}


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""


def _lines(values: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = values.get(name)
    return [line for line in found if isinstance(line, dict)] if isinstance(found, list) else []


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def is_day(text: str) -> bool:
    return _day(text) is not None


def _at(day: str, clock: str, zone: str) -> str | None:
    """An instant of a zone as text; what cannot be read stays as it is, for the schema to refuse."""
    if not day:
        return None
    try:
        return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone_info(zone)).isoformat()
    except (ValueError, ValidationError):
        return f"{day}T{clock}"


def to_form(event: Event) -> dict[str, Any]:
    """An event as the form shows it."""
    zone = event.time_zone
    shown: dict[str, Any] = {name: getattr(event, name) for name in SAME}
    shown |= _shown_times(event)
    for name in WINDOWS:
        day, clock = _parts(getattr(event, name), zone)
        shown |= {f"{name}_day": day, f"{name}_time": clock}
    shown |= _shown_audience(event.audience)
    shown["restrict_to_audience"] = event.restrict_to_audience
    shown["reminders"] = event.reminders
    shown["agenda"] = [_shown_line(item, shown["day"], zone) for item in event.agenda]
    shown["materials"] = [
        {"title": item.title, "url": item.url, "size": item.size and max(1, round(item.size / 1000))}
        for item in event.materials
    ]
    return shown


def as_sent(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser sends back of a shown form that nobody touched."""
    fields: dict[str, list[str]] = {}
    for name, value in flatten(shown):
        if isinstance(value, list):
            fields[f"{name}[]"] = [str(item) for item in value]
        elif value not in (None, False):
            fields[name] = ["on" if value is True else str(value)]
    return unflatten(fields)


def _shown_times(event: Event) -> dict[str, Any]:
    day, start = _parts(event.starts_at, event.time_zone)
    end_at = event.ends_at
    if end_at and event.all_day:
        end_at -= timedelta(seconds=1)
    last_day, end = _parts(end_at, event.time_zone)
    if event.all_day:
        start = end = ""
    last_day = "" if last_day == day else last_day
    return {"day": day, "start": start, "end": end, "last_day": last_day, "all_day": event.all_day}


def _shown_audience(audience: Mapping[str, Any]) -> dict[str, Any]:
    """The choice among those of the form; a rule it cannot show is kept as it is."""
    rule = audience.get("rule", "everyone")
    if rule == "schools" or audience.get("oblast"):
        return {"audience": KEEP}
    if rule not in NAMED:
        return {"audience": rule}
    code = audience.get(NAMED[rule])
    if f"{rule}:{code}" == DEBATE:
        return {"audience": DEBATE}
    return {"audience": rule, f"audience_{NAMED[rule]}": code}


def _shown_line(item: AgendaItem, first: str, zone: str) -> dict[str, Any]:
    day, start = _parts(item.starts_at, zone)
    return {
        "day": "" if day == first else day,
        "start": start,
        "end": _parts(item.ends_at, zone)[1],
        "title": item.title,
        "presenter": item.presenter,
        "district": item.district,
    }


def _parts(instant: datetime | None, zone: str) -> tuple[str, str]:
    if instant is None:
        return "", ""
    at = local(instant, zone)
    return at.date().isoformat(), at.strftime("%H:%M")
