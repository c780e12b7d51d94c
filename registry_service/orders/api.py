"""Orders as JSON."""

from typing import Any

from flask import Response

from registry_service import rights
from registry_service.db import IdempotencyKey, db
from registry_service.orders import filing, queries
from registry_service.orders.schemas import OrderAnswer, OrderBody, OrderPatch, show_order
from services import ledger
from services.identity import ANYONE, me
from services.paging import PageQuery, page_of, paged
from services.web import Api

api = Api("orders_api", __name__)


@api.get("/orders", who=ANYONE)
@api.query(PageQuery)
@api.response(200, page_of(OrderAnswer))
def list_orders(query: dict[str, Any]) -> dict[str, Any]:
    """Orders, newest first."""
    return paged(db.session(), queries.newest_first(), query["limit"], query["cursor"], show_order)


@api.post("/orders", who=rights.KEEPERS)
@api.body(OrderBody)
@api.response(201, OrderAnswer)
def file_order(body: dict[str, Any]) -> Response:
    """File an order."""
    return ledger.once(db, IdempotencyKey, lambda: (show_order(filing.file(db.session(), me(), body)), 201))


@api.get("/orders/<order_id>", who=ANYONE)
@api.response(200, OrderAnswer)
def get_order(order_id: str) -> dict[str, Any]:
    """One order."""
    return show_order(queries.by_id(order_id))


@api.patch("/orders/<order_id>", who=rights.REGISTRARS)
@api.body(OrderPatch)
@api.response(200, OrderAnswer)
def amend_order(body: dict[str, Any], order_id: str) -> dict[str, Any]:
    """Correct an order."""
    with db.transaction() as session:
        return show_order(filing.amend(session, me(), order_id, body))
