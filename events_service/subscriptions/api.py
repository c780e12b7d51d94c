"""What one follows and which letters come, as JSON."""

from typing import Any

from flask.typing import ResponseReturnValue

from events_service.db import db
from events_service.subscriptions import choosing, queries
from events_service.subscriptions.models import Subscription
from events_service.subscriptions.schemas import SubscriptionAnswer, SubscriptionBody, show
from services.identity import SIGNED_IN, me
from services.web import Api, if_match

api = Api("subscriptions_api", __name__)


@api.get("/me/subscriptions", who=SIGNED_IN)
@api.response(200, SubscriptionAnswer)
def my_subscriptions() -> ResponseReturnValue:
    """What the bearer follows and her switches."""
    return _shown(queries.of(me().id))


@api.put("/me/subscriptions", who=SIGNED_IN)
@api.body(SubscriptionBody, required=False)
@api.response(200, SubscriptionAnswer)
def choose(body: dict[str, Any]) -> ResponseReturnValue:
    """Choose anew; 412 when `version` or If-Match names an older state."""
    version = if_match() if body["version"] is None else body["version"]
    with db.transaction() as session:
        row = choosing.choose(session, me(), body, version)
    return _shown(row)


def _shown(row: Subscription) -> ResponseReturnValue:
    return show(row), 200, {"ETag": f'"{row.version}"'}
