"""What organisers see of the messages that are owed to people."""

from typing import Any

from marshmallow import fields as ma

from events_service.db import Notification
from services.fields import Body, Moment, Text
from services.paging import PageQuery


class NotificationQuery(PageQuery):
    """`event` by id or slug; `status` is one of the states of a message."""

    event = Text(most=80, least=0, load_default="")
    status = Text(most=12, least=0, load_default="")


class NotificationAnswer(Body):
    """A message: to whom, why, and how far it has come."""

    id = ma.String()
    event_id = ma.String()
    kind = ma.String()
    recipient = ma.String()
    recipient_name = ma.String()
    language = ma.String()
    status = ma.String()
    attempts = ma.Integer()
    error = ma.String()
    created_at = Moment()
    due_at = Moment()
    sent_at = Moment(allow_none=True)


def show(row: Notification) -> dict[str, Any]:
    body: dict[str, Any] = NotificationAnswer().dump(row)
    return {**body, "event_id": row.topic}
