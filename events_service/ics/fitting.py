"""A feed that calendar programs take: some refuse a file of more than a megabyte."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from events_service.ics.shapes import Entry

MOST = 980_000  # bytes


def fit(entries: Sequence[Entry], write: Callable[[Entry], bytes]) -> list[bytes]:
    """The entries written as they are, or shorter ones where together they would be too long."""
    found: list[bytes] = []
    for shorten in SHORTER:
        found = [write(shorten(entry)) for entry in entries]
        if sum(map(len, found)) <= MOST:
            break
    return found


def _brief(entry: Entry) -> Entry:
    """Without its text, to which its link leads."""
    return replace(entry, description="", terse=True)


def _least(entry: Entry) -> Entry:
    """What is needed to find the way there."""
    return replace(_brief(entry), categories=(), organiser_name="")


SHORTER: tuple[Callable[[Entry], Entry], ...] = (lambda entry: entry, _brief, _least)
