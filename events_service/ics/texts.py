"""Text, addresses and stamps as a calendar file holds them: nothing in a value can end its line."""

import re
from datetime import UTC, datetime
from urllib.parse import quote

from services.text import UNSAFE, tidy

LONGEST_LINE = 1000
WIDTH = 75  # octets of a line, its end not counted
# A byte order mark at the start of a value would be lost in reading.
_UNSEEN = re.compile(rf"{UNSAFE.pattern}|\ufeff")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# Few programs know how RFC 6868 writes a quotation mark; many take a backslash for an escape.
_IN_PARAMETER = str.maketrans({'"': "'", "\\": "/", "^": "^^"})
_URL_LETTERS = ":/?#[]@!$&'()*+,;=%"


def clean(value: str) -> str:
    """Text that cannot end a line of the file: no control characters but the newline."""
    kept = _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    # Readers take a typed \N (as in C:\New) for a line break; a typed \n they leave alone.
    return tidy(kept.replace("\\N", "\\n"))


def one_line(value: str) -> str:
    """Clean text without newlines, cut where no calendar program would show it anyway."""
    return clean(value).replace("\n", " ")[:LONGEST_LINE].strip()


def escaped(value: str) -> str:
    """Clean text as a value of type TEXT."""
    return value.translate(_ESCAPED)


def parameter(value: str) -> str:
    """Text of a person as the quoted value of a parameter."""
    return f'"{one_line(value).translate(_IN_PARAMETER)}"'


def url_of(value: str) -> str:
    """A web address in ASCII, or nothing: URL values are written as they are."""
    url = quote(re.sub(r"\s", "", clean(value)), safe=_URL_LETTERS)
    return url if url.startswith(("https://", "http://")) else ""


def mailto(mail: str) -> str:
    return "mailto:" + quote(re.sub(r"\s", "", clean(mail)), safe="@!$'*+=^`{|}~")


def stamp(at: datetime) -> str:
    """An aware time in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def fold(line: str) -> bytes:
    """A line as bytes, broken between letters where it is longer than calendar programs take (RFC 5545, 3.1)."""
    raw, parts, begin, width = line.encode(), list[bytes](), 0, WIDTH
    while len(raw) - begin > width:
        end = begin + width
        while raw[end] & 0xC0 == 0x80:  # inside a letter
            end -= 1
        parts.append(raw[begin:end])
        begin, width = end, WIDTH - 1
    return b"\r\n ".join([*parts, raw[begin:]]) + b"\r\n"
