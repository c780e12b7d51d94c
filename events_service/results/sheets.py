"""Score sheets of a compilation: points with the corrections of upheld appeals, and the weighted score of each."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

from events_service.contests.exact import half_up


@dataclass(frozen=True)
class Sheet:
    """One signed sheet; `score` is 100·Σ weight·points/max, `corrected` the criteria an appeal has changed."""

    assignment: str
    juror: str
    entry: str
    ground: str
    score: Fraction
    points: dict[str, Decimal]
    corrected: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        return {
            "assignment": self.assignment,
            "juror": self.juror,
            "ground": self.ground,
            "score": str(half_up(self.score)),
            "points": {code: str(points) for code, points in self.points.items()},
            "corrected": list(self.corrected),
        }


@dataclass(frozen=True)
class Rubric:
    """The weights of a nomination over one denominator, so that a sheet is summed in whole numbers."""

    codes: tuple[str, ...]
    factors: tuple[int, ...]
    denominator: int

    def score(self, points: dict[str, Decimal]) -> Fraction:
        parts = (factor * int(points[code].scaleb(2)) for code, factor in zip(self.codes, self.factors, strict=True))
        return Fraction(sum(parts), self.denominator)


def rubric_of(criteria: list[dict[str, Any]]) -> Rubric:
    shares = [Fraction(row["weight"]) / Fraction(row["max"]) for row in criteria]  # of points in hundredths
    whole = lcm(*(share.denominator for share in shares))
    return Rubric(tuple(row["code"] for row in criteria), tuple(int(share * whole) for share in shares), whole)


def sheets_of(inputs: dict[str, Any], tell: Callable[[int], object]) -> list[Sheet]:
    """All sheets of ordered inputs with their scores. Raises ValueError where a sheet is not whole."""
    rubrics = {row["id"]: rubric_of(row["criteria"]) for row in inputs["nominations"]}
    nominations = {row["id"]: row["nomination"] for row in inputs["entries"]}
    changed: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in inputs["corrections"]:
        changed[row["assignment"]][row["criterion"]] = Decimal(row["points"])
    found = []
    for done, row in enumerate(inputs["sheets"], start=1):
        rubric, upheld = rubrics[nominations[row["entry"]]], changed.get(row["assignment"], {})
        points = {code: Decimal(given) for code, given in row["points"].items()} | upheld
        if points.keys() != set(rubric.codes):
            raise ValueError(f"the sheet {row['assignment']} is not whole")
        named = (row["assignment"], row["juror"], row["entry"], row["ground"])
        found.append(Sheet(*named, rubric.score(points), points, tuple(sorted(upheld))))
        tell(done)
    return found
