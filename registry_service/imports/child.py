"""Reads a file of rows in a process of its own, so that a hostile file can only end this process.

Bytes come in on standard input; JSON goes out on standard output: `{"rows": [[number, [cells]]],
"faults": [[row, column, why]]}`, or `{"refused": why}`. Rows are numbered as in the file, from 1;
columns from 0. Memory and processor time are limited before the first byte is read. Imports
nothing of the suite: it starts in a tenth of a second.
"""

import codecs
import csv
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

MEMORY, SECONDS = 512 * 2**20, 4
MOST_ROWS, MOST_COLUMNS, MOST_TEXT, MOST_CELL = 5000, 60, 4_000_000, 1000
MEMBERS, UNPACKED, RATIO, CHUNK = 200, 50 * 2**20, 100, 2**16
TALLEST = 100_000
FORMULA = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f[\s/>]")
ERROR = re.compile(rb"<(?:\w+:)?c\b([^<>]*\bt=[\"']e[\"'][^<>]*)>")
PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Lines = Iterator[tuple[int, list[str]]]


class Refused(Exception):
    """The whole file cannot be taken; the argument is a word for why."""


def answer(data: bytes) -> dict[str, Any]:
    """The rows of the file."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("old_excel")
    if data.startswith(b"PK"):
        lines, faults = from_xlsx(data)
    else:
        lines, faults = from_csv(data), []
    return {"rows": list(bounded(lines)), "faults": faults}


def bounded(lines: Lines) -> Lines:
    """The rows that hold something, as long as they are few and short enough."""
    size = count = 0
    for number, cells in lines:
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        cut = [cell[: MOST_CELL + 1] for cell in cells]
        size, count = size + sum(map(len, cut)), count + 1
        for too_many, why in (
            (count > MOST_ROWS + 1, "rows"),
            (len(cut) > MOST_COLUMNS, "columns"),
            (size > MOST_TEXT, "text"),
        ):
            if too_many:
                raise Refused(why)
        yield number, cut


def from_csv(data: bytes) -> Lines:
    """CSV in UTF-8, or in UTF-16 that says so. Any other encoding would have to be guessed."""
    text = decoded(data)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True), 1)
    except csv.Error as error:
        raise Refused("text" if "limit" in str(error) else "quotes") from None


def decoded(data: bytes) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("encoding") from None
    if CONTROLS.search(text.partition("\n")[0]):  # UTF-16 or UTF-32 that does not say so
        raise Refused("encoding")
    return text


def delimiter(text: str) -> str:
    """What parts the first line into most cells: comma, semicolon or tab."""
    first = next(filter(str.strip, io.StringIO(text)), "")
    return max(";,\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def from_xlsx(data: bytes) -> tuple[Lines, list[list[Any]]]:
    """The first sheet of a workbook, and its cells that hold no value of their own."""
    sheet = unpacked(data)
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only where it is needed: half of the start

    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    if found.total_height > TALLEST or found.total_width > MOST_COLUMNS:
        raise Refused("rows" if found.total_height > TALLEST else "columns")
    rows = [[said(cell) for cell in row] for row in found.to_python(skip_empty_area=False)]
    odd = odd_cells(sheet)
    for number, column, _why in odd:
        if number > TALLEST:
            raise Refused("rows")
        mark(rows, number, column)
    return enumerate(rows, 1), odd


def mark(rows: list[list[str]], number: int, column: int) -> None:
    """Something stands in this cell, also where nothing was computed, so that its row is not blank."""
    rows += ([] for _missing in range(number - len(rows)))
    row = rows[number - 1]
    row += [""] * (column + 1 - len(row))
    row[column] = row[column] or "#"


def unpacked(data: bytes) -> bytes:
    """The XML of the first sheet, once every member has been unpacked within the limits."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if len(names) > MEMBERS:
            raise Refused("bomb")
        if any(member.flag_bits & 1 for member in archive.infolist()):
            raise Refused("locked")
        if "xl/workbook.xml" not in names:
            raise Refused("not_xlsx")
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Refused("macros")
        left = min(UNPACKED, RATIO * len(data))
        for member in archive.infolist():
            left -= weighed(archive, member, left)
        return archive.read(first_sheet(archive))


def weighed(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """How many bytes a member unpacks to; its header is not believed. XML has no DTD and is in UTF-8."""
    size, before, first = 0, b"", True
    plain = not member.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > left:
                raise Refused("bomb")
            if not plain and (b"<!" in (seen := before + chunk) and re.search(rb"<!(DOCTYPE|ENTITY)", seen)):
                raise Refused("dtd")
            if not plain and first and b"\0" in chunk[:100]:
                raise Refused("dtd")
            before, first = chunk[-16:], False
    return size


def first_sheet(archive: zipfile.ZipFile) -> str:
    """The path of the sheet that is shown first."""
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - has no DTD, see `weighed`
    wanted = next(found.get(RELATION) for found in book.iter() if found.tag.endswith("}sheet"))
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = next(str(link.get("Target")) for link in links if link.get("Id") == wanted)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def odd_cells(sheet: bytes) -> list[list[Any]]:
    """Where formulas and errors stand: what is shown there was computed elsewhere."""
    found = []
    for pattern, why in ((FORMULA, "formula"), (ERROR, "error")):
        for cell in pattern.finditer(sheet):
            place = PLACE.search(cell[1])
            if place is None:
                raise Refused(why)
            found.append([int(place[2]), column_number(place[1].decode()), why])
    return found


def column_number(letters: str) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def said(cell: Any) -> str:
    """A cell as it would be typed: whole numbers without a point, days as 2026-11-26."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = answer(sys.stdin.buffer.read())
    except Refused as refusal:
        found = {"refused": str(refusal)}
    except MemoryError:
        found = {"refused": "memory"}
    except BaseException:  # noqa: B036 - a panic of the library is no Exception
        found = {"refused": "broken"}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
