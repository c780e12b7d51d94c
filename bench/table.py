"""Rounds taken in turn, and the table of what they gave."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Round:
    """One round of one contestant: things a second, processor seconds spent, 95th percentile in ms."""

    rate: float
    cpu: float = 0.0
    count: int = 1
    p95: float = 0.0

    @property
    def cpu_ms(self) -> float:
        return self.cpu / self.count * 1000


@dataclass(frozen=True)
class Row:
    """One line: ours beside a ceiling. `aim` is the least ratio wanted, 0 where none is."""

    name: str
    engine: str
    ceiling: str
    ours: Sequence[Round]
    theirs: Sequence[Round]
    aim: float = 0.0

    @property
    def ratio(self) -> float:
        """Median of the ratios of the rounds, which were taken in turn."""
        return median(a.rate / b.rate for a, b in zip(self.ours, self.theirs, strict=True))

    def cells(self) -> tuple[str, ...]:
        ours, theirs = (median(one.rate for one in found) for found in (self.ours, self.theirs))
        spent, least = (median(one.cpu_ms for one in found) for found in (self.ours, self.theirs))
        share = f"{least / spent:.2f}" if spent and least else ""
        p95 = median(one.p95 for one in self.ours)
        mark = "" if not self.aim else f"{self.aim:g} {'met' if self.ratio >= self.aim else 'MISSED'}"
        rates = f"{ours:,.0f}", f"{theirs:,.0f}", f"{self.ratio:.2f}", mark
        return (self.name, self.engine, self.ceiling, *rates, _number(spent), _number(least), share, _number(p95, 0))


HEAD: tuple[str, ...] = ("figure", "engine", "ceiling", "ours/s", "ceiling/s", "ratio", "aim")
HEAD += ("ours cpu ms", "ceiling cpu ms", "cpu ratio", "p95 ms")


@dataclass(frozen=True)
class Amount:
    """A figure without a ceiling but with a bound: seconds, or MB."""

    name: str
    engine: str
    value: float
    unit: str
    most: float = 0.0

    def cells(self) -> tuple[str, ...]:
        mark = "" if not self.most else f"≤ {self.most:g} {'met' if self.value <= self.most else 'MISSED'}"
        return (self.name, self.engine, f"{self.value:,.2f} {self.unit}", mark)


def rounds(count: int, *contestants: Callable[[], Round]) -> list[list[Round]]:
    """`count` rounds of each, taken in turn so that a busy moment meets all; one warming round before."""
    for contestant in contestants:
        contestant()
    taken = [[contestant() for contestant in contestants] for _ in range(count)]
    return [list(column) for column in zip(*taken, strict=True)]


def lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table in plain text, numbers to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        yield "  ".join(
            cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()


def _number(value: float, digits: int = 2) -> str:
    return f"{value:,.{digits}f}" if value else ""
