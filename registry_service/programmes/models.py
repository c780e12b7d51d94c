"""Programmes of the roadmap and the schools enrolled in them."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from registry_service.schools.models import School
from services.database import Texts
from services.rows import ID, Dated, Identified, dated_check

DEBATE = "USHQYR_OI"


class Programme(db.Model):
    """A programme or line of the roadmap. `scope` is national, oblast or district:<code>."""

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(Texts)
    kind: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(20))
    grades: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)
    order_id: Mapped[str | None] = mapped_column(ID)
    note: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)


class Enrolment(Identified, Dated, db.Model):
    """A school takes part in a programme, from a day on."""

    __table_args__ = (
        dated_check("dates"),
        Index(
            "uq_enrolment_open",
            "programme_code",
            "school_id",
            unique=True,
            sqlite_where=db.text("valid_to IS NULL"),
            postgresql_where=db.text("valid_to IS NULL"),
        ),
        Index(None, "school_id"),
    )

    programme_code: Mapped[str] = mapped_column(ForeignKey("programme.code"))
    school_id: Mapped[str] = mapped_column(ForeignKey("school.id"))
    order_id: Mapped[str | None] = mapped_column(ID)
    school: Mapped[School] = relationship()
