"""The address of one's own calendar, for programs."""

from typing import Any

from flask import Response
from marshmallow import fields as ma

from events_service.calendars import addresses
from events_service.db import IdempotencyKey, db
from services import ledger
from services.fields import Body
from services.identity import SIGNED_IN, me
from services.web import Api

api = Api("calendars_api", __name__)


class CalendarAnswer(Body):
    """Whoever has the address may read the calendar."""

    url = ma.String()


@api.get("/me/calendar", who=SIGNED_IN)
@api.response(200, CalendarAnswer)
def my_calendar() -> dict[str, Any]:
    """The address of the bearer's calendar."""
    return {"url": addresses.absolute(addresses.path_of(me().id))}


@api.post("/me/calendar/rotate", who=SIGNED_IN)
@api.response(200, CalendarAnswer)
def rotate() -> Response:
    """A new address; the old one is 404 from now on."""
    return ledger.once(
        db, IdempotencyKey, lambda: ({"url": addresses.absolute(addresses.replace(db.session(), me()))}, 200)
    )
