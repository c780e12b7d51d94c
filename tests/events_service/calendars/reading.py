"""Feeds read for tests: entries by UID, personal addresses, and rows put where no verb puts them."""

from typing import Any

from icalendar import Calendar, Component
from sqlalchemy import update

from events_service.db import db
from events_service.events.models import Event
from events_service.subscriptions.models import Subscription
from tests.events_service.scene import Scene
from tests.support.suite import ORIGIN, Suite

ALL = "/calendars/all.ics"


def entries(suite: Suite, path: str = ALL) -> dict[str, Component]:
    reply = suite.json("GET", path)
    assert reply.status_code == 200, path
    return {str(entry["UID"]): entry for entry in Calendar.from_ical(reply.data).walk("VEVENT")}


def sessions(scene: Scene, path: str = ALL) -> dict[str, Component]:
    """The sessions of the scene's event, by title."""
    found = entries(scene.suite, path).values()
    return {str(e["SUMMARY"]): e for e in found if str(e.get("RELATED-TO", "")) == scene.event["uid"]}


def personal(suite: Suite, number: int = 1, role: str = "teacher") -> str:
    """The path of somebody's own calendar."""
    reply = suite.json("GET", "/api/v1/me/calendar", as_=suite.sign_in(role, number))
    url: str = reply.get_json()["url"]
    return url.removeprefix(ORIGIN)


def person_id(suite: Suite, number: int = 1) -> str:
    token = suite.sign_in("teacher", number)
    from services import identity

    found = identity.read(suite.settings, token)
    assert found
    return found.id


def switch(suite: Suite, reader: str, **switches: Any) -> None:
    """Turn the switches of a reader, as the page will."""
    with suite.events.app_context(), db.transaction() as session:
        row = session.get(Subscription, reader) or Subscription(reader=reader, version=0)
        row.version += 1
        for name, value in switches.items():
            setattr(row, name, value)
        session.add(row)


def write(scene: Scene, **values: Any) -> None:
    """Put an event where its verbs would not: into the past, or into disorder."""
    with scene.suite.events.app_context(), db.transaction() as session:
        values |= {"revision": Event.revision + 1}
        session.execute(update(Event).where(Event.id == scene.event["id"]).values(**values))
