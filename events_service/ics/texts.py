"""Text and addresses fit for a calendar file, before the library escapes them: nothing in a value can end its line."""

import re
from urllib.parse import quote

from services.text import UNSAFE, tidy

LONGEST_LINE = 1000
# A byte order mark at the start of a value would be lost in reading.
_UNSEEN = re.compile(rf"{UNSAFE.pattern}|\ufeff")
# Few programs know how RFC 6868 writes a quotation mark; many take a backslash for an escape.
_IN_PARAMETER = str.maketrans({'"': "'", "\\": "/"})
_URL_LETTERS = ":/?#[]@!$&'()*+,;=%"


def clean(value: str) -> str:
    """Text that cannot end a line of the file: no control characters but the newline."""
    kept = _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    # The library takes a typed \N (as in C:\New) for a line break; a typed \n it leaves alone.
    return tidy(kept.replace("\\N", "\\n"))


def one_line(value: str) -> str:
    """Clean text without newlines, cut where no calendar program would show it anyway."""
    return clean(value).replace("\n", " ")[:LONGEST_LINE].strip()


def parameter(value: str) -> str:
    """Text of a person as the value of a parameter."""
    return one_line(value).translate(_IN_PARAMETER)


def url_of(value: str) -> str:
    """A web address in ASCII, or nothing: URL values are written as they are."""
    url = quote(re.sub(r"\s", "", clean(value)), safe=_URL_LETTERS)
    return url if url.startswith(("https://", "http://")) else ""


def mailto(mail: str) -> str:
    return "mailto:" + quote(re.sub(r"\s", "", clean(mail)), safe="@!$'*+=^`{|}~")
