"""What organisers see of the messages that are owed to people, and what they write themselves."""

from typing import Any

from marshmallow import fields as ma

from events_service.db import Notification
from events_service.notifications import reasons
from events_service.notifications.queries import WHOM
from events_service.notifications.words import KINDS
from services.fields import Body, Choice, Flag, Moment, Text, Translated
from services.paging import PageQuery
from services.rows import STATUSES


class NotificationQuery(PageQuery):
    """`event` by id or slug; `status` and `kind` as a message has them, empty for all."""

    event = Text(most=80, least=0, load_default="")
    status = Choice(("", *STATUSES), load_default="")
    kind = Choice(("", *KINDS), load_default="")


class NotificationAnswer(Body):
    """A message: to whom, why, and how far it has come.

    `error` is what the mail server said last, `reason` the same in the reader's words.
    """

    id = ma.String()
    event_id = ma.String()
    kind = ma.String()
    recipient = ma.String()
    recipient_name = ma.String()
    language = ma.String()
    status = ma.String()
    attempts = ma.Integer()
    error = ma.String()
    reason = ma.String()
    created_at = Moment()
    due_at = Moment()
    sent_at = Moment(allow_none=True)


class MessageBody(Body):
    """An organiser's message: whom it is for, and its subject and text in one language at least."""

    sent_to = Choice(tuple(WHOM), required=True)
    subject = Translated(required=True, most=150)
    body = Translated(required=True, most=4000, lines=True)


class MessageQuery(Body):
    """With `dry_run` nothing is sent: the answer says how many would get it."""

    dry_run = Flag(load_default=False)


class MessageAnswer(Body):
    """A message that was sent, and to how many."""

    id = ma.Integer()
    event_id = ma.String()
    sent_to = ma.String()
    subject = ma.Dict()
    body = ma.Dict()
    recipients = ma.Integer()
    created_at = Moment()


class ReachAnswer(Body):
    """How many would get a message, in all and by the language they read."""

    recipients = ma.Integer()
    by_language = ma.Dict()


class WordsBody(Body):
    """An organisation's own subject and first words of a letter; what is empty stays as ours."""

    subject = Translated(most=200, allow_none=True, load_default=dict)
    lead = Translated(most=2000, lines=True, allow_none=True, load_default=dict)


def show(row: Notification) -> dict[str, Any]:
    body: dict[str, Any] = NotificationAnswer().dump(row)
    return {**body, "event_id": row.topic, "reason": reasons.of(row)}
