"""The forms of organisers: a day and a clock time of Almaty in the form, an instant in the body."""

from typing import Any

from events_service.entries.models import Entry
from services.i18n import local

END_OF_DAY = "23:59"


def late_to_form(entry: Entry) -> dict[str, Any]:
    """The extension an entry has."""
    if entry.late_until is None:
        return {"reason": ""}
    at = local(entry.late_until)
    return {"reason": "", "day": at.date().isoformat(), "time": at.strftime("%H:%M")}


def late_to_body(values: dict[str, Any]) -> dict[str, Any]:
    """Without a time it is the end of that day; without a day there is none."""
    day, clock = (str(values.get(name) or "").strip() for name in ("day", "time"))
    late = f"{day}T{clock or END_OF_DAY}" if day else clock or None
    return {"reason": values.get("reason"), "late_until": late}
