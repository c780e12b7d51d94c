"""Names that are almost the same: two people type one school, or one person, in two ways."""

import re
from collections import defaultdict
from difflib import SequenceMatcher

from registry_service.imports.spelling import telling

NEAR, MOST = 0.85, 40


class Likeness:
    """Names by group. Only names that share the beginning of a word, and all their numbers, are compared."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)

    def add(self, group: str, name: str, label: str) -> None:
        plain = self._plain(name)
        for place in self._places(group, plain):
            if len(self._known[place]) < MOST:
                self._known[place].append((plain, label))

    def near(self, group: str, name: str) -> str | None:
        """The label of a name that is almost this one."""
        plain = self._plain(name)
        matcher = SequenceMatcher(b=plain, autojunk=False)
        for known, label in dict.fromkeys(pair for place in self._places(group, plain) for pair in self._known[place]):
            matcher.set_seq1(known)
            if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR and matcher.ratio() >= NEAR:
                return label
        return None

    @staticmethod
    def _plain(name: str) -> str:
        """The order of words does not tell people apart."""
        return " ".join(sorted(telling(name).split(" ")))

    @staticmethod
    def _places(group: str, plain: str) -> list[tuple[str, ...]]:
        numbers = re.findall(r"\d+", plain)
        starts = {word[:3] for word in plain.split(" ") if not word.isdigit()} or {""}
        return [(group, start, *numbers) for start in sorted(starts)]
