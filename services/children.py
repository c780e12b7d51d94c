"""Hostile bytes are read in a process of their own, so that they can only end that process.

A script takes bytes on standard input and answers on standard output; it sets its own limits of memory
and processor time before the first byte is read, and imports nothing of the suite. It has no environment,
where secrets are.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.errors import Unavailable

QUEUE_SECONDS = 5
_AT_ONCE = threading.BoundedSemaphore(2)


class Ended(Exception):
    """The child did not answer; the argument is a word for why: `slow`, `memory` or `broken`."""


def ask(script: Path, data: bytes, seconds: int, *arguments: str) -> bytes:
    """What the script says of the bytes; Ended where it was ended, Unavailable where too many are read already."""
    command = [sys.executable, "-I", "-X", "utf8", str(script), *arguments]
    try:
        with _turn():
            done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=False, env={})  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Ended("slow") from None
    if done.returncode < 0:
        raise Ended("slow" if -done.returncode in {9, 24} else "memory")
    if done.returncode or not done.stdout:
        raise Ended("broken")
    return done.stdout


@contextmanager
def _turn() -> Iterator[None]:
    """Two at a time: what all children of a process together may take is bounded too."""
    if not _AT_ONCE.acquire(timeout=QUEUE_SECONDS):
        raise Unavailable
    try:
        yield
    finally:
        _AT_ONCE.release()
