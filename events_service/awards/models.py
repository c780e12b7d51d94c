"""Protocols of a stage, and the diplomas, certificates and letters of thanks given on their ground."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.db import db
from events_service.entries.models import Entry
from events_service.events.models import Event
from events_service.jury.models import JuryMember
from services.database import Instant, Texts, utcnow
from services.rows import ID, Identified

DRAFT, SIGNED = "draft", "signed"
THANKS = "thanks"
KINDS = ("diploma_1", "diploma_2", "diploma_3", "certificate", THANKS)
IN_PERSON = "in_person"


class Protocol(Identified, db.Model):
    """The minutes of one stage on one compilation; a correction is a protocol of its own.

    `present` and `absent` are ids of jury members; `signatures` who signed on paper; `file_key` the scan.
    `contents` is what it said when it was signed, by language: rows may change later, a signed paper may not.
    """

    __table_args__ = (
        UniqueConstraint("compilation_id"),
        CheckConstraint("status IN ('draft', 'signed')", name="status"),
        Index(None, "stage_id"),
    )

    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"))
    compilation_id: Mapped[str] = mapped_column(ForeignKey("compilation.id"))
    number: Mapped[str] = mapped_column(String(40))
    held_on: Mapped[date]
    format: Mapped[str] = mapped_column(String(20), default=IN_PERSON)
    place: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    present: Mapped[list[str]] = mapped_column(JSON, default=list)
    absent: Mapped[list[str]] = mapped_column(JSON, default=list)
    decision: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    dissent: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    signatures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    contents: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    status: Mapped[str] = mapped_column(String(10), default=DRAFT)
    file_key: Mapped[str] = mapped_column(String(100), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_type: Mapped[str] = mapped_column(String(100), default="")
    file_size: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(ID)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)


class Award(Identified, db.Model):
    """An award with the words it was given with: of an entry, or of a juror, who is thanked.

    `code` opens the public page that checks it. An entry and a juror have one that is valid; those before it stay,
    void, and are never valid again.
    """

    __table_args__ = (
        Index(
            "uq_award_live",
            "entry_id",
            unique=True,
            sqlite_where=db.text("void_at IS NULL"),
            postgresql_where=db.text("void_at IS NULL"),
        ),
        Index(
            "uq_award_thanks",
            "member_id",
            unique=True,
            sqlite_where=db.text("void_at IS NULL"),
            postgresql_where=db.text("void_at IS NULL"),
        ),
        CheckConstraint("(entry_id IS NULL) <> (member_id IS NULL)", name="of_one"),
        UniqueConstraint("number"),
        UniqueConstraint("code"),
        Index(None, "event_id"),
    )

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"))
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("entry.id"))
    member_id: Mapped[str | None] = mapped_column(ForeignKey("jury_member.id"))
    protocol_id: Mapped[str] = mapped_column(ForeignKey("protocol.id"))
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    school: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    nomination: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    issued_on: Mapped[date]
    void_at: Mapped[datetime | None] = mapped_column(Instant)
    void_reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    event: Mapped[Event] = relationship()
    entry: Mapped[Entry | None] = relationship()
    member: Mapped[JuryMember | None] = relationship()

    @property
    def holder(self) -> Entry | JuryMember:
        """What it is for."""
        found = self.entry or self.member
        assert found is not None  # a constraint of the table
        return found

    @property
    def person_id(self) -> str:
        """Whose it is."""
        return self.holder.author_id if isinstance(self.holder, Entry) else self.holder.person_id
