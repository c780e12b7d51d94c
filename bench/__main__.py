"""`python -m bench [name …] [--engine …] [--rounds N] [--quick]`: the table of figures, each beside its ceiling."""

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from os import cpu_count, getloadavg
from typing import Any

from bench import mailing, processes, reading, registering, results
from bench.stage import stage
from bench.table import HEAD, Amount, Row, lines

Measure = Callable[..., Iterator[Any]]
# What is measured, and how many things a round does.
FIGURES: dict[str, tuple[Measure, int]] = {
    "reading": (reading.measure, 400),
    "registering": (registering.measure, 400),
    "mailing": (mailing.measure, 200),
    "results": (results.measure, 500),
    "processes": (processes.measure, 1),
}
ENGINES = ("postgres", "sqlite")


def main(arguments: list[str] | None = None) -> int:
    given = _read(arguments)
    when, python = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", f"Python {sys.version.split()[0]}"
    print(f"{when}, {cpu_count()} cores, load {getloadavg()[0]:.1f}, {python}, {given.rounds} rounds in turn")
    rows = [row for engine in given.engine for row in run(engine, given.names, given.rounds, given.scale)]
    for head, kind in ((HEAD, Row), (("figure", "engine", "value", "aim"), Amount)):
        cells = [row.cells() for row in rows if isinstance(row, kind)]
        if cells:
            print("\n" + "\n".join(lines(head, cells)))
    return 0


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(FIGURES)}; all if none is named")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="one engine only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round of a tenth")
    given = parser.parse_args(arguments)
    unknown = set(given.names) - set(FIGURES)
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    given.names, given.engine = given.names or list(FIGURES), given.engine or list(ENGINES)
    given.scale = 0.1 if given.quick else 1.0
    given.rounds = 1 if given.quick else given.rounds
    return given


def run(engine: str, names: list[str], times: int, scale: float = 1.0) -> Iterator[Any]:
    """The rows of the named figures on one engine; `scale` makes the rounds shorter."""
    with stage(engine) as made:
        for name in names:
            measure, size = FIGURES[name]
            print(f"measuring {name} on {engine} ...", file=sys.stderr)
            yield from measure(made, times, max(1, round(size * scale)))


if __name__ == "__main__":
    sys.exit(main())
