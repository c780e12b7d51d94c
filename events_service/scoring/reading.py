"""A filled file of sheets, read: CSV as spreadsheets save it, with commas, semicolons or tabs between the cells."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError

from events_service.contests.exact import Exact
from events_service.scoring.schemas import MOST_POINTS
from services.errors import Invalid
from services.exports import BOM
from services.fields import Body, Text, Whole
from services.forms import messages
from services.text import UNSAFE

LARGEST, MOST_ROWS, MOST_SHOWN = 300_000, 10_000, 20


@dataclass(frozen=True)
class Row:
    """Points of one line as the file gives them; `place` is the row of the file, counted as spreadsheets do."""

    place: int
    number: int
    code: str
    points: Decimal
    version: int


class RowBody(Body):
    """The columns that are read; the others are there for who fills them in."""

    number = Whole(required=True)
    criterion = Text(most=20, required=True)
    points = Exact(most=MOST_POINTS, required=True)
    version = Whole(required=True)


def read(data: bytes) -> list[Row]:
    """The rows with points, since an empty cell leaves what is kept. Invalid names each row it cannot read."""
    if not data:
        raise Invalid({"file": [_("Choose a file")]})
    if len(data) > LARGEST:
        raise Invalid({"file": [_("The file is larger than %(most)s KB", most=LARGEST // 1000)]})
    lines = _lines(_text(data))
    found, faults = [], []
    for place, cells in lines:
        try:
            if cells.get("points", "").strip():
                read_row = RowBody().load(cells)
                about = read_row["number"], read_row["criterion"], read_row["points"], read_row["version"]
                found.append(Row(place, *about))
        except ValidationError as error:
            faults += [(place, f"{field}: {said}") for field, said in messages(error.normalized_messages())]
    refuse(faults)
    if not found:
        raise Invalid({"file": [_("There are no points in the file: fill in the column «points»")]})
    return found


def refuse(faults: list[tuple[int, str]]) -> None:
    """Invalid when there is anything wrong, each fault with its row."""
    said = [_("Row %(row)s: %(fault)s", row=place, fault=fault) for place, fault in sorted(faults)]
    if said:
        more = [_("… and %(more)s more", more=len(said) - MOST_SHOWN)] if len(said) > MOST_SHOWN else []
        raise Invalid({"file": said[:MOST_SHOWN] + more})


def _text(data: bytes) -> str:
    """UTF-8, or the Cyrillic of older spreadsheets: what is read is ASCII in both."""
    try:
        return data.decode().removeprefix(BOM)
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def _lines(text: str) -> list[tuple[int, dict[str, Any]]]:
    head = text.partition("\n")[0]
    between = max(";,\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=between))
    except csv.Error:
        raise Invalid({"file": [_("This is not a CSV file")]}) from None
    names = [name.strip().lower() for name in rows[0]] if rows else []
    absent = [name for name in RowBody().fields if name not in names]
    if absent:
        raise Invalid({"file": [_("The file lacks the column «%(name)s»", name=absent[0])]})
    if len(rows) > MOST_ROWS:
        raise Invalid({"file": [_("The file has more than %(most)s rows", most=MOST_ROWS)]})
    plain = ((place, (UNSAFE.sub("", cell) for cell in cells)) for place, cells in enumerate(rows[1:], start=2))
    return [(place, dict(zip(names, cells, strict=False))) for place, cells in plain]
