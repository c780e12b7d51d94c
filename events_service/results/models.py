"""Compilations of frozen scores, votes on ties, appeals and the corrections they lead to."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.contests.exact import POINTS
from events_service.db import db
from events_service.entries.models import Entry
from services.database import Instant, utcnow
from services.rows import ID, Identified

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
FILED, UPHELD, DISMISSED, TAKEN_BACK = "filed", "upheld", "dismissed", "withdrawn"


class Compilation(Identified, db.Model):
    """Results of one stage, compiled once and never changed; `document` is canonical JSON, byte for byte.

    It holds inputs, method, all arithmetic and the places; `inputs_hash` is the SHA-256 of the inputs.
    `done` of `total` steps is the progress while it runs; `reason` says why it failed. It is published only after
    `signed_at`, when its protocol was signed.
    """

    __table_args__ = (UniqueConstraint("stage_id", "number"), Index(None, "status"))

    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(10), default=QUEUED)
    method: Mapped[str] = mapped_column(String(40), default="")
    rules_version: Mapped[int] = mapped_column(default=1)
    inputs_hash: Mapped[str] = mapped_column(String(64), default="")
    document: Mapped[str] = mapped_column(Text, default="", deferred=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(500), default="")
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(ID)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class TieVote(Identified, db.Model):
    """The chair's recorded vote on entries that the rules leave equal: `order` ranks them, or they share a place.

    `entries` is sorted; the newest vote on the same entries counts.
    """

    __table_args__ = (Index(None, "stage_id"),)

    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"))
    entries: Mapped[list[str]] = mapped_column(JSON)
    order: Mapped[list[str]] = mapped_column("ranked", JSON, default=list)
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[str] = mapped_column(ID)
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow)


class Appeal(Identified, db.Model):
    """An entrant's appeal against the published results of a stage, and the answer on record."""

    __table_args__ = (
        CheckConstraint("status IN ('filed', 'upheld', 'dismissed', 'withdrawn')", name="status"),
        Index(None, "stage_id"),
        Index(None, "entry_id"),
    )

    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"))
    compilation_id: Mapped[str] = mapped_column(ForeignKey("compilation.id"))
    text: Mapped[str] = mapped_column(String(4000))
    status: Mapped[str] = mapped_column(String(10), default=FILED)
    answer: Mapped[str] = mapped_column(String(4000), default="")
    submission_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    filed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[str | None] = mapped_column(ID)
    entry: Mapped[Entry] = relationship()


class Correction(db.Model):
    """Points that an upheld appeal puts in the place of a juror's; the scores themselves stay as signed."""

    __table_args__ = (Index(None, "appeal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[str] = mapped_column(ForeignKey("appeal.id"))
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"))
    criterion_id: Mapped[str] = mapped_column(ForeignKey("criterion.id"))
    points: Mapped[Decimal] = mapped_column(POINTS)
    by_id: Mapped[str] = mapped_column(ID)
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
