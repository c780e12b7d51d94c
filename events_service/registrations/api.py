"""Registrations as JSON."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from events_service.db import IdempotencyKey, db
from events_service.directory import queries as directory
from events_service.events import queries as events
from events_service.events import standing
from events_service.registrations import booking, queries
from events_service.registrations.attendees import Attendee, attendee_of, guest_of
from events_service.registrations.models import Registration
from events_service.registrations.schemas import (
    RegisterBody,
    RegistrantAnswer,
    RegistrationAnswer,
)
from services import ledger
from services.errors import Invalid, Unauthorised
from services.i18n import stamp
from services.identity import ANYONE, SIGNED_IN, actor, holders, me
from services.paging import PageQuery, page_of, paged
from services.web import Api

api = Api("registrations_api", __name__)


@api.post("/events/<ref>/registrations", who=ANYONE)
@api.body(RegisterBody, required=False)
@api.response(201, RegistrationAnswer)
@api.response(200, RegistrationAnswer)
def register(body: dict[str, Any], ref: str) -> Response:
    """Register the bearer (empty body: 201, or 200 with her live one), or ask for a guest (201 `pending`)."""
    event_id = events.visible(ref, actor()).id
    guest = body.get("guest")
    if guest:
        return ledger.once(db, IdempotencyKey, lambda: _ask(event_id, _guest(guest)))
    if actor() is None:
        raise Unauthorised
    attendee = attendee_of(directory.person(me().id))
    return ledger.once(db, IdempotencyKey, lambda: _register(event_id, attendee))


@api.get("/events/<ref>/registrations", who=holders("organiser", "coordinator", "official"))
@api.query(PageQuery)
@api.response(200, page_of(RegistrantAnswer))
def list_registrations(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """The event's organisers see all, a coordinator her own district's; an official sees counts."""
    event = events.visible(ref, actor())
    if me().has("official") and not events.owns(actor(), event):
        found = queries.counts(event)
        return {"items": [], "total": found["confirmed"] + found["waitlisted"], "next": None, "counts": found}
    rows, ranks = queries.of_event(event, me()), standing.ranks(event.id)
    return paged(db.session(), rows, query["limit"], query["cursor"], lambda row: show_registrant(row, ranks))


@api.get("/registrations", who=SIGNED_IN)
@api.query(PageQuery)
@api.response(200, page_of(RegistrationAnswer))
def my_registrations(query: dict[str, Any]) -> dict[str, Any]:
    """The bearer's own live registrations."""
    return paged(db.session(), queries.all_mine(me()), query["limit"], query["cursor"], show)


@api.get("/registrations/<public_id>", who=SIGNED_IN)
@api.response(200, RegistrationAnswer)
def get_registration(public_id: str) -> dict[str, Any]:
    """One's own registration, or one of an event one organises; another's is 404."""
    return show(queries.reachable(public_id, me()))


@api.delete("/registrations/<public_id>", who=SIGNED_IN)
@api.response(204)
def withdraw(public_id: str) -> ResponseReturnValue:
    """Withdraw; doing it again changes nothing."""
    with db.transaction() as session:
        booking.withdraw(session, me(), queries.reachable(public_id, me()))
    return "", 204


def _guest(body: dict[str, Any]) -> Attendee:
    try:
        return guest_of(body)
    except Invalid as error:
        raise Invalid({"guest": error.errors}) from None


def _register(event_id: str, attendee: Attendee) -> tuple[dict[str, Any], int]:
    row, new = booking.register(db.session(), me(), event_id, attendee)
    return show(row), 201 if new else 200


def _ask(event_id: str, guest: Attendee) -> tuple[dict[str, Any], int]:
    row, _new = booking.ask(db.session(), event_id, guest)
    return show(row), 201


def show(row: Registration, ranks: dict[int, int] | None = None) -> dict[str, Any]:
    """What the person herself is told; `ranks` spares a list one query a row."""
    return {
        "id": row.public_id,
        "event_id": row.event_id,
        "status": row.status,
        "position": standing.position(row) if ranks is None else ranks.get(row.id),
        "queued_at": stamp(row.queued_at),
    }


def show_registrant(row: Registration, ranks: dict[int, int]) -> dict[str, Any]:
    known = {"name": row.name, "email": row.email, "school_id": row.school_id, "language": row.language}
    return {**show(row, ranks), **known}
