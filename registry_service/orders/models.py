"""Organisations and the orders they issue: the ground of every dated fact."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from services.database import Texts
from services.rows import Identified
from services.text import fold


class Organisation(db.Model):
    """Who issues orders and to whom organisers belong."""

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[dict[str, str]] = mapped_column(Texts)


ORDER, LEGAL_ACT = "order", "legal_act"
KINDS = (ORDER, LEGAL_ACT)
MOST_SEARCH = 1200


class Order(Identified, db.Model):
    """An order (приказ) or a legal act (model rules): number, date, issuer, and where its text can be read."""

    __tablename__ = "legal_order"
    __table_args__ = (UniqueConstraint("issuer_code", "number", "issued_on"),)

    kind: Mapped[str] = mapped_column(String(12), default=ORDER, server_default=ORDER)
    number: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date]
    issuer_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    title: Mapped[dict[str, str]] = mapped_column(Texts, default=dict)
    url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    search: Mapped[str] = mapped_column(String(MOST_SEARCH), default="", server_default="")
    issuer: Mapped[Organisation] = relationship(lazy="joined")


def search_words(number: str, title: Mapping[str, str] | None) -> str:
    """What an order is found by: its number and its title in every language, folded."""
    return " ".join(fold(text) for text in (number, *(title or {}).values()))[:MOST_SEARCH]
