"""The method: inputs in, a document with all arithmetic out. No database, no clock, no floats.

Scores are fractions to the end of a step; what is printed is rounded once, half up, to two places, and what
is printed decides (docs/decisions/0040).
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

from events_service.contests import rules as contest_rules
from events_service.contests.exact import half_up
from events_service.contests.rules import CORRECTED, MEAN, Rules
from events_service.results import agreement, placing, severity
from events_service.results.sheets import Sheet, sheets_of

VERSION = "1"
APPLIED, REFUSED, SCORES, LATE, DEPENDS = "applied", "refused: ", "scores", "late", "method"
Inputs = dict[str, Any]


def canonical(value: Any) -> str:
    """The one spelling of a document: sorted keys, no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(inputs: Inputs) -> str:
    """The SHA-256 of inputs in any order of rows."""
    return hashlib.sha256(canonical(ordered(inputs)).encode()).hexdigest()


def ordered(inputs: Inputs) -> Inputs:
    """The same inputs with every list in an order of its own."""
    keys: dict[str, Callable[[Any], Any]] = {
        "stages": lambda row: (row["position"], row["code"]),
        "nominations": lambda row: (row["position"], row["code"]),
        "entries": lambda row: (row["number"] or 0, row["id"]),
        "sheets": lambda row: (row["entry"], row["juror"], row["assignment"]),
        "corrections": lambda row: (row["assignment"], row["criterion"]),
        "votes": lambda row: row["entries"],
    }
    found = {**inputs, **{name: sorted(inputs[name], key=key) for name, key in keys.items()}}
    lines = keys["stages"]
    found["nominations"] = [{**row, "criteria": sorted(row["criteria"], key=lines)} for row in found["nominations"]]
    return found


@dataclass(frozen=True)
class Line:
    """An entry with what its sheets say; a mean of None is too few sheets."""

    entry: dict[str, Any]
    sheets: list[Sheet]
    mean: Decimal | None
    corrected: Decimal | None
    heaviest: tuple[Fraction, ...]
    earlier: dict[str, str]

    @property
    def id(self) -> str:
        return str(self.entry["id"])

    @property
    def lacks(self) -> str:
        """Why it has no place: the stage was closed before an appeal let it in, or the jury gave too few marks."""
        return LATE if self.entry["late"] and not self.sheets else SCORES

    def decides(self, by: str) -> Decimal | None:
        return self.corrected if by == CORRECTED else self.mean

    def total(self, by: str, inputs: Inputs) -> Decimal | None:
        """Σ weight × score over all stages, from the scores as they are printed; None where one is missing."""
        own, stage = self.decides(by), inputs["stage"]
        weights = {row["code"]: Decimal(row["weight"]) for row in inputs["stages"] if Decimal(row["weight"])}
        if own is None or weights.keys() - self.earlier.keys():
            return None
        before = sum((weight * Decimal(self.earlier[code]) for code, weight in weights.items()), Decimal())
        return half_up(before + Decimal(stage["weight"]) * own)


@dataclass(frozen=True)
class Outcome:
    """Places and who goes on, as one of the two scores decides."""

    values: dict[str, Decimal]
    places: dict[str, placing.Place]
    why: dict[str, str | None]


def compiled(inputs: Inputs, tell: Callable[[int], object] = lambda done: None) -> dict[str, Any]:
    """The document of a stage; `tell` hears how many sheets are reckoned."""
    inputs = ordered(inputs)
    rules, sheets = contest_rules.read(inputs["rules"]), sheets_of(inputs, tell)
    scores = {(sheet.entry, sheet.juror): sheet.score for sheet in sheets}
    fit = severity.fit(scores, Fraction(rules.shrinkage), rules.least_per_juror)
    lines = _lines(inputs, rules, sheets, fit)
    by = CORRECTED if rules.method == CORRECTED and fit.scores else MEAN
    outcome = _outcome(lines, inputs, rules, by)
    other = _outcome(lines, inputs, rules, MEAN if by == CORRECTED else CORRECTED) if fit.scores else None
    return {
        "method": f"{by}/{VERSION}",
        "decided_by": by,
        "stage": {name: inputs["stage"][name] for name in ("id", "code", "kind", "weight", "position")},
        "rules_version": inputs["rules_version"],
        "rules": inputs["rules"],
        "inputs": inputs,
        "inputs_hash": digest(inputs),
        "jurors": agreement.of_jurors(scores, Fraction(rules.divergence)),
        "connected": fit.connected,
        "correction": REFUSED + fit.refused if fit.refused else APPLIED if fit.scores else None,
        "severity": {juror: str(half_up(value)) for juror, value in fit.severity.items()},
        "nominations": [_nomination(row, lines, inputs, outcome, other, by) for row in inputs["nominations"]],
    }


def _lines(inputs: Inputs, rules: Rules, sheets: list[Sheet], fit: severity.Fit) -> list[Line]:
    of_entry = defaultdict(list)
    for sheet in sheets:
        of_entry[sheet.entry].append(sheet)
    heavy = {row["id"]: _heaviest(row["criteria"]) for row in inputs["nominations"]}
    return [_line(entry, of_entry[entry["id"]], heavy[entry["nomination"]], inputs, rules, fit)
            for entry in inputs["entries"]]  # fmt: skip


def _line(
    entry: dict[str, Any], sheets: list[Sheet], heavy: list[str], inputs: Inputs, rules: Rules, fit: severity.Fit
) -> Line:
    enough = len(sheets) >= max(1, rules.least_scores)
    mean = half_up(sum((one.score for one in sheets), Fraction()) / len(sheets)) if enough else None
    found = fit.scores.get(entry["id"]) if enough else None
    corrected = None if found is None else half_up(min(max(found, Fraction()), Fraction(100)))
    given = [sum((one.points[code] for one in sheets), Decimal()) for code in heavy]
    heaviest = tuple(Fraction(points) / max(1, len(sheets)) for points in given)
    earlier = {row["code"]: row["scores"][entry["id"]] for row in inputs["stages"] if entry["id"] in row["scores"]}
    return Line(entry, sheets, mean, corrected, heaviest, earlier)


def _heaviest(criteria: list[dict[str, Any]]) -> list[str]:
    """The criteria with the largest weight, in the order of the sheet."""
    most = max((Decimal(row["weight"]) for row in criteria), default=None)
    return [row["code"] for row in criteria if Decimal(row["weight"]) == most]


def _outcome(lines: list[Line], inputs: Inputs, rules: Rules, by: str) -> Outcome:
    followed, votes = inputs["stage"]["followed"], {tuple(row["entries"]): row["order"] for row in inputs["votes"]}
    scores = {line.id: score for line in lines if (score := line.decides(by)) is not None}
    totals = {line.id: total for line in lines if (total := line.total(by, inputs)) is not None}
    values = scores if followed else totals
    places: dict[str, placing.Place] = {}
    for nomination in inputs["nominations"]:
        own = [line for line in lines if line.entry["nomination"] == nomination["id"] and line.id in values]
        standings = [
            placing.Standing(
                line.id,
                values[line.id],
                scores[line.id],
                line.heaviest,
                Fraction(median([one.score for one in line.sheets])),
            )
            for line in own
        ]
        places |= placing.placed(standings, rules.ties, votes)
    districts = {line.id: line.entry["district"] for line in lines}
    why = placing.passing(scores, districts, rules.threshold, rules.district_cap) if followed else {}
    missing = {line.id: line.lacks for line in lines if line.id not in values}
    return Outcome(values, places, {**why, **missing})


def _nomination(
    row: dict[str, Any], lines: list[Line], inputs: Inputs, outcome: Outcome, other: Outcome | None, by: str
) -> dict[str, Any]:
    own = [line for line in lines if line.entry["nomination"] == row["id"]]
    shown = [_shown(line, inputs, outcome, other, by) for line in own]
    shown.sort(key=lambda one: (one["place"] is None, one["place"] or 0, one["number"] or 0, one["id"]))
    return {"id": row["id"], "code": row["code"], "entries": shown}


def _shown(line: Line, inputs: Inputs, outcome: Outcome, other: Outcome | None, by: str) -> dict[str, Any]:
    place, decides = outcome.places.get(line.id), line.decides(by)
    there = other.places.get(line.id) if other else place
    why, stage = outcome.why.get(line.id), inputs["stage"]
    depends = other is not None and (_number(there) != _number(place) or other.why.get(line.id) != why)
    scores = [one.score for one in line.sheets]
    own = {stage["code"]: str(decides)} if decides is not None else {}
    return {
        "id": line.id,
        "number": line.entry["number"],
        "district": line.entry["district"],
        "place": _number(place),
        "shared": bool(place and place.shared),
        "score": _text(line.mean),
        "corrected": _text(line.corrected),
        "decides": _text(decides),
        "total": None if stage["followed"] else _text(outcome.values.get(line.id)),
        "stages": {**line.earlier, **own},
        "gap": str(half_up(max(scores) - min(scores))) if scores else None,
        "sheets": [one.shown() for one in line.sheets],
        "passes": stage["followed"] and why is None,
        "why": why,
        "tie": place.tie if place else None,
        "flag": DEPENDS if depends else None,
        "other_place": _number(there) if depends else None,
    }


def _number(place: placing.Place | None) -> int | None:
    return place.number if place else None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
