"""Sheets as JSON: a juror's own, by the same schema and verbs as her pages."""

from typing import Any

from flask import Response, g, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.contests import queries as contests
from events_service.db import IdempotencyKey, db
from events_service.entries import blind
from events_service.files import serving, store
from events_service.jury.queries import member_of
from events_service.scoring import queries, scoring
from events_service.scoring.schemas import ReopenBody, SheetAnswer, SheetBody, SightAnswer, SignedAnswer, show_sheet
from services import ledger
from services.errors import Invalid, NotFound
from services.identity import SIGNED_IN, me
from services.paging import PageQuery, page_of, paged
from services.web import Api, if_match

api = Api("scoring_api", __name__)


@api.errorhandler(scoring.StaleSheet)
def answer_stale(error: scoring.StaleSheet) -> Response:
    """RFC 9457 with two members of our own, so that a program can show both and let the juror choose."""
    body = {"type": f"tag:qonyrau,2026:{error.code}", "title": str(error.title), "status": error.status}
    more = {"detail": error.detail, "yours": error.yours, "kept": error.kept, "request_id": g.request_id}
    response = jsonify(body | more)
    response.status_code, response.mimetype = error.status, "application/problem+json"
    return response


@api.get("/contests/<ref>/sheets", who=SIGNED_IN)
@api.query(PageQuery)
@api.response(200, page_of(SheetAnswer))
def list_sheets(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """The bearer's own sheets in the order of stages and numbers; 404 for who is not of the jury."""
    member = member_of(contests.visible(ref, me()).id, me())
    if member is None:
        raise NotFound
    page = paged(db.session(), queries.dealt(member.id), query["limit"], query["cursor"], lambda row: row)
    return {**page, "items": [show_sheet(sheet) for sheet in queries.sheets(page["items"])]}


@api.get("/contests/<ref>/sheets/<assignment_id>", who=SIGNED_IN)
@api.response(200, SheetAnswer)
def get_sheet(ref: str, assignment_id: str) -> ResponseReturnValue:
    """One's own sheet with what is kept of it; another's is 404."""
    return _shown(queries.own(contests.visible(ref, me()).id, assignment_id, me()))


@api.get("/contests/<ref>/sheets/<assignment_id>/entry", who=SIGNED_IN)
@api.response(200, SightAnswer)
def get_sheet_entry(ref: str, assignment_id: str) -> dict[str, Any]:
    """The entry of one's own sheet, as far as its stage shows it."""
    body: dict[str, Any] = SightAnswer().dump(_sight(ref, assignment_id))
    return body


@api.get("/contests/<ref>/sheets/<assignment_id>/files/<int:number>", who=SIGNED_IN)
@api.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="*/*")
def get_sheet_file(ref: str, assignment_id: str, number: int) -> Response:
    """A file of that entry, from 1, without what tells of its maker."""
    files = _sight(ref, assignment_id).files
    if not 0 < number <= len(files):
        raise NotFound
    file = files[number - 1]
    return serving.attachment(file.name, file.media_type, store.get(file.key))


@api.put("/contests/<ref>/sheets/<assignment_id>", who=SIGNED_IN)
@api.body(SheetBody)
@api.response(200, SheetAnswer)
def save_sheet(body: dict[str, Any], ref: str, assignment_id: str) -> ResponseReturnValue:
    """Keep a draft. `If-Match`, or else `version`, says on which it was written; a stale one is 409 with both."""
    version, event_id = if_match(), contests.visible(ref, me()).id
    version = body.get("version") if version is None else version
    queries.own(event_id, assignment_id, me())
    if version is None:
        raise Invalid({"version": [_("Fill this in")]})
    with db.transaction() as session:
        row = scoring.save(session, me(), event_id, assignment_id, body, version)
    return _shown(row)


@api.post("/contests/<ref>/sheets/<assignment_id>/sign", who=SIGNED_IN)
@api.response(200, SheetAnswer)
def sign_sheet(ref: str, assignment_id: str) -> Response:
    """Sign a whole sheet; 422 names the criteria that lack points, a stale `If-Match` is 409."""
    version, event_id = if_match(), contests.visible(ref, me()).id

    def effect() -> tuple[dict[str, Any], int]:
        row = scoring.sign(db.session(), me(), event_id, assignment_id, version)
        return show_sheet(queries.sheet(row)), 200

    return ledger.once(db, IdempotencyKey, effect)


@api.post("/contests/<ref>/sheets/<assignment_id>/reopen", who=SIGNED_IN)
@api.body(ReopenBody)
@api.response(200, SignedAnswer)
def reopen_sheet(body: dict[str, Any], ref: str, assignment_id: str) -> Response:
    """The chair opens a signed sheet again; the answer holds no points."""
    event_id = contests.visible(ref, me()).id

    def effect() -> tuple[dict[str, Any], int]:
        row = scoring.reopen(db.session(), me(), event_id, assignment_id, body["reason"])
        return SignedAnswer().dump(row), 200

    return ledger.once(db, IdempotencyKey, effect)


def _sight(ref: str, assignment_id: str) -> blind.Sight:
    row = queries.own(contests.visible(ref, me()).id, assignment_id, me())
    return blind.view(row.entry, row.stage)


def _shown(row: Any) -> ResponseReturnValue:
    return show_sheet(queries.sheet(row)), 200, {"ETag": f'"{row.version}"'}
