"""The two tasks. They say what to look for; what is found there is the services' own affair."""

import time

from services import doorbell
from worker import jobs, places
from worker.delivery import drain_all

# Short enough to be let through when the worker is asked to stop.
LONGEST = 3.0


def drain() -> None:
    """Send what is due for a few seconds, then compile results: whoever asked for them waits before a page.

    Rings again if the time was not enough.
    """
    end = time.monotonic() + LONGEST
    drain_all(places.apps(), lambda: time.monotonic() < end)
    jobs.run("compile_results", places.apps())
    if time.monotonic() >= end:
        doorbell.ring(places.settings())


def tick(job: str) -> None:
    """One periodic job."""
    jobs.run(job, places.apps())
