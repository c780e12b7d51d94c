"""Fairs of pedagogical ideas: sections, the ideas teachers bring, and the slots of the accepted ones."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.db import db
from events_service.events.models import Event
from services.database import Instant, Texts, utcnow
from services.rows import ID, Identified

FAIR = "fair"
DRAFT, SUBMITTED, ACCEPTED = "draft", "submitted", "accepted"
DECLINED, WITHDRAWN = "declined", "withdrawn"
LIVE = (DRAFT, SUBMITTED, ACCEPTED)
WISHES = ("talk", "master_class", "workshop", "poster")
PER_PERSON = 3


class Fair(db.Model):
    """What an event of the kind `fair` has beside its event; without a row the defaults hold."""

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    ideas_close_at: Mapped[datetime | None] = mapped_column(Instant)
    ideas_per_person: Mapped[int] = mapped_column(default=PER_PERSON)


class FairSection(Identified, db.Model):
    """A section and the weak zone it answers: a subject, a topic, the codes of the districts concerned."""

    __table_args__ = (Index(None, "event_id", "position"),)

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[dict[str, str]] = mapped_column(Texts)
    subject: Mapped[str] = mapped_column(String(60), default="")
    topic: Mapped[str] = mapped_column(String(200), default="")
    districts: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(10), default="kk_ru")
    moderator: Mapped[str] = mapped_column(String(200), default="")


class Idea(Identified, db.Model):
    """An idea of one teacher for one fair; `starts_at` and `ends_at` are its slot, once accepted.

    Of its author it keeps what is shown and what a letter needs. `minutes` is the wished length,
    `material_size` is in bytes.
    """

    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="slot"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="whole_slot"),
        Index(None, "event_id", "status"),
        Index(None, "author_id"),
    )

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    section_id: Mapped[str | None] = mapped_column(ForeignKey("fair_section.id"), index=True)
    author_id: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(2), default="kk")
    school_id: Mapped[str | None] = mapped_column(ID)
    title: Mapped[dict[str, str]] = mapped_column(Texts)
    summary: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    wish: Mapped[str] = mapped_column(String(20), default=WISHES[0])
    minutes: Mapped[int] = mapped_column(default=15)
    coauthors: Mapped[str] = mapped_column(String(300), default="")
    material_url: Mapped[str] = mapped_column(String(500), default="")
    material_size: Mapped[int | None]
    consent: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12), default=DRAFT)
    reason: Mapped[str] = mapped_column(String(500), default="")
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    place: Mapped[str] = mapped_column(String(120), default="")
    join_url: Mapped[str] = mapped_column(String(500), default="")
    submission_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    section: Mapped[FairSection | None] = relationship(lazy="joined")
    event: Mapped[Event] = relationship()
