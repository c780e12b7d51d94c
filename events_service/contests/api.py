"""Contests as JSON: settings, nominations, stages and criteria, by the same schemas and verbs as the pages."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events_service.contests import checking, keeping, loading, queries, settling, sheets
from events_service.contests.models import Nomination, Stage
from events_service.contests.schemas import (
    ContestAnswer,
    ContestBody,
    CriteriaAnswer,
    CriteriaBody,
    FilesBody,
    LoadAnswer,
    NominationAnswer,
    NominationBody,
    NominationPatch,
    StageAnswer,
    StageBody,
    StagePatch,
    show_criteria,
    show_nomination,
    show_settings,
    show_stage,
    weight_sum,
)
from events_service.db import IdempotencyKey, db
from events_service.events import queries as events
from events_service.events.models import Event
from services import ledger
from services.identity import ANYONE, actor, holders, me
from services.paging import PageQuery, page_of, paged
from services.web import Api, if_match

api = Api("contests_api", __name__)
ORGANISERS = holders("organiser")


@api.get("/contests/<ref>", who=ANYONE)
@api.response(200, ContestAnswer)
def get_contest(ref: str) -> ResponseReturnValue:
    """The rules of a contest and where it stands, by id or slug of its event."""
    return _shown(queries.visible(ref, actor()))


@api.patch("/contests/<ref>", who=ORGANISERS)
@api.body(ContestBody)
@api.response(200, ContestAnswer)
def settle_contest(body: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Change the settings that the body names; a stale `If-Match` is 412, frozen rules are 409."""
    with db.transaction() as session:
        settling.settle(session, me(), ref, body, if_match())
    return _shown(queries.owned(ref, me()))


@api.post("/contests/<ref>/rules", who=ORGANISERS)
@api.body(FilesBody)
@api.response(200, LoadAnswer)
def load_rules(body: dict[str, Any], ref: str) -> Response:
    """Load criteria and settings from CSV text, all or nothing; 422 names file, line and column.

    A stale `If-Match` is 412.
    """
    return ledger.once(db, IdempotencyKey, lambda: (loading.load(db.session(), me(), ref, body, if_match()), 200))


@api.get("/contests/<ref>/nominations", who=ANYONE)
@api.query(PageQuery)
@api.response(200, page_of(NominationAnswer))
def list_nominations(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """The nominations in their order."""
    event = queries.visible(ref, actor())
    rows = select(Nomination).where(Nomination.event_id == event.id).order_by(Nomination.position, Nomination.id)
    return paged(db.session(), rows, query["limit"], query["cursor"], show_nomination)


@api.post("/contests/<ref>/nominations", who=ORGANISERS)
@api.body(NominationBody)
@api.response(201, NominationAnswer)
def add_nomination(body: dict[str, Any], ref: str) -> Response:
    """Add a nomination."""
    return ledger.once(
        db, IdempotencyKey, lambda: (show_nomination(keeping.add_nomination(db.session(), me(), ref, body)), 201)
    )


@api.patch("/contests/<ref>/nominations/<nomination_id>", who=ORGANISERS)
@api.body(NominationPatch)
@api.response(200, NominationAnswer)
def change_nomination(body: dict[str, Any], ref: str, nomination_id: str) -> ResponseReturnValue:
    """Change what the body names. An `If-Match` that is not the contest's `rules_version` is 412."""
    with db.transaction() as session:
        nomination = keeping.change_nomination(session, me(), ref, nomination_id, body, if_match())
    return show_nomination(nomination), 200, _version(ref)


@api.delete("/contests/<ref>/nominations/<nomination_id>", who=ORGANISERS)
@api.response(204)
def remove_nomination(ref: str, nomination_id: str) -> ResponseReturnValue:
    """Remove a nomination nobody has entered, with its criteria."""
    with db.transaction() as session:
        keeping.remove_nomination(session, me(), ref, nomination_id, if_match())
    return "", 204


@api.get("/contests/<ref>/stages", who=ANYONE)
@api.query(PageQuery)
@api.response(200, page_of(StageAnswer))
def list_stages(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """The stages in their order."""
    event = queries.visible(ref, actor())
    rows = select(Stage).where(Stage.event_id == event.id).order_by(Stage.position, Stage.id)
    return paged(db.session(), rows, query["limit"], query["cursor"], show_stage)


@api.post("/contests/<ref>/stages", who=ORGANISERS)
@api.body(StageBody)
@api.response(201, StageAnswer)
def add_stage(body: dict[str, Any], ref: str) -> Response:
    """Add a stage."""
    return ledger.once(db, IdempotencyKey, lambda: (show_stage(keeping.add_stage(db.session(), me(), ref, body)), 201))


@api.patch("/contests/<ref>/stages/<stage_id>", who=ORGANISERS)
@api.body(StagePatch)
@api.response(200, StageAnswer)
def change_stage(body: dict[str, Any], ref: str, stage_id: str) -> ResponseReturnValue:
    """Change what the body names. An `If-Match` that is not the contest's `rules_version` is 412."""
    with db.transaction() as session:
        stage = keeping.change_stage(session, me(), ref, stage_id, body, if_match())
    return show_stage(stage), 200, _version(ref)


@api.delete("/contests/<ref>/stages/<stage_id>", who=ORGANISERS)
@api.response(204)
def remove_stage(ref: str, stage_id: str) -> ResponseReturnValue:
    """Remove a stage for which nothing is dealt, with its criteria."""
    with db.transaction() as session:
        keeping.remove_stage(session, me(), ref, stage_id, if_match())
    return "", 204


@api.get("/contests/<ref>/criteria/<nomination_id>/<stage_id>", who=ANYONE)
@api.response(200, CriteriaAnswer)
def get_criteria(ref: str, nomination_id: str, stage_id: str) -> ResponseReturnValue:
    """The criteria of a nomination in a stage, in the order of the sheet."""
    return _sheet(queries.visible(ref, actor()), nomination_id, stage_id)


@api.put("/contests/<ref>/criteria/<nomination_id>/<stage_id>", who=ORGANISERS)
@api.body(CriteriaBody)
@api.response(200, CriteriaAnswer)
def put_criteria(body: dict[str, Any], ref: str, nomination_id: str, stage_id: str) -> ResponseReturnValue:
    """All criteria of a nomination in a stage anew; one of the same code keeps its id. A stale `If-Match` is 412."""
    with db.transaction() as session:
        sheets.put_criteria(session, me(), ref, nomination_id, stage_id, body["criteria"], if_match())
    return _sheet(queries.owned(ref, me()), nomination_id, stage_id)


def _version(ref: str) -> dict[str, str]:
    return {"ETag": f'"{queries.contest_of(queries.owned(ref, me())).rules_version}"'}


def _shown(event: Event) -> ResponseReturnValue:
    contest, own = queries.contest_of(event), events.owns(actor(), event)
    body = {
        **show_settings(contest),
        "state": queries.state_of(event, contest, queries.stages(event.id)),
        **({"faults": checking.check(event.id)} if own else {}),
    }
    return body, 200, {"ETag": f'"{contest.rules_version}"'}


def _sheet(event: Event, nomination_id: str, stage_id: str) -> ResponseReturnValue:
    nomination, stage = queries.nomination_of(event.id, nomination_id), queries.stage_of(event.id, stage_id)
    lines = queries.criteria(stage.id, nomination.id)
    body = {
        "nomination": nomination.id,
        "stage": stage.id,
        "weight_sum": str(weight_sum(lines)),
        "criteria": show_criteria(lines),
    }
    return body, 200, {"ETag": f'"{queries.contest_of(event).rules_version}"'}
