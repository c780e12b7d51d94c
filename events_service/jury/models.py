"""The jury of a contest: its members, their conflicts, and what is dealt to them.

An assignment is an entry dealt to a juror, and her sheet of it. The database itself (a trigger of migration
0005) refuses an active one of an entry with which the juror has a conflict.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events_service.contests.models import OPEN, Stage
from events_service.db import db
from events_service.entries.models import Entry
from services.database import Instant, utcnow
from services.rows import ID, Identified

CHAIR, SECRETARY, MEMBER = "chair", "secretary", "member"
ROLES = (CHAIR, SECRETARY, MEMBER)
# Of the register, the first that holds, and one that only the juror knows of.
CONFLICTS = ("author", "own_school", "former_school", "cluster", "twin", "own_district", "declared")
DECLARED = "declared"
MOST_SEED = 999_999
PROPOSED, ACCEPTED, DROPPED = "proposed", "accepted", "dropped"
ACTIVE, RECUSED, REMOVED = "active", "recused", "removed"
# Why an entry was dealt: in the deal, as one that all read, instead of a recused juror, on a wide split, or as one
# that came in when the stage was open.
DEAL, ANCHOR, REDEAL, SPLIT, LATE = GROUNDS = ("deal", "anchor", "redeal", "split", "late")


class JuryMember(Identified, db.Model):
    """A member of the jury; `scores` says whether entries are dealt to her (a secretary's usually are not)."""

    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        CheckConstraint("role IN ('chair', 'secretary', 'member')", name="role"),
    )

    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[str] = mapped_column(ID, index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(2), default="kk")
    school_id: Mapped[str | None] = mapped_column(ID)
    role: Mapped[str] = mapped_column(String(10), default=MEMBER)
    scores: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)


class Conflict(db.Model):
    """A juror may not judge an entry: what the register says, or what she declared herself (`note`)."""

    __table_args__ = (Index(None, "entry_id"),)

    member_id: Mapped[str] = mapped_column(ForeignKey("jury_member.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    found_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    member: Mapped[JuryMember] = relationship()
    entry: Mapped[Entry] = relationship()


class Deal(Identified, db.Model):
    """A proposal of who reads what: `plan` is `[[entry_id, member_id, ground], …]`, `facts` what it is like."""

    __table_args__ = (Index(None, "stage_id"),)

    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"))
    seed: Mapped[int]
    status: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    plan: Mapped[list[list[str]]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    digest: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(ID)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)


class Assignment(Identified, db.Model):
    """An entry dealt to a juror, and her sheet of it. `version` grows with every save (If-Match)."""

    __table_args__ = (
        UniqueConstraint("stage_id", "entry_id", "member_id"),
        CheckConstraint("status IN ('active', 'recused', 'removed')", name="status"),
        Index(None, "member_id", "stage_id"),
        Index(None, "entry_id"),
    )

    stage_id: Mapped[str] = mapped_column(ForeignKey("stage.id"))
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("jury_member.id"))
    ground: Mapped[str] = mapped_column(String(10), default=DEAL)
    status: Mapped[str] = mapped_column(String(10), default=ACTIVE)
    reason: Mapped[str] = mapped_column(String(500), default="")
    feedback: Mapped[str] = mapped_column(String(2000), default="")
    version: Mapped[int] = mapped_column(default=1)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    reopened: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    stage: Mapped[Stage] = relationship()
    entry: Mapped[Entry] = relationship()
    member: Mapped[JuryMember] = relationship()

    @property
    def ground_told(self) -> str | None:
        """Why it was dealt: told to nobody while the stage is open, as `split` says that two others lie far apart."""
        return None if self.stage.status == OPEN else self.ground
