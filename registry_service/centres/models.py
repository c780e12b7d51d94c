"""Attachment of small-class schools to resource centres."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from registry_service.schools.models import School
from services.rows import ID, Dated, Identified, dated_check


class Attachment(Identified, Dated, db.Model):
    """A school is attached to a centre; at most one open link a school."""

    __table_args__ = (
        dated_check("dates"),
        CheckConstraint("school_id <> centre_id", name="not_itself"),
        Index(
            "uq_attachment_open",
            "school_id",
            unique=True,
            sqlite_where=db.text("valid_to IS NULL"),
            postgresql_where=db.text("valid_to IS NULL"),
        ),
        Index(None, "centre_id"),
    )

    school_id: Mapped[str] = mapped_column(ForeignKey("school.id"))
    centre_id: Mapped[str] = mapped_column(ForeignKey("school.id"))
    order_id: Mapped[str | None] = mapped_column(ID)
    school: Mapped[School] = relationship(foreign_keys=[school_id])
    centre: Mapped[School] = relationship(foreign_keys=[centre_id])
