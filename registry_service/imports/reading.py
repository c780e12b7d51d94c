"""The rows of an uploaded file, read in a child process with limits of memory and time."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services import children
from services.errors import Invalid

CHILD = Path(__file__).with_name("child.py")
LARGEST = 5 * 2**20
SECONDS = 5
REFUSALS = {
    "old_excel": _l("This is a workbook of an old Excel: save it as XLSX"),
    "not_xlsx": _l("This is neither a workbook (XLSX) nor CSV"),
    "macros": _l("The workbook holds macros: save it as XLSX without them"),
    "locked": _l("The workbook is locked by a password: save it without one"),
    "bomb": _l("The workbook unpacks to far more than its size tells: it is not read"),
    "dtd": _l("The workbook holds definitions that no table needs: it is not read"),
    "formula": _l("The workbook holds a formula: put values in its place"),
    "error": _l("The workbook holds a cell with an error: put a value in its place"),
    "encoding": _l(
        "The letters of the file cannot be read: save it as «CSV UTF-8» or as XLSX. Windows-1251 has no letters for "
        "Kazakh"
    ),
    "quotes": _l("The quotation marks of the file do not close: save it anew as CSV, or as XLSX"),
    "rows": _l("The file has more than 5,000 rows: divide it"),
    "columns": _l("The file has more than 60 columns"),
    "text": _l("The file holds too much text for a table: divide it"),
    "memory": _l("The file takes too much memory to read: it is not read"),
    "slow": _l("The file takes too long to read: divide it"),
    "broken": _l("The file is damaged: it cannot be read"),
}


@dataclass(frozen=True)
class Sheet:
    """A table as it stands in the file: its head, its rows by number, and cells without a value of their own."""

    head: list[str]
    rows: list[tuple[int, list[str]]]
    faults: dict[tuple[int, int], str]


def read(data: bytes) -> Sheet:
    """The table in the file's bytes; Invalid at `file`, with the reason, where it cannot be taken."""
    if len(data) > LARGEST:
        raise Invalid({"file": [_("The file is larger than 5 MB: divide it")]})
    found = _ask_child(data)
    if "refused" in found:
        raise Invalid({"file": [str(REFUSALS[found["refused"]])]})
    if len(found["rows"]) < 2:
        raise Invalid({"file": [_("The file has no rows below its head")]})
    (_number, head), *rows = found["rows"]
    faults = {(row, column): why for row, column, why in found["faults"]}
    return Sheet(head, [(number, cells) for number, cells in rows], faults)


def _ask_child(data: bytes) -> dict[str, Any]:
    """What the child says; one that was ended says nothing."""
    try:
        answer: dict[str, Any] = json.loads(children.ask(CHILD, data, SECONDS))
    except children.Ended as ended:
        return {"refused": str(ended)}
    except ValueError:
        return {"refused": "broken"}
    return answer
