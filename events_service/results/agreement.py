"""How the jurors agree: severity, spread, and sheets far from what the others gave to the same entry."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from events_service.contests.exact import half_up

Scores = Mapping[tuple[str, str], Fraction]


def of_jurors(scores: Scores, divergence: Fraction) -> list[dict[str, Any]]:
    """A line for each juror over the scores by (entry, juror).

    `severity` is the mean of her score minus the mean of the others on the entries she shares with them:
    above 0 she gives more. `spread` is the standard deviation of her scores. `outliers` are the entries on
    which she differs from the mean of the others by more than `divergence`.
    """
    given: dict[str, dict[str, Fraction]] = defaultdict(dict)
    of_entry: dict[str, list[Fraction]] = defaultdict(list)
    for (entry, juror), score in sorted(scores.items()):
        given[juror][entry] = score
        of_entry[entry].append(score)
    total = {entry: (sum(found, Fraction()), len(found)) for entry, found in of_entry.items()}
    return [_line(juror, given[juror], total, divergence) for juror in sorted(given)]


def _line(
    juror: str, own: Mapping[str, Fraction], total: Mapping[str, tuple[Fraction, int]], divergence: Fraction
) -> dict[str, Any]:
    apart = {}
    for entry, score in own.items():
        whole, count = total[entry]
        if count > 1:  # score − (whole − score) / (count − 1)
            apart[entry] = (score * count - whole) / (count - 1)
    return {
        "id": juror,
        "sheets": len(own),
        "mean": str(half_up(sum(own.values(), Fraction()) / len(own))),
        "severity": str(half_up(sum(apart.values(), Fraction()) / len(apart))) if apart else None,
        "spread": str(half_up(_deviation(list(own.values())))),
        "outliers": sorted(entry for entry, gap in apart.items() if abs(gap) > divergence),
    }


def _deviation(values: list[Fraction]) -> Fraction:
    """The standard deviation, rounded half up to two places: a root in whole numbers is the same everywhere."""
    mean = sum(values, Fraction()) / len(values)
    variance = sum(((value - mean) ** 2 for value in values), Fraction()) / len(values)
    return Fraction((isqrt(int(variance * 40_000)) + 1) // 2, 100)
