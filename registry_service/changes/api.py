"""The change feed as JSON, for services with a key."""

from typing import Any

from marshmallow import fields as ma

from registry_service.changes import queries
from services.fields import Body, Whole
from services.identity import SERVICE
from services.web import Api

api = Api("changes_api", __name__)


class FeedQuery(Body):
    """Where the reader stands."""

    since = Whole(least=0, load_default=0)
    limit = Whole(least=1, most=1000, load_default=500)


class FeedLine(Body):
    """One line: what the row is now, or null when it is gone."""

    seq = ma.Integer()
    kind = ma.String()
    id = ma.String()
    op = ma.String()
    row = ma.Dict(allow_none=True)


class FeedAnswer(Body):
    """A page of the feed; `next` is the number to go on from."""

    items = ma.List(ma.Nested(FeedLine))
    next = ma.Integer()
    more = ma.Boolean()


@api.get("/changes", who=SERVICE)
@api.query(FeedQuery)
@api.response(200, FeedAnswer)
def list_changes(query: dict[str, Any]) -> dict[str, Any]:
    """What changed since a number, with the rows as they are now."""
    return queries.since(query["since"], query["limit"])
