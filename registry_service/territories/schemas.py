"""What may be asked about territories, and what is answered."""

from typing import Any

from marshmallow import fields as ma

from registry_service.asking import Question
from registry_service.territories.models import KINDS
from registry_service.territories.queries import COUNTS, Figures, Row
from services.fields import Body, Choice, Day, Text


class TerritoryQuery(Question):
    """Of which oblast, on which day; the default is the department's own oblast, today."""

    oblast = Text(most=10, load_default="")
    as_of = Day(load_default=None)
    kind = Choice((*KINDS, "all"), load_default="district")
    lang = Text(most=5, load_default="")


class FiguresAnswer(Body):
    """`small_share` is in percent, from the sums."""

    schools = ma.Integer()
    small = ma.Integer()
    small_share = ma.Float(allow_none=True)
    centres = ma.Integer()
    attached = ma.Integer()
    twinned = ma.Integer()
    debate = ma.Integer()


class TerritoryAnswer(FiguresAnswer):
    """A territory and its figures."""

    code = ma.String()
    kind = ma.String()
    name = ma.Dict()


class TableAnswer(Body):
    """The table of an oblast on a day."""

    items = ma.List(ma.Nested(TerritoryAnswer))
    totals = ma.Nested(FiguresAnswer)
    total = ma.Integer()
    next = ma.String(allow_none=True)
    oblast = ma.String()
    as_of = ma.Date()


def show_figures(figures: Figures) -> dict[str, Any]:
    return {**{name: getattr(figures, name) for name in COUNTS}, "small_share": figures.small_share}


def show_row(row: Row) -> dict[str, Any]:
    territory = row.territory
    named = {"code": territory.code, "kind": territory.kind, "name": territory.name}
    return {**named, **show_figures(row.figures)}
