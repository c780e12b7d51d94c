"""The rules of a contest as its verbs read them; kept as JSON with decimals as strings, so that they never round."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from events_service.contests.models import Contest, Stage

# What may break a tie, in the order of the rules; `vote` is the chair's, and without one the place is shared.
FINAL, HEAVIEST, MEDIAN, VOTE = "final", "heaviest", "median", "vote"
TIES = (FINAL, HEAVIEST, MEDIAN, VOTE)
MEAN, CORRECTED = "mean", "corrected"
METHODS = (MEAN, CORRECTED)


@dataclass(frozen=True)
class Rules:
    """Settings of a contest; points are on the scale 0 to 100.

    eligibility: whose teachers may enter (contests.models.ELIGIBLE)
    readers: jurors for each entry; anchors: entries of a stage that all jurors read
    jury_min: members the jury needs; quorum: members a session needs; least_scores: signed sheets an entry needs
    divergence: a wider gap between two jurors calls one more reader
    method: which score decides; shrinkage: the λ of the correction; least_per_juror: sheets a juror needs for it
    threshold, district_cap: who goes on to the next stage, where the stage says nothing itself; the last one asks none
    diplomas: how many diplomas of the first, second and third degree in a nomination
    appeal_days: working days after publishing; signatures: jurors who sign beside chair and secretary
    """

    eligibility: str = "small_class"
    per_person: int = 1
    jury_min: int = 5
    quorum: int = 5
    readers: int = 3
    anchors: int = 3
    least_scores: int = 3
    own_district: bool = False
    divergence: Decimal = Decimal("20.00")
    method: str = MEAN
    shrinkage: Decimal = Decimal("1.00")
    least_per_juror: int = 8
    threshold: Decimal = Decimal("80.00")
    district_cap: int = 10
    ties: tuple[str, ...] = (FINAL, HEAVIEST, VOTE)
    diplomas: tuple[int, ...] = (1, 2, 3)
    appeal_days: int = 3
    signatures: int = 3


def of(contest: Contest) -> Rules:
    """The rules in force; what the contest does not say is the default."""
    return read(contest.rules or {})


def of_stage(contest: Contest, stage: Stage) -> Rules:
    """The same for one stage, with the threshold and the cap that are its own."""
    own = {name: value for name in ("threshold", "district_cap") if (value := getattr(stage, name)) is not None}
    return replace(of(contest), **own)


def read(kept: Mapping[str, Any]) -> Rules:
    """Rules from their JSON."""
    types = {Decimal: Decimal, tuple: tuple}
    given = {}
    for field in fields(Rules):
        if field.name in kept:
            given[field.name] = types.get(type(field.default), lambda value: value)(kept[field.name])
    return Rules(**given)


def written(rules: Rules) -> dict[str, Any]:
    """Rules as JSON: decimals as strings, tuples as lists."""
    plain = {field.name: getattr(rules, field.name) for field in fields(Rules)}
    return {
        name: str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value
        for name, value in plain.items()
    }
