"""The little language of organisers' own words: names of a short list within braces, and nothing else.

Nothing in a text is ever run or looked into: a name stands for one ready value, which is put in once
and is not read again (docs/decisions/0035).
"""

import re
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

NAMES = {
    "title": _l("title of the event"),
    "name": _l("name of the reader"),
    "when": _l("day and time"),
    "where": _l("place"),
    "position": _l("number on the waiting list"),
    "link": _l("link to the event"),
    "organiser": _l("your organisation"),
}
_PIECE = re.compile(r"[^{}]+|\{(\w{1,40})\}|[{}]")


def fault(text: str, names: Iterable[str]) -> str:
    """What is wrong with a text, in the reader's words; empty for a good one."""
    known = list(names)
    for piece in _PIECE.finditer(text):
        if piece[1] and piece[1] not in known:
            allowed = " ".join(f"{{{name}}}" for name in known)
            return str(
                _("{%(name)s} is not in the list. These can be used: %(allowed)s", name=piece[1], allowed=allowed)
            )
        if piece[0] in "{}":
            return str(_("Braces stand only around a word of the list, as in {title}"))
    return ""


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its names replaced; what is put in is not looked at again."""
    return _PIECE.sub(lambda piece: values.get(piece[1], "") if piece[1] else piece[0], text)
