"""The forms of organisers: a day and a clock time of Almaty in the form, an instant in the body."""

from typing import Any

from events_service.contests.forms import instant, parts
from events_service.entries.models import Entry


def late_to_form(entry: Entry) -> dict[str, Any]:
    """The extension an entry has."""
    if entry.late_until is None:
        return {"reason": ""}
    day, clock = parts(entry.late_until)
    return {"reason": "", "day": day, "time": clock}


def late_to_body(values: dict[str, Any]) -> dict[str, Any]:
    """Without a time it is the end of that day; without a day there is none."""
    return {"reason": values.get("reason"), "late_until": instant(values)}
