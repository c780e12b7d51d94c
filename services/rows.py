"""Rows that every service has, as mixins: each service keeps its own tables of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, Index, String, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from services.database import Instant, new_id, utcnow

ID = String(32)
QUEUED = "queued"
STATUSES = ("queued", "sending", "sent", "failed", "uncertain", "superseded", "held")


class Identified:
    """A random public id as primary key."""

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)


class Dated:
    """A fact that holds from a day until the day before another (`valid_to` is exclusive)."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    @classmethod
    def on(cls, day: date | ColumnElement[date]) -> ColumnElement[bool]:
        """Holds on that day."""
        return and_(cls.valid_from <= day, or_(cls.valid_to.is_(None), cls.valid_to > day))

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def dated_check(name: str) -> CheckConstraint:
    return CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=name)


class AuditRow:
    """Who changed what: old and new values, when it holds from, on what ground and why."""

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    actor_id: Mapped[str] = mapped_column(ID)
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(ID)
    old: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    new: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    valid_from: Mapped[date | None]
    order_id: Mapped[str | None] = mapped_column(ID)
    reason: Mapped[str] = mapped_column(String(500), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (Index(None, "entity", "entity_id", "id"),)


class ChangeRow:
    """One line of the change feed; what the row is now is joined when the feed is read."""

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(ID)
    op: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow)


class CounterRow:
    """A counter taken in the same transaction as what it numbers, so that no number comes late."""

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class NotificationRow:
    """A message that is owed to somebody: written with its cause, sent later, never lost.

    `sequence` is the version of its cause, so that a repeated cause cannot make a second row.
    `rendered` is kept from the try on that may have given it away, so that every copy says the same.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(320))
    recipient_id: Mapped[str | None] = mapped_column(ID)
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2), default="kk")
    kind: Mapped[str] = mapped_column(String(40))
    subject_ref: Mapped[str] = mapped_column(ID)
    sequence: Mapped[int] = mapped_column(default=0)
    topic: Mapped[str] = mapped_column(ID, default="")
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rendered: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    status: Mapped[str] = mapped_column(String(12), default=QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(ID)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    due_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(String(500), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (
            UniqueConstraint("recipient", "kind", "subject_ref", "sequence"),
            Index(None, "status", "due_at"),
            Index(None, "topic", "id"),
        )


class IdempotencyRow:
    """The answer to a request that carried a key, kept in the transaction of its effect."""

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[str] = mapped_column(ID)
    route: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow, index=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (UniqueConstraint("actor_id", "route", "key"),)


class JobRunRow:
    """One run of a periodic job in its slot: the insert wins, the loser leaves."""

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (UniqueConstraint("job", "slot"),)
