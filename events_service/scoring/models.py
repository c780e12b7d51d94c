"""Scores of the jury: only ever added; the newest row of an assignment and criterion counts.

The database itself (triggers of migration 0005) refuses a score that is changed or deleted, out of range, of
an assignment that is not active or is signed, of an entry with which the juror has a conflict, or of a stage
that is not open.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.contests.exact import POINTS
from events_service.contests.models import Criterion
from events_service.db import db
from services.database import Instant, utcnow
from services.rows import ID


class Score(db.Model):
    """Points of one criterion as saved at one version of the sheet; None takes them back."""

    __table_args__ = (
        UniqueConstraint("assignment_id", "criterion_id", "version"),
        CheckConstraint("points IS NULL OR points >= 0", name="points"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"))
    criterion_id: Mapped[str] = mapped_column(ForeignKey("criterion.id"))
    version: Mapped[int]
    points: Mapped[Decimal | None] = mapped_column(POINTS)
    by_id: Mapped[str] = mapped_column(ID)
    at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    criterion: Mapped[Criterion] = relationship()
