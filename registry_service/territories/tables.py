"""The table of territories as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from registry_service.territories.queries import COUNTS, Figures, Row, share, total
from services.i18n import language, said_plain

BOM = "\ufeff"  # without it a spreadsheet reads Cyrillic letters as Latin ones
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe_cell(value: Any) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def territories_csv(rows: list[Row]) -> bytes:
    """Both tables of the report side by side, with the totals."""
    # Where the comma is the decimal sign, spreadsheets part cells at the semicolon.
    delimiter = "," if language() == "en" else ";"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in line] for line in _lines(rows))
    return (BOM + text.getvalue()).encode()


def _lines(rows: list[Row]) -> Iterator[list[Any]]:
    yield [_("No."), _("Code"), _("District"), _("Schools"), _("Small-class"), _("Share of small-class, %"), *_rest()]
    for number, row in enumerate(rows, start=1):
        territory = row.territory
        yield [number, territory.code, said_plain(territory.name), *_numbers(row.figures, 0)]
    yield ["", "", _("Total"), *_numbers(total(rows), 1)]


def _rest() -> list[str]:
    return [_("Resource centres"), _("Attached"), _("Twinned"), _("In the debate movement")]


def _numbers(figures: Figures, digits: int) -> list[Any]:
    counts = [getattr(figures, name) for name in COUNTS]
    part = share(figures.small, figures.schools, digits)
    said = "" if part is None else format_decimal(round(part * 100, digits))
    return [*counts[:2], said, *counts[2:]]
