"""Descriptions of levels as people write them: one line each, «10 – every pupil had work»."""

import re
from collections.abc import Mapping
from typing import Any

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
            found.setdefault(_plain(points) if parts else points, {})[code] = said
    return [{"points": points, "text": said} for points, said in found.items()]


def write(levels: list[dict[str, Any]]) -> dict[str, str]:
    """Levels as lines by language."""
    texts: dict[str, list[str]] = {}
    for level in levels:
        for code, said in level["text"].items():
            texts.setdefault(code, []).append(f"{_plain(level['points'])} – {said}")
    return {code: "\n".join(lines) for code, lines in texts.items()}


def _plain(points: str) -> str:
    """«8» for «8.00»: the same number is one level in every language."""
    return points.rstrip("0").rstrip(".") if "." in points else points
