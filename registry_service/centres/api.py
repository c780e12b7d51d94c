"""Attachments as JSON."""

from typing import Any

from flask import Response

from registry_service import rights
from registry_service.centres import attaching, queries
from registry_service.centres.schemas import (
    AttachmentAnswer,
    AttachmentBody,
    AttachmentPatch,
    AttachmentQuery,
    show_attachment,
)
from registry_service.db import IdempotencyKey, db
from services import ledger
from services.fields import today
from services.identity import ANYONE, me
from services.paging import page_of, paged
from services.web import Api

api = Api("centres_api", __name__)


@api.get("/attachments", who=ANYONE)
@api.query(AttachmentQuery)
@api.response(200, page_of(AttachmentAnswer))
def list_attachments(query: dict[str, Any]) -> dict[str, Any]:
    """Links that hold on a day."""
    statement = queries.listed(query, query["as_of"] or today())
    return paged(db.session(), statement, query["limit"], query["cursor"], show_attachment)


@api.post("/attachments", who=rights.KEEPERS)
@api.body(AttachmentBody)
@api.response(201, AttachmentAnswer)
def create_attachment(body: dict[str, Any]) -> Response:
    """Attach a school that has no centre."""

    def effect() -> tuple[dict[str, Any], int]:
        return show_attachment(attaching.attach(db.session(), me(), body)), 201

    return ledger.once(db, IdempotencyKey, effect)


@api.get("/attachments/<link_id>", who=ANYONE)
@api.response(200, AttachmentAnswer)
def get_attachment(link_id: str) -> dict[str, Any]:
    """One link, past ones too."""
    return show_attachment(queries.by_id(link_id))


@api.patch("/attachments/<link_id>", who=rights.KEEPERS)
@api.body(AttachmentPatch)
@api.response(200, AttachmentAnswer)
def change_attachment(body: dict[str, Any], link_id: str) -> dict[str, Any]:
    """Move the school to another centre (answers the new link), or end the link."""
    with db.transaction() as session:
        return show_attachment(attaching.change(session, me(), link_id, body))
