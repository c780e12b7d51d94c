"""Text the same on both engines: cleaning, folding for search, and order of the Kazakh alphabet."""

import re
import unicodedata

ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_RANK = {letter: chr(0x100 + index) for index, letter in enumerate(ALPHABET)}
_FOLD = str.maketrans("әғқңөұүһіё", "агкноуухие")
# C0 and C1 controls but for newline and tab, DEL, line and paragraph separators, surrogates.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def tidy(value: str) -> str:
    """One form of Unicode, one kind of newline, no spaces around."""
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def sort_key(value: str) -> str:
    """A key that sorts by the Kazakh alphabet by code point alone; stored beside the text.

    Digits and Latin letters come first, numbers inside a text in numeric order.
    """
    padded = re.sub(r"\d{1,12}", lambda found: found.group().zfill(12), tidy(value).lower())
    return "".join(_RANK.get(letter, letter) for letter in padded)[:200]


def fold(value: str) -> str:
    """For search: lower case, Kazakh letters as their Russian neighbours, so that «ә» finds «а»."""
    return tidy(value).lower().translate(_FOLD)


def like(value: str) -> str:
    """A LIKE pattern (escape character `\\`) that finds `value` anywhere, its own wildcards quoted."""
    quoted = re.sub(r"([\\%_])", r"\\\1", fold(value))
    return f"%{quoted}%"


def normal_mail(value: str) -> str:
    """The address by which one mailbox is known: no spaces, lower case."""
    return tidy(value).lower()
