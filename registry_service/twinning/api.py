"""Twinning links as JSON."""

from typing import Any

from flask import Response

from registry_service import rights
from registry_service.db import IdempotencyKey, db
from registry_service.twinning import linking, queries
from registry_service.twinning.schemas import (
    TwinningAnswer,
    TwinningBody,
    TwinningPatch,
    TwinningQuery,
    show_link,
)
from services import ledger
from services.fields import today
from services.identity import ANYONE, me
from services.paging import page_of, paged
from services.web import Api

api = Api("twinning_api", __name__)


@api.get("/twinning", who=ANYONE)
@api.query(TwinningQuery)
@api.response(200, page_of(TwinningAnswer))
def list_links(query: dict[str, Any]) -> dict[str, Any]:
    """Links that hold on a day."""
    statement = queries.listed(query, query["as_of"] or today())
    return paged(db.session(), statement, query["limit"], query["cursor"], show_link)


@api.post("/twinning", who=rights.KEEPERS)
@api.body(TwinningBody)
@api.response(201, TwinningAnswer)
def create_link(body: dict[str, Any]) -> Response:
    """Twin a school with a patron."""
    return ledger.once(db, IdempotencyKey, lambda: (show_link(linking.link(db.session(), me(), body)), 201))


@api.get("/twinning/<link_id>", who=ANYONE)
@api.response(200, TwinningAnswer)
def get_link(link_id: str) -> dict[str, Any]:
    """One link, past ones too."""
    return show_link(queries.by_id(link_id))


@api.patch("/twinning/<link_id>", who=rights.KEEPERS)
@api.body(TwinningPatch)
@api.response(200, TwinningAnswer)
def change_link(body: dict[str, Any], link_id: str) -> dict[str, Any]:
    """End a link on `valid_to`, or name the order behind it."""
    with db.transaction() as session:
        return show_link(linking.change(session, me(), link_id, body))
