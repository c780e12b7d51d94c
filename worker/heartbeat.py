"""A file that is touched while a process works: whoever checks its health need only look at the age of it."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from celery.beat import Scheduler as CeleryScheduler

from worker import places


def touch() -> None:
    """Say that this process works, where HEARTBEAT_FILE is set; a full disk must not stop the work itself."""
    if name := places.settings().heartbeat_file:
        with suppress(OSError):
            Path(name).touch()


class Scheduler(CeleryScheduler):  # type: ignore[misc]
    """Beat that gives a sign of life with each round, also while the broker is away."""

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        touch()
        return super().tick(*args, **kwargs)
