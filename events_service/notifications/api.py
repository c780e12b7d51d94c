"""Messages as JSON."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from events_service.db import IdempotencyKey, Notification, db
from events_service.notifications import announcing, messages, queries
from events_service.notifications.schemas import (
    MessageAnswer,
    MessageBody,
    MessageQuery,
    NotificationAnswer,
    NotificationQuery,
    ReachAnswer,
    show,
)
from services import ledger
from services.identity import holders, me
from services.paging import PageQuery, page_of, paged
from services.web import Api

api = Api("notifications_api", __name__)
ORGANISERS = holders("organiser")


@api.get("/notifications", who=ORGANISERS)
@api.query(NotificationQuery)
@api.response(200, page_of(NotificationAnswer))
def list_notifications(query: dict[str, Any]) -> dict[str, Any]:
    """Messages of one event, or of all events of the bearer's organisations, newest first."""
    event = queries.own_event(me(), query["event"]) if query["event"] else None
    rows = queries.visible(me(), event, [query["status"]] if query["status"] else [])
    if query["kind"]:
        rows = rows.where(Notification.kind == query["kind"])
    return paged(db.session(), rows, query["limit"], query["cursor"], show)


@api.post("/notifications/<int(max=2147483647):row_id>/resend", who=ORGANISERS)
@api.response(200, NotificationAnswer)
def resend(row_id: int) -> Response:
    """Try again what failed, is held back, or may not have arrived; 409 for anything else."""
    row = queries.own_message(me(), row_id)

    def effect() -> tuple[dict[str, Any], int]:
        announcing.owe_again(db.session(), me(), row)
        db.session.refresh(row)
        return show(row), 200

    return ledger.once(db, IdempotencyKey, effect)


@api.get("/events/<ref>/messages", who=ORGANISERS)
@api.query(PageQuery)
@api.response(200, page_of(MessageAnswer))
def list_messages(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """What the organisers have written to those registered for an event, newest first."""
    rows = queries.messages_of(queries.own_event(me(), ref))
    return paged(db.session(), rows, query["limit"], query["cursor"], MessageAnswer().dump)


@api.post("/events/<ref>/messages", who=ORGANISERS)
@api.query(MessageQuery)
@api.body(MessageBody)
@api.response(201, MessageAnswer)
@api.response(200, ReachAnswer)
def send_message(query: dict[str, Any], body: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Write to those registered; with `dry_run` only count them. At most ten in 24 hours for one event."""
    event = queries.own_event(me(), ref)
    if query["dry_run"]:
        found = queries.reach(event, body["sent_to"])
        return {"recipients": sum(found.values()), "by_language": found}

    def effect() -> tuple[dict[str, Any], int]:
        message, _new = messages.send(db.session(), me(), event, body)
        return MessageAnswer().dump(message), 201

    return ledger.once(db, IdempotencyKey, effect)
