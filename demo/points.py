"""What the jurors of the demonstration give: near how good an entry is and how strict its juror, or told exactly."""

import random
from collections.abc import Iterator
from decimal import Decimal

from events_service.contests.models import Criterion
from events_service.jury.models import Assignment

# How good an entry is, from 0 to 100, by its number.
QUALITY = (93, 87, 83, 72)
# Last year one reader (by receipt, turn, ground and first criterion) lay far below the others; of four entries the
# points are exact, so that two totals are equal and the final sets them apart, and two are equal in all. What is not
# named is nine of ten.
LOW, HARSH = ("CT-PAST-013", 0, "deal", "R1"), 24
EXACT: dict[str, dict[str, str]] = {
    "CT-PAST-005": {},
    "CT-PAST-006": {"R1": "10", "R6": "5", "R7": "5", "F4": "8"},
    "CT-PAST-017": {"F1": "8"},
    "CT-PAST-018": {"F1": "8"},
}
APART, DIFFERS = {0: Decimal("0.5"), 1: Decimal("-0.5")}, {"R2", "F2"}  # of two readers on a line: the mean stays


def given(sheet: Assignment, lines: list[Criterion], turn: int) -> Iterator[tuple[Criterion, Decimal]]:
    """In halves of a point, the same at every loading; `turn` counts the readers of the entry."""
    if sheet.entry.receipt in EXACT:
        yield from _exact(EXACT[sheet.entry.receipt], lines, APART.get(turn, Decimal()))
        return
    good = QUALITY[(sheet.entry.number or 0) % len(QUALITY)] + random.Random(sheet.member.email).uniform(-3, 3)
    if (sheet.entry.receipt, turn, sheet.ground, lines[0].code) == LOW:
        good -= HARSH
    draw = random.Random(f"{sheet.member.email}:{sheet.entry.title}:{lines[0].code}")
    for line in lines:
        share = min(100.0, max(0.0, good + draw.uniform(-7, 7))) / 100
        yield line, min(line.max_points, Decimal(round(share * float(line.max_points) * 2)) / 2)


def _exact(named: dict[str, str], lines: list[Criterion], apart: Decimal) -> Iterator[tuple[Criterion, Decimal]]:
    for line in lines:
        yield line, Decimal(named.get(line.code, line.max_points * 9 / 10)) + (apart if line.code in DIFFERS else 0)
