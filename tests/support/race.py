"""Many at once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def gather(jobs: Sequence[Callable[[], T]], at_once: int = 16) -> list[T]:
    """Run the jobs on `at_once` threads that begin together; results in the order of the jobs."""
    workers = min(at_once, len(jobs))
    start = threading.Barrier(workers)
    with ThreadPoolExecutor(workers, initializer=start.wait) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]
