"""Events, their agenda and materials, and the audience stored at publishing."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from events_service.db import db
from services.database import Instant, Texts, new_id, utcnow
from services.rows import ID, Identified

if TYPE_CHECKING:
    from events_service.fairs.models import Idea

KINDS = (
    "seminar",
    "methodical_seminar",
    "training_seminar",
    "training",
    "workshop",
    "master_class",
    "webinar",
    "online_excursion",
    "online_consultation",
    "experience_presentation",
    "thematic_week",
    "fair",
    "contest",
    "session",
    "meeting",
)
FORMATS = ("in_person", "zoom", "online", "mixed", "not_stated")
LANGUAGES = ("kk", "ru", "kk_ru", "en")
PRECISIONS = ("day", "month", "range", "half_year", "academic_year", "none")
DRAFT, PUBLISHED, CANCELLED = "draft", "published", "cancelled"
# Minutes before the start; letters that are owed name a lead by its place here, so new ones come last.
LEADS = (10080, 4320, 1440, 180, 60)
REMINDERS = (1440, 60)
RULES = ("everyone", "small_class", "centres", "cluster", "twinned", "programme", "district", "schools")


class Event(Identified, db.Model):
    """Something that happens. The counters are kept by the registrations' verbs, in their transaction.

    `sequence` and `uid` are those of RFC 5545; `version` grows with every edit (If-Match, forms);
    `turns` is the column that writers touch first, so that they take turns; `changed_at` is
    LAST-MODIFIED: the last time anything a calendar shows was changed, and `revision` grows with it.
    """

    __table_args__ = (
        CheckConstraint("seats_taken >= 0 AND waiting >= 0 AND small_taken >= 0", name="counts"),
        CheckConstraint("capacity IS NULL OR seats_taken <= capacity", name="capacity"),
        CheckConstraint("small_taken <= seats_taken", name="small_taken"),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="order"),
        Index(None, "status", "starts_at"),
        Index(None, "organisation"),
        Index(None, "status", "revision"),
    )

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    organisation: Mapped[str] = mapped_column(String(20))
    created_by: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[dict[str, str]] = mapped_column(Texts)
    description: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    search: Mapped[str] = mapped_column(String(2000), default="")
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    all_day: Mapped[bool] = mapped_column(default=False)
    date_precision: Mapped[str] = mapped_column(String(20), default="day")
    time_zone: Mapped[str] = mapped_column(String(40), default="Asia/Almaty")
    format: Mapped[str] = mapped_column(String(20), default="not_stated")
    join_url: Mapped[str] = mapped_column(String(500), default="")
    venue: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    language: Mapped[str] = mapped_column(String(10), default="kk_ru")
    subject: Mapped[str] = mapped_column(String(60), default="")
    programme: Mapped[str] = mapped_column(String(40), default="")
    capacity: Mapped[int | None]
    small_class_reserve: Mapped[int] = mapped_column(default=0)
    reserve_until: Mapped[datetime | None] = mapped_column(Instant)
    registration_opens_at: Mapped[datetime | None] = mapped_column(Instant)
    registration_closes_at: Mapped[datetime | None] = mapped_column(Instant)
    audience: Mapped[dict[str, Any]] = mapped_column(JSON, default=lambda: {"rule": "everyone"})
    audience_total: Mapped[int | None]
    reminders: Mapped[list[int]] = mapped_column(JSON, default=lambda: list(REMINDERS))
    restrict_to_audience: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(12), default=DRAFT)
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    sequence: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=0)
    turns: Mapped[int] = mapped_column(default=0)
    seats_taken: Mapped[int] = mapped_column(default=0)
    small_taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    copied_from: Mapped[str | None] = mapped_column(ID)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[list["AgendaItem"]] = relationship(cascade="all, delete-orphan", order_by="AgendaItem.id")
    materials: Mapped[list["Material"]] = relationship(cascade="all, delete-orphan", order_by="Material.id")
    slots: Mapped[list["Idea"]] = relationship(
        viewonly=True,
        primaryjoin="and_(Event.id == Idea.event_id, Idea.status == 'accepted', Idea.starts_at.is_not(None))",
        order_by="Idea.starts_at, Idea.id",
    )

    @property
    def agenda(self) -> list["AgendaItem"]:
        """The lines that stand, in order; `lines` holds the removed ones too."""
        return sorted((row for row in self.lines if row.removed_at is None), key=lambda row: row.position)

    @validates("changed_at")
    def _grow(self, _name: str, at: datetime) -> datetime:
        self.revision = (self.revision or 0) + 1
        return at


class AgendaItem(db.Model):
    """One line of the agenda: when, what, by whom.

    One with a time is a session: calendars know it by `uid`, so an edit of the agenda keeps its row.
    One that people may have seen is not deleted but leaves at `removed_at`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    title: Mapped[dict[str, str]] = mapped_column(Texts)
    presenter: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str] = mapped_column(String(10), default="")
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class Material(db.Model):
    """A link to something to read or watch; `size` in bytes where it is known."""

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), index=True)
    title: Mapped[dict[str, str]] = mapped_column(Texts)
    url: Mapped[str] = mapped_column(String(500))
    size: Mapped[int | None]


class EventAudience(db.Model):
    """The schools an event was published for, as the rule gave them on that day."""

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    school_id: Mapped[str] = mapped_column(ID, primary_key=True)


def new_uid(host: str) -> str:
    """A UID that never depends on time, title or address."""
    return f"{new_id()}@{host}"
