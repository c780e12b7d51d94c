"""A file put forward for the register: what each of its rows would do, kept for a day."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from registry_service.db import db
from services.database import Instant, utcnow
from services.rows import ID, Identified

NEW, CHANGED, UNCHANGED, REJECTED = "new", "changed", "unchanged", "rejected"
STATUSES = (REJECTED, CHANGED, NEW, UNCHANGED)
CHECKED, DONE = "checked", "done"


class ImportRun(Identified, db.Model):
    """One file of one person: `checked` after the dry run, `done` once it is in the register.

    `ground` is what the form says for the whole file; `language` is the one its reasons are written in.
    """

    kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[str] = mapped_column(ID, index=True)
    filename: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10), default=CHECKED)
    ground: Mapped[dict[str, Any]] = mapped_column(JSON)
    head: Mapped[list[str]] = mapped_column(JSON)
    unread: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class ImportRow(db.Model):
    """A row of the file, by its number there: the cells as they were, and what they come to.

    `verb` with `body`, `target` and `version` is what confirming does. `differences` are
    [column, old, new], `faults` and `warnings` [column, sentence].
    """

    __table_args__ = (Index(None, "run_id", "status", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("import_run.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    cells: Mapped[list[str]] = mapped_column(JSON)
    verb: Mapped[str] = mapped_column(String(20), default="")
    target: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[int | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    differences: Mapped[list[list[str]]] = mapped_column(JSON)
    faults: Mapped[list[list[str]]] = mapped_column(JSON)
    warnings: Mapped[list[list[str]]] = mapped_column(JSON)
