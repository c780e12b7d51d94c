"""Addresses of events: the title in Latin letters and a few random characters that never change."""

import re
import secrets

from services.text import ALPHABET

LATIN = "a a b v g g d e e zh z i i k q l m n n o o p r s t u u u f kh h ts ch sh sch - y i - e yu ya"
_LATIN = dict(zip(ALPHABET, LATIN.split(), strict=True))


def slug_of(title: str) -> str:
    """«Кәсіптік бағдар» → `kasiptik-bagdar-3f9a1c`, at most 60 characters."""
    letters = "".join(_LATIN.get(letter, letter).strip("-") for letter in title.lower())
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:50].strip("-")
    return f"{words or 'event'}-{secrets.token_hex(3)}"
