"""Lists that grow: `limit` and an opaque `cursor` in, `items`, `total` and `next` out."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from marshmallow import fields as ma
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.errors import Invalid
from services.fields import Body, Text, Whole

MOST = 200
DEEPEST = 1_000_000


class PageQuery(Body):
    """The two parameters of every list."""

    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=100, least=0, load_default="")
    lang = Text(most=5, least=0, load_default="")


def page_of(item: type[Any]) -> type[Body]:
    """The schema of an answered page of `item`."""
    name = item.__name__.removesuffix("Schema") + "Page"
    members = {"items": ma.List(ma.Nested(item)), "total": ma.Integer(), "next": ma.String(allow_none=True)}
    return type(name, (Body,), members)


def paged(
    session: Session, statement: Select[Any], limit: int, cursor: str, show: Callable[[Any], Any]
) -> dict[str, Any]:
    """One page of an ordered SELECT of one entity."""
    start = read_cursor(cursor)
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = session.scalars(statement.offset(start).limit(limit)).unique().all()
    end = start + len(rows)
    return {"items": [show(row) for row in rows], "total": total, "next": make_cursor(end) if end < total else None}


def make_cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii"))
    except (binascii.Error, ValueError):
        offset = -1
    if not 0 <= offset <= DEEPEST:
        raise Invalid({"cursor": ["the cursor is not one of ours"]})
    return offset
