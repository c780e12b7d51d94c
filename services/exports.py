"""Tables as files that every spreadsheet opens as they are meant: CSV and XLSX, no cell a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from mimetypes import guess_type
from typing import Any

from flask import Response
from flask_babel import gettext as _
from xlsxwriter import Workbook

from services.errors import Invalid
from services.i18n import language
from services.text import UNSAFE

BOM = "\ufeff"  # without it a spreadsheet reads Cyrillic letters as Latin ones
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
MOST = 20_000
Lines = Iterable[Sequence[Any]]


def safe_cell(value: Any) -> str:
    """Text that no spreadsheet takes for a formula; a fraction with the decimal sign of the reader."""
    text = "" if value is None else str(value)
    if isinstance(value, float):
        return text if language() == "en" else text.replace(".", ",")
    return f"'{text}" if text.startswith(RISKY) else text


def few(rows: list[Any]) -> list[Any]:
    """Rows of a file, asked for with one more than `MOST`; Invalid where they are too many for one."""
    if len(rows) > MOST:
        raise Invalid(detail=_("A file has at most %(most)s rows: narrow the filter", most=MOST))
    return rows


def csv_bytes(lines: Lines) -> bytes:
    """Where the comma is the decimal sign, spreadsheets part cells at the semicolon."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="," if language() == "en" else ";", lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in line] for line in lines)
    return (BOM + text.getvalue()).encode()


def xlsx_bytes(lines: Lines) -> bytes:
    """One sheet; numbers and days stay what they are, all else is text."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, **PLAIN}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 30, 18)
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, [UNSAFE.sub("\ufffd", cell) if isinstance(cell, str) else cell for cell in line])
    return file.getvalue()


def table_file(name: str, form: str, lines: Lines) -> Response:
    """The answer of a route that ends in `csv` or `xlsx`."""
    body, file = xlsx_bytes(lines) if form == "xlsx" else csv_bytes(lines), f"{name}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(body, mimetype=guess_type(file)[0], headers=headers)
