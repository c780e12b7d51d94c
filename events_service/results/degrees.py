"""Which diploma a place earns: the rules say how many of each degree, and those who share a place all get it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

CERTIFICATE = "certificate"


def kind_of(place: int | None, diplomas: Sequence[int]) -> str:
    """`diploma_1` to `diploma_3` for a place that earns one, else a certificate.

    With 1, 2 and 3 diplomas the places up to 1, 3 and 6 earn them, so that places 1, 1, 3 give I, I, II.
    """
    for degree, last in enumerate(accumulate(diplomas), start=1):
        if place is not None and place <= last:
            return f"diploma_{degree}"
    return CERTIFICATE


def diploma_of(line: Mapping[str, Any], document: Mapping[str, Any]) -> str | None:
    """The diploma that one line of a compilation earns: only the last stage gives any."""
    if document["inputs"]["stage"]["followed"]:
        return None
    kind = kind_of(line["place"], document["rules"]["diplomas"])
    return None if kind == CERTIFICATE else kind


def diplomas_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The id of an entry and its diploma, for each of a compilation that has one: by nomination and place."""
    for nomination in document["nominations"]:
        for line in nomination["entries"]:
            if kind := diploma_of(line, document):
                yield line["id"], kind
