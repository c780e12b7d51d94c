"""The blocks a protocol is made of, and how its numbers are written."""

from datetime import date
from typing import Any

from services.i18n import NO_BREAK, said_day

Block = dict[str, Any]


def table(
    caption: str, heads: list[str], rows: list[list[str]], widths: list[int], right: list[int] | None = None
) -> Block:
    """A table; `widths` are shares of the page, `right` the columns of numbers."""
    return {"table": {"caption": caption, "heads": heads, "rows": rows, "widths": widths, "right": right or []}}


def day(of: date) -> str:
    """As official papers write it: «2026 ж. 26 қараша», «26 ноября 2026 г.»."""
    return NO_BREAK.join(said_day(of, "long").split())


def comma(number: str | None) -> str:
    """A decimal as it is written in Kazakh and Russian; a dash where there is none."""
    return "–" if number is None else number.replace(".", ",")
