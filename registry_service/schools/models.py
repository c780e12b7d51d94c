"""Schools and their dated statuses."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from registry_service.territories.models import Territory
from services.database import Texts
from services.rows import ID, Dated, Identified, dated_check

KINDS = ("general", "gymnasium", "lyceum", "specialised_boarding", "innovative")
PATRON_KINDS = ("specialised_boarding", "innovative")
SMALL_CLASS, RESOURCE_CENTRE = "small_class", "resource_centre"
STATUSES = (SMALL_CLASS, RESOURCE_CENTRE)


class School(Identified, db.Model):
    """A school; `closed_on` is the first day on which it is no more."""

    __table_args__ = (Index(None, "territory_code", "sort_key"),)

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[dict[str, str]] = mapped_column(Texts)
    sort_key: Mapped[str] = mapped_column(String(200))
    search: Mapped[str] = mapped_column(String(800))
    kind: Mapped[str] = mapped_column(String(30), default="general")
    territory_code: Mapped[str] = mapped_column(ForeignKey("territory.code"))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    territory: Mapped[Territory] = relationship(lazy="joined")
    statuses: Mapped[list["SchoolStatus"]] = relationship(
        order_by="SchoolStatus.valid_from", cascade="all, delete-orphan"
    )


class SchoolStatus(Dated, db.Model):
    """Small-class school or resource centre, from a day on, by an order."""

    __table_args__ = (
        dated_check("dates"),
        Index(
            "uq_school_status_open",
            "school_id",
            "status",
            unique=True,
            sqlite_where=db.text("valid_to IS NULL"),
            postgresql_where=db.text("valid_to IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[str] = mapped_column(ForeignKey("school.id"))
    status: Mapped[str] = mapped_column(String(20))
    order_id: Mapped[str | None] = mapped_column(ID)
    school: Mapped[School] = relationship(viewonly=True)
