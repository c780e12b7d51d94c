"""When beat rings: the bell is only a reminder, every job looks for itself whether there is work."""

from typing import Any

from services.doorbell import DRAIN, TICK

QUARTER_MINUTE, MINUTE, HOUR = 15.0, 60.0, 3600.0


def _tick(job: str, every: float) -> dict[str, Any]:
    """A reminder that nobody answered in time is dropped: the next one comes anyway."""
    return {"task": TICK, "args": (job,), "schedule": every, "options": {"expires": every}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "drain": {"task": DRAIN, "schedule": QUARTER_MINUTE, "options": {"expires": QUARTER_MINUTE}},
    "pull_directory": _tick("pull_directory", QUARTER_MINUTE),
    "release_reserves": _tick("release_reserves", QUARTER_MINUTE),
    "compile_results": _tick("compile_results", QUARTER_MINUTE),
    "owe_reminders": _tick("owe_reminders", MINUTE),
    "owe_digests": _tick("owe_digests", MINUTE),
    "housekeeping": _tick("housekeeping", HOUR),
    "check_feeds": _tick("check_feeds", HOUR),
    "sweep_files": _tick("sweep_files", HOUR),
}
