"""A feed that calendar programs take: some refuse a file of more than a megabyte."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from events_service.ics.shapes import Entry

MOST = 980_000  # bytes


def fit(entries: Sequence[Entry], write: Callable[[Entry], bytes]) -> list[bytes]:
    """The entries written as they are; where together they are too long, the longest shorter, until all fit.

    So the fewest lose their text, and no entry is written more than twice: writing is what takes long.
    """
    found = list(map(write, entries))
    over = sum(map(len, found)) - MOST
    for place in sorted(range(len(found)), key=lambda place: -len(found[place])):
        if over <= 0:
            break
        short = write(_short(entries[place]))
        over -= len(found[place]) - len(short)
        found[place] = short
    return found


def _short(entry: Entry) -> Entry:
    """What is needed to find the way there: its link leads to the text."""
    return replace(entry, description="", categories=(), organiser_name="", terse=True)
