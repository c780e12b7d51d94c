"""Oblasts and their territories: rural districts and cities, with dated membership of an oblast."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from services.database import Texts
from services.rows import ID, Dated, dated_check

KINDS = ("district", "city")


class Oblast(db.Model):
    """A region; `code` is ours (KRG, ULT)."""

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(Texts)


class Territory(db.Model):
    """A district or a city of an oblast. `aliases` are spellings met in documents."""

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[dict[str, str]] = mapped_column(Texts)
    aliases: Mapped[list[str]] = mapped_column(db.JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)
    memberships: Mapped[list["TerritoryOblast"]] = relationship(
        order_by="TerritoryOblast.valid_from", cascade="all, delete-orphan"
    )


class TerritoryOblast(Dated, db.Model):
    """Which oblast a territory lies in, and its КАТО code, from a day on."""

    __table_args__ = (dated_check("dates"), Index(None, "territory_code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_code: Mapped[str] = mapped_column(ForeignKey("territory.code"))
    oblast_code: Mapped[str] = mapped_column(ForeignKey("oblast.code"))
    kato: Mapped[str] = mapped_column(String(9))
    order_id: Mapped[str | None] = mapped_column(ID)
