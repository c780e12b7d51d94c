"""The jury as JSON: members, conflicts, deals, stages and recusals, by the same schemas and verbs as the pages."""

from collections.abc import Callable
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from events_service.contests import queries as contests
from events_service.contests.models import Stage
from events_service.db import IdempotencyKey, db
from events_service.events import queries as events
from events_service.jury import dealing, naming, queries, recusing, stages
from events_service.jury.models import Conflict, Deal
from events_service.jury.schemas import (
    AcceptBody,
    AssignmentAnswer,
    AssignmentsAnswer,
    CloseBody,
    ConflictAnswer,
    ConflictBody,
    DealAnswer,
    ExtendBody,
    LeaveBody,
    MemberAnswer,
    MemberBody,
    MemberPatch,
    MembersAnswer,
    OpenBody,
    ProposeBody,
    RecuseBody,
    StageStateAnswer,
    show_assignment,
    show_assignments,
    show_conflict,
    show_deal,
    show_member,
    show_stage_state,
)
from services import ledger
from services.errors import NotFound
from services.identity import SIGNED_IN, holders, me
from services.paging import PageQuery, page_of, paged
from services.web import Api, if_match

api = Api("jury_api", __name__)
ORGANISERS = holders("organiser")


@api.get("/contests/<ref>/jury", who=SIGNED_IN)
@api.response(200, MembersAnswer)
def list_members(ref: str) -> dict[str, Any]:
    """The members of the jury, for those who direct it."""
    found = queries.members(queries.directed(ref, me()).id)
    return {"items": [show_member(member) for member in found], "total": len(found)}


@api.post("/contests/<ref>/jury", who=ORGANISERS)
@api.body(MemberBody)
@api.response(201, MemberAnswer)
def name_member(body: dict[str, Any], ref: str) -> Response:
    """Name a member; she gets a letter."""
    return _once(lambda: show_member(naming.name(db.session(), me(), ref, body)), 201)


@api.patch("/contests/<ref>/jury/<member_id>", who=ORGANISERS)
@api.body(MemberPatch)
@api.response(200, MemberAnswer)
def change_member(body: dict[str, Any], ref: str, member_id: str) -> ResponseReturnValue:
    """Change her role or whether entries are dealt to her. A stale `If-Match` is 412."""
    with db.transaction() as session:
        member = naming.change(session, me(), ref, member_id, body, if_match())
    return show_member(member), 200, {"ETag": f'"{member.version}"'}


@api.delete("/contests/<ref>/jury/<member_id>", who=ORGANISERS)
@api.body(LeaveBody, required=False)
@api.response(204)
def remove_member(body: dict[str, Any], ref: str, member_id: str) -> ResponseReturnValue:
    """Let a member go; what she has not signed is dealt again."""
    with db.transaction() as session:
        naming.remove(session, me(), ref, member_id, body.get("reason") or "")
    return "", 204


@api.get("/contests/<ref>/jury/conflicts", who=SIGNED_IN)
@api.query(PageQuery)
@api.response(200, page_of(ConflictAnswer))
def list_conflicts(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """Conflicts on record: all for those who direct the jury, for another member what she declared herself."""
    event = contests.visible(ref, me())
    found, plainly, why = queries.conflicts_seen(event, me()), events.owns(me(), event), queries.hears_why(event, me())

    def show(row: Conflict) -> dict[str, Any]:
        return show_conflict(row, plainly, why or row.member.person_id == me().id)

    return paged(db.session(), found, query["limit"], query["cursor"], show)


@api.post("/contests/<ref>/jury/conflicts", who=SIGNED_IN)
@api.body(ConflictBody)
@api.response(201, ConflictAnswer)
def declare_conflict(body: dict[str, Any], ref: str) -> Response:
    """A member may not judge an entry. Those who direct the jury say it for another."""

    def effect() -> dict[str, Any]:
        kept = recusing.declare(db.session(), me(), ref, body["entry"], body["note"], body.get("member"))
        return show_conflict(kept, plainly=False, why=True)  # her own words

    return _once(effect, 201)


@api.delete("/contests/<ref>/jury/conflicts/<member_id>/<entry_id>", who=SIGNED_IN)
@api.response(204)
def take_conflict_back(ref: str, member_id: str, entry_id: str) -> ResponseReturnValue:
    """Take back what was declared, while the stages of the entry have not opened and no entry was given back on it."""
    with db.transaction() as session:
        recusing.take_back(session, me(), ref, member_id, entry_id)
    return "", 204


@api.post("/contests/<ref>/stages/<stage_id>/assignments/propose", who=SIGNED_IN)
@api.body(ProposeBody, required=False)
@api.response(201, DealAnswer)
def propose_deal(body: dict[str, Any], ref: str, stage_id: str) -> Response:
    """Solve who reads what. Where it cannot be, 409 names the constraint."""
    drafted = dealing.draft(db.session(), me(), ref, stage_id, body.get("seed"))
    return _deal(ref, lambda: dealing.propose(db.session(), me(), ref, stage_id, drafted), 201)


@api.get("/contests/<ref>/stages/<stage_id>/assignments/deal", who=SIGNED_IN)
@api.response(200, DealAnswer)
def get_deal(ref: str, stage_id: str) -> dict[str, Any]:
    """The deal that was proposed last, else the one in force; for those who direct the jury."""
    event = queries.directed(ref, me())
    stage = contests.stage_of(event.id, stage_id)
    found = queries.proposed(stage.id) or queries.accepted(stage.id)
    if found is None:
        raise NotFound
    return show_deal(found, events.owns(me(), event))


@api.post("/contests/<ref>/stages/<stage_id>/assignments/accept", who=SIGNED_IN)
@api.body(AcceptBody)
@api.response(200, DealAnswer)
def accept_deal(body: dict[str, Any], ref: str, stage_id: str) -> Response:
    """Deal as proposed; 409 when entries, jurors or conflicts have changed since."""
    return _deal(ref, lambda: dealing.accept(db.session(), me(), ref, stage_id, body["deal"]))


@api.get("/contests/<ref>/stages/<stage_id>/assignments", who=SIGNED_IN)
@api.response(200, AssignmentsAnswer)
def list_assignments(ref: str, stage_id: str) -> dict[str, Any]:
    """Who reads what and who has signed, for those who direct the jury; never points."""
    stage = contests.stage_of(queries.directed(ref, me()).id, stage_id)
    return show_assignments(queries.assignments_of(stage.id), queries.progress(stage.id))


@api.post("/contests/<ref>/stages/<stage_id>/open", who=SIGNED_IN)
@api.body(OpenBody, required=False)
@api.response(200, StageStateAnswer)
def open_stage(body: dict[str, Any], ref: str, stage_id: str) -> Response:
    """Let the jury score; the rules are frozen. 409 says what is missing."""
    return _stage(lambda: stages.open_stage(db.session(), me(), ref, stage_id, body.get("closes_at")))


@api.post("/contests/<ref>/stages/<stage_id>/close", who=SIGNED_IN)
@api.body(CloseBody, required=False)
@api.response(200, StageStateAnswer)
def close_stage(body: dict[str, Any], ref: str, stage_id: str) -> Response:
    """No more scores; with unsigned sheets 409 until a reason is given."""
    return _stage(lambda: stages.close_stage(db.session(), me(), ref, stage_id, body.get("reason") or ""))


@api.post("/contests/<ref>/stages/<stage_id>/extend", who=SIGNED_IN)
@api.body(ExtendBody)
@api.response(200, StageStateAnswer)
def extend_stage(body: dict[str, Any], ref: str, stage_id: str) -> Response:
    """A later deadline of the jury."""
    return _stage(lambda: stages.extend(db.session(), me(), ref, stage_id, body["closes_at"], body["reason"]))


@api.post("/contests/<ref>/sheets/<assignment_id>/recuse", who=SIGNED_IN)
@api.body(RecuseBody)
@api.response(200, AssignmentAnswer)
def recuse(body: dict[str, Any], ref: str, assignment_id: str) -> Response:
    """A juror gives an entry back that she may not judge; it is dealt again."""
    return _once(lambda: show_assignment(recusing.recuse(db.session(), me(), ref, assignment_id, body["reason"])))


def _deal(ref: str, verb: Callable[[], Deal], status: int = 200) -> Response:
    return _once(lambda: show_deal(verb(), events.owns(me(), contests.visible(ref, me()))), status)


def _stage(verb: Callable[[], Stage]) -> Response:
    return _once(lambda: show_stage_state(verb()))


def _once(effect: Callable[[], dict[str, Any]], status: int = 200) -> Response:
    return ledger.once(db, IdempotencyKey, lambda: (effect(), status))
