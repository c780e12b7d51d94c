"""Descriptions of levels as people write them: one line each, «10 – every pupil had work»."""

import re
from collections.abc import Mapping
from typing import Any

from services.i18n import LANGUAGES

LINE = re.compile(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*[–—:=-]+\s*(.+)", re.DOTALL)


def read(texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Lines by language as levels for the schema, one for each number of points.

    A line that does not begin with points stands whole in their place, so that the schema refuses it.
    """
    found: dict[str, dict[str, str]] = {}
    for code, text in texts.items():
        for line in filter(None, map(str.strip, text.splitlines())):
            parts = LINE.fullmatch(line)
            points, said = (parts[1].replace(",", "."), parts[2]) if parts else (line, line)
            found.setdefault(plain(points) if parts else points, {})[code] = said
    return [{"points": points, "text": said} for points, said in found.items()]


def unread(texts: Mapping[str, str]) -> str:
    """The language in which a line does not begin with points; the first one where all do."""
    lines = {code: filter(None, map(str.strip, texts.get(code, "").splitlines())) for code in LANGUAGES}
    return next((code for code in LANGUAGES if not all(map(LINE.fullmatch, lines[code]))), LANGUAGES[0])


def write(levels: list[dict[str, Any]]) -> dict[str, str]:
    """Levels as lines by language."""
    texts: dict[str, list[str]] = {}
    for level in levels:
        for code, said in level["text"].items():
            texts.setdefault(code, []).append(f"{plain(level['points'])} – {said}")
    return {code: "\n".join(lines) for code, lines in texts.items()}


def plain(points: str) -> str:
    """«8» for «8.00»: the same number is one level in every language."""
    return points.rstrip("0").rstrip(".") if "." in points else points
