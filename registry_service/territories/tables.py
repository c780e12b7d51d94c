"""The table of territories as a file for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from registry_service.territories.queries import COUNTS, Figures, Row, share, total
from services.i18n import said_plain


def lines(rows: list[Row]) -> Iterator[list[Any]]:
    """Both tables of the report side by side, with the totals."""
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
    said = None if part is None else round(part * 100, digits or None)
    return [*counts[:2], said, *counts[2:]]
