"""Sheets as lines of a file for a hall without network: filled in there, it comes back by `reading`."""

from collections.abc import Iterator, Sequence
from typing import Any

from events_service.scoring import words
from events_service.scoring.queries import Sheet
from services.i18n import said_plain

HEAD = ("number", "title", "criterion", "about", "max", "points", "version")


def of_sheets(sheets: Sequence[Sheet], with_points: bool) -> Iterator[Sequence[Any]]:
    """A line for each criterion of each sheet that can be filled in; points only for her whose they are."""
    yield HEAD
    for sheet in sheets:
        if not sheet.open:
            continue
        row = sheet.row
        for line in sheet.lines:
            given = words.points(sheet.points.get(line.code)) if with_points else ""
            about = line.code, said_plain(line.title), words.points(line.max_points)
            yield row.entry.number, row.entry.title, *about, given, row.version
