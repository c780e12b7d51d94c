"""Territories as JSON."""

from typing import Any

from registry_service.territories import queries
from registry_service.territories.schemas import TableAnswer, TerritoryQuery, show_figures, show_row
from services.fields import today
from services.identity import ANYONE
from services.web import Api

api = Api("territories_api", __name__)


@api.get("/territories", who=ANYONE)
@api.query(TerritoryQuery)
@api.response(200, TableAnswer)
def list_territories(query: dict[str, Any]) -> dict[str, Any]:
    """The figures of an oblast's districts (or cities, or both) on a day, with totals."""
    oblast, day = queries.the_oblast(query["oblast"]), query["as_of"] or today()
    rows = queries.rows(oblast.code, day, query["kind"])
    body = {
        "items": [show_row(row) for row in rows],
        "totals": show_figures(queries.total(rows)),
        "total": len(rows),
        "next": None,
        "oblast": oblast.code,
        "as_of": day,
    }
    shown: dict[str, Any] = TableAnswer().dump(body)
    return shown
