"""The rejected rows as a file: the row as it was, its number, and the reasons in added columns."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from registry_service.imports.columns import column_name
from registry_service.imports.models import ImportRow, ImportRun


def lines(run: ImportRun, rows: Iterable[ImportRow]) -> Iterator[list[str | int]]:
    """Heads and rows of the file; it can be mended and put forward again as it is."""
    width = len(run.head)
    yield [*run.head, _("Row"), _("Column"), _("Reason")]
    for row in rows:
        cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
        columns = "; ".join(column_name(column) for column, _reason in row.faults if column)
        yield [*cells, row.number, columns, "; ".join(reason for _column, reason in row.faults)]
