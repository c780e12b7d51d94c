"""Severity: what a juror gives more or less than the others, and scores corrected for it, in exact fractions.

The model is y = m + f (entry) + b (juror), m the mean of all sheets, f and b shrunk by the λ of the rules
(least squares with λ·(Σf² + Σb²), Lawrence 2014). Eliminating f leaves one equation for each juror.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

# Why a correction is refused.
NOT_CONNECTED, FEW_SHEETS, NO_SHRINKAGE = "not-connected", "few-sheets", "no-shrinkage"
Scores = Mapping[tuple[str, str], Fraction]


@dataclass(frozen=True)
class Fit:
    """Severity of each juror and the corrected score of each entry, both on the scale 0 to 100.

    `refused` says why there are none; `needed` is false where all jurors read all entries: then a juror's
    severity moves everybody alike.
    """

    connected: bool
    needed: bool
    refused: str | None = None
    severity: Mapping[str, Fraction] = field(default_factory=dict)
    scores: Mapping[str, Fraction] = field(default_factory=dict)


def fit(scores: Scores, shrinkage: Fraction, least_per_juror: int) -> Fit:
    """Fit the scores of sheets by (entry, juror); refused where the data cannot tell severity from merit."""
    of_entry, of_juror = _sides(scores)
    linked = is_connected(of_entry, of_juror)
    needed = any(len(jurors) < len(of_juror) for jurors in of_entry.values())
    few = any(len(entries) < least_per_juror for entries in of_juror.values())
    refused = NOT_CONNECTED if not linked else FEW_SHEETS if few else NO_SHRINKAGE if shrinkage <= 0 else None
    if not needed or refused:
        return Fit(linked, needed, refused if needed else None)
    severity, corrected = _solved(scores, of_entry, of_juror, shrinkage)
    return Fit(linked, needed, None, severity, corrected)


def is_connected(of_entry: Mapping[str, Sequence[str]], of_juror: Mapping[str, Sequence[str]]) -> bool:
    """Does a path of common readings lead from every juror to every other?"""
    ahead = list(of_juror)[:1]
    seen = set(ahead)
    while ahead:
        found = {juror for entry in of_juror[ahead.pop()] for juror in of_entry[entry]} - seen
        seen |= found
        ahead += sorted(found)
    return len(seen) == len(of_juror)


def _sides(scores: Scores) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    of_entry, of_juror = defaultdict(list), defaultdict(list)
    for entry, juror in sorted(scores):
        of_entry[entry].append(juror)
        of_juror[juror].append(entry)
    return dict(of_entry), dict(of_juror)


def _solved(
    scores: Scores, of_entry: dict[str, list[str]], of_juror: dict[str, list[str]], shrinkage: Fraction
) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    mean = sum(scores.values(), Fraction()) / len(scores)
    jurors = sorted(of_juror)
    rest = {entry: sum(scores[entry, one] - mean for one in readers) for entry, readers in of_entry.items()}
    share = {entry: 1 / (len(readers) + shrinkage) for entry, readers in of_entry.items()}
    rows: list[list[Fraction]] = []
    for juror in jurors:
        row = dict.fromkeys(jurors, Fraction())
        row[juror] += len(of_juror[juror]) + shrinkage
        for entry in of_juror[juror]:
            for other in of_entry[entry]:
                row[other] -= share[entry]
        given = sum((scores[entry, juror] - mean - rest[entry] * share[entry] for entry in of_juror[juror]), Fraction())
        rows.append([*row.values(), given])
    severity = dict(zip(jurors, solve(rows), strict=True))
    corrected = {
        entry: mean + (rest[entry] - sum(severity[one] for one in readers)) * share[entry]
        for entry, readers in of_entry.items()
    }
    return severity, corrected


def solve(rows: list[list[Fraction]]) -> list[Fraction]:
    """Gauss's elimination on an augmented matrix; with λ > 0 it is positive definite, so pivots are never 0."""
    rows = [list(row) for row in rows]
    for at, pivot in enumerate(rows):
        for below in rows[at + 1 :]:
            factor = below[at] / pivot[at]
            if factor:
                below[at:] = [one - factor * two for one, two in zip(below[at:], pivot[at:], strict=True)]
    found: list[Fraction] = []
    for at in reversed(range(len(rows))):
        known = sum((a * x for a, x in zip(rows[at][at + 1 : -1], reversed(found), strict=True)), Fraction())
        found.append((rows[at][-1] - known) / rows[at][at])
    return found[::-1]
