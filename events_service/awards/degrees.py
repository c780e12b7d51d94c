"""Which diploma a place earns: the rules say how many of each degree, and those who share a place all get it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

CERTIFICATE, THANKS = "certificate", "thanks"


def kind_of(place: int | None, diplomas: Sequence[int]) -> str:
    """`diploma_1` to `diploma_3` for a place that earns one, else a certificate.

    With 1, 2 and 3 diplomas the places up to 1, 3 and 6 earn them, so that places 1, 1, 3 give I, I, II.
    """
    for degree, last in enumerate(accumulate(diplomas), start=1):
        if place is not None and place <= last:
            return f"diploma_{degree}"
    return CERTIFICATE


def diplomas_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The id of an entry and its diploma, for each of a compilation that has one: by nomination and place."""
    for nomination in document["nominations"]:
        for row in nomination["entries"]:
            kind = kind_of(row["place"], document["rules"]["diplomas"])
            if kind != CERTIFICATE:
                yield row["id"], kind
