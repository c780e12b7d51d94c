"""Twinning: a rural school and the strong town school that supports it under an order."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from registry_service.schools.models import School
from services.rows import ID, Dated, Identified, dated_check


class TwinningLink(Identified, Dated, db.Model):
    """A school and its patron; one open link for a pair."""

    __table_args__ = (
        dated_check("dates"),
        CheckConstraint("school_id <> patron_id", name="not_itself"),
        Index(
            "uq_twinning_link_open",
            "school_id",
            "patron_id",
            unique=True,
            sqlite_where=db.text("valid_to IS NULL"),
            postgresql_where=db.text("valid_to IS NULL"),
        ),
        Index(None, "patron_id"),
    )

    school_id: Mapped[str] = mapped_column(ForeignKey("school.id"))
    patron_id: Mapped[str] = mapped_column(ForeignKey("school.id"))
    order_id: Mapped[str | None] = mapped_column(ID)
    school: Mapped[School] = relationship(foreign_keys=[school_id])
    patron: Mapped[School] = relationship(foreign_keys=[patron_id])
