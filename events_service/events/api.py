"""Events as JSON."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from events_service.db import IdempotencyKey, db
from events_service.events import clashes, planning, queries
from events_service.events.models import Event
from events_service.events.schemas import (
    AudienceSchool,
    CancelBody,
    EventAnswer,
    EventBody,
    EventPatch,
    EventQuery,
    OwnAnswer,
    ReleasedAnswer,
    ToldAnswer,
    show_event,
    show_warnings,
)
from services import ledger
from services.identity import ANYONE, actor, holders, me
from services.paging import PageQuery, page_of, paged
from services.web import Api, if_match

api = Api("events_api", __name__)
ORGANISERS = holders("organiser")


@api.get("/events", who=ANYONE)
@api.query(EventQuery)
@api.response(200, page_of(EventAnswer))
def list_events(query: dict[str, Any]) -> dict[str, Any]:
    """Published and cancelled events in order of time."""
    whole = queries.listed(query).options(selectinload(Event.lines), selectinload(Event.materials))
    return paged(db.session(), whole, query["limit"], query["cursor"], show_event)


@api.post("/events", who=ORGANISERS)
@api.body(EventBody)
@api.response(201, OwnAnswer)
def create_event(body: dict[str, Any]) -> Response:
    """Create a draft."""
    return ledger.once(db, IdempotencyKey, lambda: (show_own(planning.create(db.session(), me(), body)), 201))


@api.get("/events/<ref>", who=ANYONE)
@api.response(200, OwnAnswer)
def get_event(ref: str) -> ResponseReturnValue:
    """One event, by id or slug; another's draft is 404. `warnings` are for its organisers."""
    event = queries.visible(ref, actor())
    own = queries.owns(actor(), event)
    shown = show_own(event) if own else show_event(event, queries.may_join(actor(), event))
    return shown, 200, {"ETag": f'"{event.version}"'}


@api.patch("/events/<ref>", who=ORGANISERS)
@api.body(EventPatch)
@api.response(200, ToldAnswer)
def change_event(body: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Change what the body names. `If-Match` with the version is optional; a stale one is 412."""
    with db.transaction() as session:
        event, told = planning.change(session, me(), ref, body, if_match())
    return {**show_own(event), "told": told}, 200, {"ETag": f'"{event.version}"'}


@api.delete("/events/<ref>", who=ORGANISERS)
@api.response(204)
def delete_event(ref: str) -> ResponseReturnValue:
    """Delete a draft."""
    with db.transaction() as session:
        planning.delete(session, me(), ref)
    return "", 204


@api.post("/events/<ref>/publish", who=ORGANISERS)
@api.response(200, OwnAnswer)
def publish_event(ref: str) -> Response:
    """Make a draft public."""
    return ledger.once(db, IdempotencyKey, lambda: (show_own(planning.publish(db.session(), me(), ref)), 200))


@api.post("/events/<ref>/cancel", who=ORGANISERS)
@api.body(CancelBody, required=False)
@api.response(200, ToldAnswer)
def cancel_event(body: dict[str, Any], ref: str) -> Response:
    """Cancel; each registrant is told."""
    return _told(lambda: planning.cancel(db.session(), me(), ref, body.get("reason") or ""))


@api.post("/events/<ref>/restore", who=ORGANISERS)
@api.response(200, ToldAnswer)
def restore_event(ref: str) -> Response:
    """Put a cancelled event back."""
    return _told(lambda: planning.restore(db.session(), me(), ref))


@api.post("/events/<ref>/release", who=ORGANISERS)
@api.response(200, ReleasedAnswer)
def release_reserve(ref: str) -> Response:
    """Open the places kept for small-class schools to everybody now; repeating changes nothing."""

    def effect() -> tuple[dict[str, Any], int]:
        event, promoted = planning.release(db.session(), me(), ref)
        return {**show_own(event), "promoted": promoted}, 200

    return ledger.once(db, IdempotencyKey, effect)


@api.post("/events/<ref>/duplicate", who=ORGANISERS)
@api.response(201, OwnAnswer)
def duplicate_event(ref: str) -> Response:
    """A new draft with the same content."""
    return ledger.once(db, IdempotencyKey, lambda: (show_own(planning.duplicate(db.session(), me(), ref)), 201))


@api.get("/events/<ref>/audience", who=ORGANISERS)
@api.query(PageQuery)
@api.response(200, page_of(AudienceSchool))
def event_audience(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """The schools of the audience: the stored ones once published, else as the rule gives them today."""
    event = queries.owned(ref, actor())
    return paged(db.session(), queries.audience_of(event), query["limit"], query["cursor"], _show_school)


def show_own(event: Event) -> dict[str, Any]:
    return {**show_event(event, with_link=True), "warnings": show_warnings(clashes.of_event(event))}


def _told(verb: Any) -> Response:
    def effect() -> tuple[dict[str, Any], int]:
        event, told = verb()
        return {**show_own(event), "told": told}, 200

    return ledger.once(db, IdempotencyKey, effect)


def _show_school(school: Any) -> dict[str, Any]:
    return {"id": school.id, "code": school.code, "name": school.name, "district": school.territory_code}
