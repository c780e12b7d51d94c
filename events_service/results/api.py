"""JSON of results, ties and appeals."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events_service.contests import queries as contests
from events_service.contests.models import Stage
from events_service.db import IdempotencyKey, db
from events_service.entries.models import Entry
from events_service.jury import queries as jury
from events_service.results import appealing, compiling, publishing, queries
from events_service.results.models import DONE, Appeal, Compilation
from events_service.results.schemas import (
    AnswerBody,
    AppealAnswer,
    AppealBody,
    ArithmeticAnswer,
    CompilationAnswer,
    TiesAnswer,
    VoteAnswer,
    VoteBody,
    public,
    show_appeal,
    show_arithmetic,
    show_compilation,
    show_vote,
)
from services import ledger
from services.errors import NotFound
from services.identity import ANYONE, SIGNED_IN, actor, me
from services.paging import PageQuery, page_of, paged
from services.web import Api, if_match

api = Api("results_api", __name__)


@api.post("/contests/<ref>/stages/<stage_id>/results", who=SIGNED_IN)
@api.response(202, CompilationAnswer)
def compile_results(ref: str, stage_id: str) -> Response:
    """Ask for the results of a closed stage; the worker compiles them."""

    def effect() -> tuple[dict[str, Any], int]:
        found = compiling.request(db.session(), me(), ref, stage_id)
        return _show(found), 202

    return ledger.once(db, IdempotencyKey, effect)


@api.get("/contests/<ref>/stages/<stage_id>/results", who=ANYONE)
@api.query(PageQuery)
@api.response(200, page_of(CompilationAnswer))
def list_results(query: dict[str, Any], ref: str, stage_id: str) -> dict[str, Any]:
    """The versions of a stage, the newest first: those that were published, all for who directs the jury."""
    event = contests.visible(ref, actor())
    stage = contests.stage_of(event.id, stage_id)
    rows = queries.compilations(stage.id)
    if not jury.directs(actor(), event):
        rows = rows.where(Compilation.published_at.is_not(None))
    return paged(db.session(), rows, query["limit"], query["cursor"], _show)


@api.get("/contests/<ref>/results/<compilation_id>", who=ANYONE)
@api.response(200, CompilationAnswer)
def get_results(ref: str, compilation_id: str) -> dict[str, Any]:
    """One version with its document: places and scores for everybody, all arithmetic for who directs the jury."""
    event = contests.visible(ref, actor())
    found, inside = queries.compilation_of(event.id, compilation_id), jury.directs(actor(), event)
    if not inside and found.published_at is None:
        raise NotFound
    body = _show(found)
    if found.status == DONE:
        document = queries.document(found)
        body["document"] = document if inside else public(document)
    return body


@api.get("/contests/<ref>/results/<compilation_id>/arithmetic/<entry_id>", who=SIGNED_IN)
@api.response(200, ArithmeticAnswer)
def get_arithmetic(ref: str, compilation_id: str, entry_id: str) -> dict[str, Any]:
    """How the result of one entry came about, for its author once it is published, and who directs the jury."""
    event = contests.visible(ref, me())
    found, entry, line = queries.line_of(event, compilation_id, entry_id, me())
    jurors = jury.names(event.id) if jury.directs(me(), event) else {}
    said = queries.feedback_of(contests.stage_of(event.id, found.stage_id), entry)
    return show_arithmetic(queries.document(found), line, said, jurors)


@api.post("/contests/<ref>/results/<compilation_id>/publish", who=SIGNED_IN)
@api.response(200, CompilationAnswer)
def publish_results(ref: str, compilation_id: str) -> Response:
    """Let the stage point at this version."""

    def effect() -> tuple[dict[str, Any], int]:
        return _show(publishing.publish(db.session(), me(), ref, compilation_id)), 200

    return ledger.once(db, IdempotencyKey, effect)


@api.get("/contests/<ref>/stages/<stage_id>/ties", who=SIGNED_IN)
@api.response(200, TiesAnswer)
def list_ties(ref: str, stage_id: str) -> dict[str, Any]:
    """What the newest results leave equal, and the newest vote on each set of entries; for who directs the jury."""
    stage = contests.stage_of(jury.directed(ref, me()).id, stage_id)
    newest = queries.newest_done(stage.id)
    votes = [show_vote(row) for row in queries.votes(stage.id).values()]
    return {"ties": queries.ties(queries.document(newest)) if newest else [], "votes": votes}


@api.post("/contests/<ref>/stages/<stage_id>/ties", who=SIGNED_IN)
@api.body(VoteBody)
@api.response(201, VoteAnswer)
def vote_on_tie(body: dict[str, Any], ref: str, stage_id: str) -> Response:
    """The chair's vote on entries that the newest results leave equal."""

    def effect() -> tuple[dict[str, Any], int]:
        return show_vote(publishing.vote(db.session(), me(), ref, stage_id, body)), 201

    return ledger.once(db, IdempotencyKey, effect)


@api.get("/contests/<ref>/appeals", who=SIGNED_IN)
@api.query(PageQuery)
@api.response(200, page_of(AppealAnswer))
def list_appeals(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """All appeals for who directs the jury, her own for an entrant."""
    event = contests.visible(ref, me())
    rows = queries.appeals(event.id)
    if not jury.directs(me(), event):
        rows = rows.where(Appeal.entry_id.in_(select(Entry.id).where(Entry.author_id == me().id)))
    return paged(db.session(), rows, query["limit"], query["cursor"], show_appeal)


@api.post("/contests/<ref>/appeals", who=SIGNED_IN)
@api.body(AppealBody)
@api.response(201, AppealAnswer)
def file_appeal(body: dict[str, Any], ref: str) -> Response:
    """Appeal against the published results of one's own entry, within the window."""

    def effect() -> tuple[dict[str, Any], int]:
        return show_appeal(appealing.file(db.session(), me(), ref, body)[0]), 201

    return ledger.once(db, IdempotencyKey, effect)


@api.post("/contests/<ref>/appeals/<appeal_id>/answer", who=SIGNED_IN)
@api.body(AnswerBody)
@api.response(200, AppealAnswer)
def answer_appeal(body: dict[str, Any], ref: str, appeal_id: str) -> ResponseReturnValue:
    """Uphold or dismiss; corrections count when the results are compiled anew. A stale `If-Match` is 412."""

    def effect() -> tuple[dict[str, Any], int]:
        return show_appeal(appealing.answer(db.session(), me(), ref, appeal_id, body, if_match())), 200

    return ledger.once(db, IdempotencyKey, effect)


@api.post("/contests/<ref>/appeals/<appeal_id>/withdraw", who=SIGNED_IN)
@api.response(200, AppealAnswer)
def take_appeal_back(ref: str, appeal_id: str) -> Response:
    """The entrant takes her appeal back while it waits."""

    def effect() -> tuple[dict[str, Any], int]:
        return show_appeal(appealing.take_back(db.session(), me(), ref, appeal_id)), 200

    return ledger.once(db, IdempotencyKey, effect)


def _show(found: Compilation) -> dict[str, Any]:
    return show_compilation(found, db.session.get_one(Stage, found.stage_id).compilation_id)
