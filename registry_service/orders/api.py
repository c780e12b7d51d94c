"""Orders as JSON."""

from functools import partial
from typing import Any

from flask import Response

from registry_service import rights
from registry_service.db import IdempotencyKey, db
from registry_service.orders import filing, grounds, queries
from registry_service.orders.schemas import (
    FactAnswer,
    GroundsAnswer,
    GroundsQuery,
    OrderAnswer,
    OrderBody,
    OrderPatch,
    OrdersQuery,
    RestingQuery,
    show_fact,
    show_ground,
    show_order,
)
from services import ledger
from services.fields import today
from services.identity import ANYONE, me
from services.paging import page_of, paged
from services.web import Api

api = Api("orders_api", __name__)
ONE = "<string(minlength=8):order_id>"  # no word of the routes beside it, so that OPTIONS names the methods of each
FactPage = page_of(FactAnswer)


@api.get("/orders", who=ANYONE)
@api.query(OrdersQuery)
@api.response(200, page_of(OrderAnswer))
def list_orders(query: dict[str, Any]) -> dict[str, Any]:
    """Orders and legal acts, newest first."""
    return paged(db.session(), queries.listed(query), query["limit"], query["cursor"], show_order)


@api.get("/orders/grounds", who=ANYONE)
@api.query(GroundsQuery)
@api.response(200, GroundsAnswer)
def list_grounds(query: dict[str, Any]) -> dict[str, Any]:
    """Every kind of fact on a day: how many there are, how many name an order, and which orders."""
    items = [show_ground(ground) for ground in grounds.on(query["as_of"] or today())]
    return {"items": items, "total": len(items), "next": None}


@api.get("/orders/missing", who=ANYONE)
@api.query(RestingQuery)
@api.response(200, FactPage)
def list_without_order(query: dict[str, Any]) -> dict[str, Any]:
    """The facts of a kind that hold on a day without an order."""
    fact = query["fact"]
    statement = grounds.without_order(fact, query["as_of"] or today())
    return paged(db.session(), statement, query["limit"], query["cursor"], partial(show_fact, fact))


@api.post("/orders", who=rights.KEEPERS)
@api.body(OrderBody)
@api.response(201, OrderAnswer)
def file_order(body: dict[str, Any]) -> Response:
    """File an order."""
    return ledger.once(db, IdempotencyKey, lambda: (show_order(filing.file(db.session(), me(), body)), 201))


@api.get(f"/orders/{ONE}", who=ANYONE)
@api.response(200, OrderAnswer)
def get_order(order_id: str) -> dict[str, Any]:
    """One order."""
    return show_order(queries.by_id(order_id))


@api.patch(f"/orders/{ONE}", who=rights.REGISTRARS)
@api.body(OrderPatch)
@api.response(200, OrderAnswer)
def amend_order(body: dict[str, Any], order_id: str) -> dict[str, Any]:
    """Correct an order."""
    with db.transaction() as session:
        return show_order(filing.amend(session, me(), order_id, body))


@api.get("/orders/<order_id>/facts", who=ANYONE)
@api.query(RestingQuery)
@api.response(200, FactPage)
def list_resting(query: dict[str, Any], order_id: str) -> dict[str, Any]:
    """What rests on an order: its statuses, attachments, twinning links or enrolments, past ones too."""
    fact = query["fact"]
    statement = grounds.resting(queries.by_id(order_id).id, fact)
    return paged(db.session(), statement, query["limit"], query["cursor"], partial(show_fact, fact))
