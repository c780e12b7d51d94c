"""What is asked and answered about imports."""

from typing import Any

from marshmallow import fields as ma
from marshmallow import pre_load

from registry_service.asking import Question
from registry_service.imports.columns import KINDS
from registry_service.imports.models import STATUSES, ImportRow, ImportRun
from services.fields import Body, Choice, Day, Flag, Text
from services.i18n import stamp
from services.paging import PageQuery


class ImportBody(Body):
    """What the form says for the whole file. Without a reason the name of the file stands for it."""

    kind = Choice(tuple(KINDS), required=True)
    valid_from = Day(allow_none=True, load_default=None)
    order_id = Text(most=40, allow_none=True, load_default=None)
    reason = Text(most=400, lines=True, allow_none=True, load_default=None)

    @pre_load
    def order_as_order_id(self, data: Any, **kwargs: Any) -> Any:
        """`order` is taken for `order_id`."""
        return {**data, "order_id": data["order"]} if data.get("order") and not data.get("order_id") else data


class ImportQuery(Question, ImportBody):
    """The same in an address, and whether the file is only to be checked."""

    order = Text(most=40, load_default="")
    dry_run = Flag(load_default=True)
    lang = Text(most=5, load_default="")


class RowQuery(PageQuery, Question):
    """Which rows."""

    status = Choice(STATUSES, load_default="")


class RejectedAnswer(Body):
    """A reason against a row: its number in the file, the column, and the sentence."""

    row = ma.Integer()
    column = ma.String()
    reason = ma.String()


class ImportAnswer(Body):
    """How the rows of a file turn out (`checked`), or have turned out (`done`). `accepted` are all but the rejected."""

    id = ma.String()
    kind = ma.String()
    state = ma.String()
    dry_run = ma.Boolean()
    digest = ma.String()
    expires_at = ma.String()
    rows = ma.Integer()
    accepted = ma.Integer()
    new = ma.Integer()
    changed = ma.Integer()
    unchanged = ma.Integer()
    rejected = ma.List(ma.Nested(RejectedAnswer))
    warnings = ma.List(ma.Nested(RejectedAnswer))
    unread_columns = ma.List(ma.String())


class RowAnswer(Body):
    """A row: what becomes of which column, or why it is rejected."""

    row = ma.Integer()
    status = ma.String()
    changes = ma.List(ma.Dict())
    rejected = ma.List(ma.Nested(RejectedAnswer))
    warnings = ma.List(ma.Nested(RejectedAnswer))


def said_of(row: ImportRow, sentences: list[list[str]]) -> list[dict[str, Any]]:
    return [{"row": row.number, "column": column, "reason": reason} for column, reason in sentences]


def show_run(run: ImportRun, counts: dict[str, int], rejected: list[ImportRow], warned: list[ImportRow]) -> Any:
    total = sum(counts.values())
    return {
        **{name: getattr(run, name) for name in ("id", "kind", "state", "digest")},
        "dry_run": run.state == "checked",
        "expires_at": stamp(run.expires_at),
        "rows": total,
        "accepted": total - counts["rejected"],
        **{status: counts[status] for status in ("new", "changed", "unchanged")},
        "rejected": [line for row in rejected for line in said_of(row, row.faults)],
        "warnings": [line for row in warned for line in said_of(row, row.warnings)],
        "unread_columns": run.unread,
    }


def show_row(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row.number,
        "status": row.status,
        "changes": [{"column": column, "old": old, "new": new} for column, old, new in row.differences],
        "rejected": said_of(row, row.faults),
        "warnings": said_of(row, row.warnings),
    }
