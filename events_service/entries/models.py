"""Entries of a contest, their files, and the stages they take part in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.contests.models import Contest, Nomination
from events_service.db import db
from events_service.events.models import Event
from services.database import Instant, utcnow
from services.rows import ID, Identified

DRAFT, SUBMITTED, RETURNED = "draft", "submitted", "returned"
ADMITTED, REFUSED, WITHDRAWN, EXCLUDED = "admitted", "refused", "withdrawn", "excluded"
STATUSES = (DRAFT, SUBMITTED, RETURNED, ADMITTED, REFUSED, WITHDRAWN, EXCLUDED)
LIVE = (DRAFT, SUBMITTED, RETURNED, ADMITTED)


class Entry(Identified, db.Model):
    """One work of one teacher in one nomination.

    `school_id`, `district` and `small_class` are what the register knew on the day of entry. `number` is
    given with the first receipt and is all that a blind juror sees. `late_until` is an extension on record.
    """

    __table_args__ = (
        CheckConstraint(
            "status IN ('draft','submitted','returned','admitted','refused','withdrawn','excluded')", name="status"
        ),
        UniqueConstraint("event_id", "number"),
        Index(None, "event_id", "status"),
        Index(None, "author_id"),
        Index(
            "uq_entry_live",
            "nomination_id",
            "author_id",
            unique=True,
            sqlite_where=db.text("status IN ('draft','submitted','returned','admitted')"),
            postgresql_where=db.text("status IN ('draft','submitted','returned','admitted')"),
        ),
    )

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    nomination_id: Mapped[str] = mapped_column(ForeignKey("nomination.id"))
    number: Mapped[int | None]
    author_id: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(2), default="kk")
    school_id: Mapped[str | None] = mapped_column(ID)
    district: Mapped[str] = mapped_column(String(10), default="")
    small_class: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(String(4000), default="")
    video_url: Mapped[str] = mapped_column(String(500), default="")
    original: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12), default=DRAFT)
    reason: Mapped[str] = mapped_column(String(500), default="")
    late_until: Mapped[datetime | None] = mapped_column(Instant)
    late_reason: Mapped[str] = mapped_column(String(500), default="")
    receipt: Mapped[str] = mapped_column(String(40), default="")
    submission_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    admitted_at: Mapped[datetime | None] = mapped_column(Instant)
    event: Mapped[Event] = relationship()
    contest: Mapped[Contest] = relationship(
        viewonly=True, primaryjoin="Entry.event_id == foreign(Contest.event_id)", uselist=False
    )
    nomination: Mapped[Nomination] = relationship(lazy="joined")
    files: Mapped[list["EntryFile"]] = relationship(order_by="EntryFile.position, EntryFile.id")

    @property
    def title_told(self) -> str:
        """Its title as the jury knows it: what is not admitted, or is being mended, is its author's own."""
        return self.title if self.status == ADMITTED else ""


class EntryFile(Identified, db.Model):
    """A file of an entry; the bytes lie in the store under `key`, a copy without metadata under `blind_key`.

    Its own size is shown to jurors: that of the file would tell how long a name in the metadata is.
    """

    __table_args__ = (Index(None, "entry_id"),)

    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(100))
    blind_key: Mapped[str] = mapped_column(String(100), default="")
    blind_size: Mapped[int] = mapped_column(default=0)
    uploaded_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)


class StageEntry(db.Model):
    """An entry takes part in a stage: by admission in the first, by a published compilation in a later one."""

    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True, index=True)
    compilation_id: Mapped[str | None] = mapped_column(ID)
