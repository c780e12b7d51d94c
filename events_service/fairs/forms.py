"""The forms of a fair: days, clock times and kilobytes in the form; instants and bytes in the body."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from events_service.events.models import Event
from events_service.fairs.models import FairSection, Idea
from services.i18n import local

SECTION = ("title", "subject", "topic", "language", "position", "moderator")
IDEA = ("title", "summary", "wish", "minutes", "coauthors", "material_url")
RENAMED = {"ideas_close_at": "close_day", "starts_at": "start", "ends_at": "end"}
END_OF_DAY = "23:59"


def section_to_form(section: FairSection) -> dict[str, Any]:
    shown = {name: getattr(section, name) for name in SECTION}
    return {**shown, "districts": list(section.districts)}


def section_to_body(values: dict[str, Any]) -> dict[str, Any]:
    """Districts that are all unticked are not sent at all."""
    return {**values, "districts": values.get("districts") or []}


def idea_to_form(idea: Idea) -> dict[str, Any]:
    shown = {name: getattr(idea, name) for name in IDEA}
    size = idea.material_size and max(1, round(idea.material_size / 1000))
    return {**shown, "section": idea.section_id, "material_size": size, "consent": idea.consent}


def idea_to_body(values: dict[str, Any]) -> dict[str, Any]:
    """A box that is not ticked is not sent; a size is typed in kilobytes."""
    size = _text(values, "material_size")
    whole = int(size) * 1000 if size.isascii() and size.isdigit() and len(size) < 7 else size or None
    return {**values, "consent": values.get("consent") == "on", "material_size": whole}


def slot_to_form(idea: Idea, event: Event) -> dict[str, Any]:
    """The slot by the clock of the fair; the day of the fair where there is none yet."""
    day, start = parts(idea.starts_at, event.time_zone)
    return {
        "day": day or parts(event.starts_at, event.time_zone)[0],
        "start": start,
        "end": parts(idea.ends_at, event.time_zone)[1],
        "place": idea.place,
        "join_url": idea.join_url,
        "section": idea.section_id,
    }


def slot_to_body(values: dict[str, Any], zone: str) -> dict[str, Any]:
    """Without a time there is no slot; without an end it has the wished length."""
    day = _text(values, "day")
    times = {
        name: f"{day}T{clock}" if (clock := _text(values, short)) else None
        for name, short in (("starts_at", "start"), ("ends_at", "end"))
    }
    return {**values, **times, "time_zone": zone}


def settings_to_form(closes: datetime | None, per_person: int, zone: str) -> dict[str, Any]:
    day, clock = parts(closes, zone)
    return {"close_day": day, "close_time": clock, "ideas_per_person": per_person}


def settings_to_body(values: dict[str, Any], zone: str) -> dict[str, Any]:
    day, clock = _text(values, "close_day"), _text(values, "close_time")
    closes = f"{day}T{clock or END_OF_DAY}" if day else clock or None
    return {"ideas_close_at": closes, "ideas_per_person": values.get("ideas_per_person"), "time_zone": zone}


def parts(instant: datetime | None, zone: str) -> tuple[str, str]:
    """The day and the clock time of an instant, as the fields of a form hold them."""
    if instant is None:
        return "", ""
    at = local(instant, zone)
    return at.date().isoformat(), at.strftime("%H:%M")


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""
