"""Contests: what an event of the kind `contest` has beside its event: rules, nominations, stages, criteria.

Rules may be changed until the first stage opens (`frozen_at`); `rules_version` grows with every change.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.contests.exact import POINTS, WEIGHT
from events_service.db import db
from events_service.events.models import Event
from services.database import Instant, Texts
from services.rows import ID, Identified

CONTEST = "contest"
PLANNED, OPEN, CLOSED = "planned", "open", "closed"
STAGE_KINDS = ("school", "district", "remote", "final")
ELIGIBLE = ("small_class", "small_class_or_centre", "anyone")


class Contest(db.Model):
    """The contest of an event. `rules` is what `contests.rules.Rules` reads; `ground_*` is the order it stands on."""

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), default="")
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rules_version: Mapped[int] = mapped_column(default=1)
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)
    ground_number: Mapped[str] = mapped_column(String(40), default="")
    ground_date: Mapped[date | None]
    entries_open_at: Mapped[datetime | None] = mapped_column(Instant)
    entries_close_at: Mapped[datetime | None] = mapped_column(Instant)
    last_number: Mapped[int] = mapped_column(default=0)
    event: Mapped[Event] = relationship(lazy="joined")


class Nomination(Identified, db.Model):
    """What is judged apart from the rest, with criteria and weights of its own."""

    __table_args__ = (UniqueConstraint("event_id", "code"),)

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[dict[str, str]] = mapped_column(Texts)


class Stage(Identified, db.Model):
    """One round of judging. `turns` is the column that all writers of the stage touch first.

    `weight` is its part of the total; a `blind` stage shows jurors neither author nor school.
    `closes_at` is the jury's deadline. `compilation_id` is the compilation that is published.
    `threshold` and `district_cap` say who goes on from it; None is what the rules say.
    """

    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("status IN ('planned', 'open', 'closed')", name="status"),
        CheckConstraint("weight >= 0", name="weight"),
    )

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(10), default="remote")
    title: Mapped[dict[str, str]] = mapped_column(Texts)
    weight: Mapped[Decimal] = mapped_column(WEIGHT)
    blind: Mapped[bool] = mapped_column(default=False)
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    threshold: Mapped[Decimal | None] = mapped_column(POINTS)
    district_cap: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(10), default=PLANNED)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    compilation_id: Mapped[str | None] = mapped_column(ID)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    turns: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Criterion(Identified, db.Model):
    """One line of a score sheet: 0 to `max_points`, and its weight among those of its nomination and stage.

    `levels` describes what points mean: `[{"points": "8", "text": {…}}, …]`.
    """

    __table_args__ = (
        UniqueConstraint("nomination_id", "stage_id", "code"),
        CheckConstraint("max_points > 0", name="max_points"),
        CheckConstraint("weight >= 0", name="weight"),
        Index(None, "stage_id"),
    )

    nomination_id: Mapped[str] = mapped_column(ForeignKey("nomination.id"))
    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[dict[str, str]] = mapped_column(Texts)
    max_points: Mapped[Decimal] = mapped_column(POINTS)
    weight: Mapped[Decimal] = mapped_column(WEIGHT)
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
