"""The blocks a protocol is made of, and how its numbers are written."""

from typing import Any

Block = dict[str, Any]


def table(
    caption: str, heads: list[str], rows: list[list[str]], widths: list[int], right: list[int] | None = None
) -> Block:
    """A table; `widths` are shares of the page, `right` the columns of numbers."""
    return {"table": {"caption": caption, "heads": heads, "rows": rows, "widths": widths, "right": right or []}}


def comma(number: str | None) -> str:
    """A decimal as it is written in Kazakh and Russian; a dash where there is none."""
    return "–" if number is None else number.replace(".", ",")
