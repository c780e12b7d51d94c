"""Messages as JSON."""

from typing import Any

from events_service.db import db
from events_service.notifications import queries
from events_service.notifications.schemas import NotificationAnswer, NotificationQuery, show
from services.identity import holders, me
from services.paging import page_of, paged
from services.web import Api

api = Api("notifications_api", __name__)


@api.get("/notifications", who=holders("organiser"))
@api.query(NotificationQuery)
@api.response(200, page_of(NotificationAnswer))
def list_notifications(query: dict[str, Any]) -> dict[str, Any]:
    """Messages of one event, or of all events of the bearer's organisations, newest first."""
    event = queries.own_event(me(), query["event"]) if query["event"] else None
    rows = queries.visible(me(), event, [query["status"]] if query["status"] else [])
    return paged(db.session(), rows, query["limit"], query["cursor"], show)
