"""The region's CSV files, as they were compiled from the report or invented for it."""

import csv
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    """The rows of one file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
