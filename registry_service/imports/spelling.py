"""How people write the words of the register: heads of columns, yes and no, kinds of school.

The spellings are rows of `spellings.csv`; what the pages themselves say, in each language, is
understood too, so that an exported file can be put forward again.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import force_locale

from registry_service.imports.words import COLUMNS
from registry_service.people.words import ROLE_NAMES
from registry_service.schools.words import KIND_NAMES
from services.i18n import LABELS, LANGUAGES
from services.text import fold

DATA = Path(__file__).with_name("spellings.csv")


def key(text: str) -> str:
    """What two spellings of one word have in common."""
    return re.sub(r"[\s_.,:;*\"'«»()/-]+", " ", fold(text)).strip() or fold(text)


@lru_cache(maxsize=1)
def _kept() -> dict[str, list[tuple[str, str]]]:
    """(meaning, spelling) by what they are spellings of."""
    found: dict[str, list[tuple[str, str]]] = {}
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["of"], []).extend((row["means"], word) for word in row["spelling"].split("|"))
    return found


@lru_cache(maxsize=8)
def meanings(of: str) -> dict[str, str]:
    """What the spellings of `yes_no`, `kind`, `language` or `role` mean."""
    shown: dict[str, Mapping[str, Any]] = {
        "kind": KIND_NAMES,
        "role": ROLE_NAMES,
        "language": {code: label[1] for code, label in LABELS.items()},
    }
    pairs = [*_kept().get(of, []), *_in_all_languages(shown.get(of, {}))]
    return {key(spelling): meaning for meaning, spelling in pairs}


@lru_cache(maxsize=8)
def heads(columns: tuple[str, ...]) -> dict[str, str]:
    """What the heads of a table mean that may have these columns."""
    labels = _in_all_languages({name: COLUMNS[name] for name in columns if name in COLUMNS})
    pairs = [pair for pair in [*_kept()["column"], *labels] if pair[0] in columns]
    return {key(spelling): meaning for meaning, spelling in pairs}


@lru_cache(maxsize=1)
def filler() -> frozenset[str]:
    """Words that do not tell one place or school from another."""
    return frozenset(key(spelling) for _none, spelling in _kept()["filler"])


def telling(text: str) -> str:
    """The words that do: «Абайский район» and «Абайский» are one place."""
    words = [word for word in key(text).split(" ") if word not in filler()]
    return " ".join(words) or key(text)


def _in_all_languages(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [(meaning, meaning) for meaning in words]
    for language in LANGUAGES:
        with force_locale(language):
            found += [(meaning, str(word)) for meaning, word in words.items()]
    return found


def single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Spellings that mean one thing only."""
    found: dict[str, str] = {}
    doubtful = set()
    for meaning, spelling in pairs:
        if found.setdefault(spelling, meaning) != meaning:
            doubtful.add(spelling)
    return {spelling: meaning for spelling, meaning in found.items() if spelling not in doubtful}
