"""Fairs as JSON: settings, sections, ideas and their slots, by the same schemas and verbs as the pages."""

from collections.abc import Callable
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from events_service.db import IdempotencyKey, db
from events_service.directory import queries as directory
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.fairs import clashes, deciding, keeping, queries, submitting
from events_service.fairs.models import Idea
from events_service.fairs.schemas import (
    DeclineBody,
    FairAnswer,
    FairBody,
    IdeaAnswer,
    IdeaBody,
    IdeaPatch,
    SectionAnswer,
    SectionBody,
    SectionPatch,
    SlotBody,
    show_idea,
    show_section,
)
from services import ledger
from services.identity import ANYONE, SIGNED_IN, actor, holders, me
from services.paging import PageQuery, page_of, paged
from services.web import Api, if_match

api = Api("fairs_api", __name__)
ORGANISERS = holders("organiser")


@api.get("/fairs/<ref>", who=ANYONE)
@api.response(200, FairAnswer)
def get_fair(ref: str) -> dict[str, Any]:
    """The settings of a fair, by id or slug of its event."""
    return _show_fair(queries.visible(ref, actor()))


@api.patch("/fairs/<ref>", who=ORGANISERS)
@api.body(FairBody)
@api.response(200, FairAnswer)
def settle_fair(body: dict[str, Any], ref: str) -> dict[str, Any]:
    """Change the settings that the body names."""
    with db.transaction() as session:
        event = keeping.settle(session, me(), ref, body)
    return _show_fair(event)


@api.get("/fairs/<ref>/sections", who=ANYONE)
@api.query(PageQuery)
@api.response(200, page_of(SectionAnswer))
def list_sections(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """The sections in their order."""
    event = queries.visible(ref, actor())
    return paged(db.session(), queries.sections_of(event.id), query["limit"], query["cursor"], show_section)


@api.post("/fairs/<ref>/sections", who=ORGANISERS)
@api.body(SectionBody)
@api.response(201, SectionAnswer)
def add_section(body: dict[str, Any], ref: str) -> Response:
    """Add a section."""
    return ledger.once(
        db, IdempotencyKey, lambda: (show_section(keeping.add_section(db.session(), me(), ref, body)), 201)
    )


@api.patch("/fairs/<ref>/sections/<section_id>", who=ORGANISERS)
@api.body(SectionPatch)
@api.response(200, SectionAnswer)
def change_section(body: dict[str, Any], ref: str, section_id: str) -> dict[str, Any]:
    """Change what the body names."""
    with db.transaction() as session:
        section = keeping.change_section(session, me(), ref, section_id, body)
    return show_section(section)


@api.delete("/fairs/<ref>/sections/<section_id>", who=ORGANISERS)
@api.response(204)
def remove_section(ref: str, section_id: str) -> ResponseReturnValue:
    """Remove a section in which no idea stands."""
    with db.transaction() as session:
        keeping.remove_section(session, me(), ref, section_id)
    return "", 204


@api.get("/fairs/<ref>/ideas", who=ANYONE)
@api.query(PageQuery)
@api.response(200, page_of(IdeaAnswer))
def list_ideas(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """Accepted ideas for everybody, one's own for their author, all that were handed in for the organisers."""
    event = queries.visible(ref, actor())
    show = _shower(event)
    return paged(db.session(), queries.shown_to(event, actor()), query["limit"], query["cursor"], show)


@api.post("/fairs/<ref>/ideas", who=SIGNED_IN)
@api.body(IdeaBody)
@api.response(201, IdeaAnswer)
def write_idea(body: dict[str, Any], ref: str) -> Response:
    """Write a draft; it is handed in by `submit`."""
    event_id, author = queries.visible(ref, actor()).id, directory.person(me().id)

    def effect() -> tuple[dict[str, Any], int]:
        idea, _new = submitting.write(db.session(), me(), event_id, author, body)
        return show_idea(idea, inside=True), 201

    return ledger.once(db, IdempotencyKey, effect)


@api.get("/ideas/<idea_id>", who=ANYONE)
@api.response(200, IdeaAnswer)
def get_idea(idea_id: str) -> ResponseReturnValue:
    """One idea; one that is not accepted is 404 for others than its author and the organisers."""
    idea = queries.find(idea_id, actor())
    return _shower(idea.event)(idea), 200, {"ETag": f'"{idea.version}"'}


@api.patch("/ideas/<idea_id>", who=SIGNED_IN)
@api.body(IdeaPatch)
@api.response(200, IdeaAnswer)
def change_idea(body: dict[str, Any], idea_id: str) -> ResponseReturnValue:
    """Its author changes what the body names, until the organisers decide. A stale `If-Match` is 412."""
    with db.transaction() as session:
        idea = submitting.rewrite(session, me(), idea_id, body, if_match())
    return show_idea(idea, inside=True), 200, {"ETag": f'"{idea.version}"'}


@api.post("/ideas/<idea_id>/submit", who=SIGNED_IN)
@api.response(200, IdeaAnswer)
def submit_idea(idea_id: str) -> Response:
    """Hand a draft in."""
    return _once(lambda: submitting.submit(db.session(), me(), idea_id))


@api.post("/ideas/<idea_id>/withdraw", who=SIGNED_IN)
@api.response(200, IdeaAnswer)
def withdraw_idea(idea_id: str) -> Response:
    """Its author takes it back."""
    return _once(lambda: submitting.withdraw(db.session(), me(), idea_id))


@api.post("/ideas/<idea_id>/accept", who=ORGANISERS)
@api.body(SlotBody, required=False)
@api.response(200, IdeaAnswer)
def accept_idea(body: dict[str, Any], idea_id: str) -> Response:
    """Accept, with a slot where the body names one."""
    return _once(lambda: deciding.accept(db.session(), me(), idea_id, body))


@api.post("/ideas/<idea_id>/decline", who=ORGANISERS)
@api.body(DeclineBody)
@api.response(200, IdeaAnswer)
def decline_idea(body: dict[str, Any], idea_id: str) -> Response:
    """Decline; the author reads the reason."""
    return _once(lambda: deciding.decline(db.session(), me(), idea_id, body["reason"]))


@api.put("/ideas/<idea_id>/slot", who=ORGANISERS)
@api.body(SlotBody)
@api.response(200, IdeaAnswer)
def place_idea(body: dict[str, Any], idea_id: str) -> dict[str, Any]:
    """Give an accepted idea this slot; without `starts_at` it has none. `warnings` name what it runs into."""
    with db.transaction() as session:
        idea = deciding.place(session, me(), idea_id, body)
    return _shower(idea.event)(idea)


def _show_fair(event: Event) -> dict[str, Any]:
    fair = queries.settings_of(event)
    body: dict[str, Any] = FairAnswer().dump(fair)
    return {**body, "state": queries.state_of(event)}


def _shower(event: Event) -> Callable[[Idea], dict[str, Any]]:
    """Shows ideas of one fair to the bearer; the clashes are looked up once."""
    owner, joins = events.owns(actor(), event), events.may_join(actor(), event)
    warnings = clashes.warnings(event, queries.slots_of(event.id)) if owner else {}
    return lambda idea: show_idea(idea, queries.inside(idea, actor()), joins, warnings.get(idea.id))


def _once(verb: Callable[[], Idea]) -> Response:
    def effect() -> tuple[dict[str, Any], int]:
        idea = verb()
        return _shower(idea.event)(idea), 200

    return ledger.once(db, IdempotencyKey, effect)
