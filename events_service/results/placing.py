"""Places 1, 2, 2, 4, what breaks a tie, and who goes on: only what the rules of the contest name, in their order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from events_service.contests.rules import FINAL, HEAVIEST, MEDIAN, VOTE

SHARED = "shared"
LOW, CAP = "threshold", "cap"
Votes = Mapping[tuple[str, ...], Sequence[str]]


@dataclass(frozen=True)
class Standing:
    """What an entry is placed by: `value` as printed, then what may break a tie, each exact."""

    entry: str
    value: Decimal
    final: Decimal
    heaviest: tuple[Fraction, ...]
    median: Fraction


@dataclass(frozen=True)
class Place:
    """A place; `tie` is what broke the tie it was in: one of the rules, `shared` where none did, None without one."""

    number: int
    shared: bool
    tie: str | None


def placed(standings: Iterable[Standing], chain: Sequence[str], votes: Votes) -> dict[str, Place]:
    """The places of one nomination."""
    found: dict[str, Place] = {}
    for _value, group in _grouped(list(standings), lambda one: one.value):
        for part, tie in _broken(group, tuple(chain), votes, None):
            place = Place(len(found) + 1, len(part) > 1, tie)
            found |= {one.entry: place for one in part}
    return found


def _broken(
    group: list[Standing], chain: tuple[str, ...], votes: Votes, tie: str | None
) -> list[tuple[list[Standing], str | None]]:
    """A group of equals in the order of the chain: the parts that stay equal, each with what set it apart."""
    if len(group) == 1:
        return [(group, tie)]
    if not chain:
        return [(group, SHARED)]
    parts = _grouped(group, _key(chain[0], group, votes))
    by = chain[0] if len(parts) > 1 else tie
    return [found for _key_, part in parts for found in _broken(part, chain[1:], votes, by)]


def _key(rule: str, group: list[Standing], votes: Votes) -> Any:
    if rule == VOTE:
        order = votes.get(tuple(sorted(one.entry for one in group)), ())
        rank = {entry: -number for number, entry in enumerate(order)}
        return lambda one: rank.get(one.entry, 0)
    names = {FINAL: "final", HEAVIEST: "heaviest", MEDIAN: "median"}
    return lambda one: getattr(one, names[rule])


def _grouped(group: list[Standing], key: Any) -> list[tuple[Any, list[Standing]]]:
    """The highest first; inside a part by id, which decides nothing."""
    ranked = sorted(sorted(group, key=lambda one: one.entry), key=key, reverse=True)
    return [(value, list(part)) for value, part in groupby(ranked, key=key)]


def passing(
    scores: Mapping[str, Decimal], districts: Mapping[str, str], threshold: Decimal, cap: int
) -> dict[str, str | None]:
    """Of each entry why it does not go on to the next stage: below the threshold, or beyond the cap of its district.

    None where it goes on. The cap is of a district over all nominations (0 is no cap); who is equal to the
    last one that goes on goes on too.
    """
    why: dict[str, str | None] = {entry: None if score >= threshold else LOW for entry, score in scores.items()}
    of_district = defaultdict(list)
    for entry, reason in why.items():
        if reason is None:
            of_district[districts[entry]].append(scores[entry])
    for entry, reason in list(why.items()):
        rivals = sorted(of_district[districts[entry]], reverse=True)
        if reason is None and 0 < cap < len(rivals) and scores[entry] < rivals[cap - 1]:
            why[entry] = CAP
    return why
