"""Organisations and the orders they issue: the ground of every dated fact."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from services.database import Texts
from services.rows import Identified


class Organisation(db.Model):
    """Who issues orders and to whom organisers belong."""

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[dict[str, str]] = mapped_column(Texts)


class Order(Identified, db.Model):
    """An order (приказ) or another act: number, date, issuer."""

    __tablename__ = "legal_order"
    __table_args__ = (UniqueConstraint("issuer_code", "number", "issued_on"),)

    number: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date]
    issuer_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    title: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    issuer: Mapped[Organisation] = relationship(lazy="joined")
