"""Protocols and awards as JSON, by the same schemas and verbs as the pages."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from events_service.awards import awarding, contents, minutes, queries, receiving
from events_service.awards.models import Award, Protocol
from events_service.awards.schemas import (
    AwardAnswer,
    CheckAnswer,
    GiveBody,
    MadeAnswer,
    ProtocolAnswer,
    ProtocolBody,
    ProtocolPatch,
    SignBody,
    VoidBody,
    show_award,
)
from events_service.contests import queries as contests
from events_service.db import IdempotencyKey, db
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.files import serving, store
from events_service.jury import queries as jury
from events_service.results import queries as results
from events_service.results.models import Compilation
from services import ledger
from services.errors import NotFound
from services.i18n import language
from services.identity import ANYONE, SIGNED_IN, actor, holders, me
from services.paging import PageQuery, page_of, paged
from services.web import Api, if_match

api = Api("awards_api", __name__)
api.url_value_preprocessor(receiving.allow_a_file)
ORGANISERS = holders("organiser")
FILE = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
STAGE = "/contests/<ref>/stages/<stage_id>/protocol"


@api.get(STAGE, who=SIGNED_IN)
@api.response(200, ProtocolAnswer)
def get_protocol(ref: str, stage_id: str) -> ResponseReturnValue:
    """The newest protocol of a stage, for organisers, chair and secretary; with all it says."""
    event, protocol = _newest(ref, stage_id)
    return _show(event, protocol), 200, {"ETag": f'"{protocol.version}"'}


@api.post(STAGE, who=SIGNED_IN)
@api.body(ProtocolBody, required=False)
@api.response(200, ProtocolAnswer)
@api.response(201, ProtocolAnswer)
def draft_protocol(body: dict[str, Any], ref: str, stage_id: str) -> Response:
    """Write the draft of a closed stage's results; there is one a compilation: the second call answers it, 200."""

    def effect() -> tuple[dict[str, Any], int]:
        protocol, new = minutes.draft(db.session(), me(), ref, stage_id, body)
        return _show(jury.directed(ref, me()), protocol), 201 if new else 200

    return ledger.once(db, IdempotencyKey, effect)


@api.patch(STAGE, who=SIGNED_IN)
@api.body(ProtocolPatch)
@api.response(200, ProtocolAnswer)
def change_protocol(body: dict[str, Any], ref: str, stage_id: str) -> ResponseReturnValue:
    """Change what the body names of the newest draft. A stale `If-Match` is 412."""
    event, protocol = _newest(ref, stage_id)
    with db.transaction() as session:
        protocol = minutes.change(session, me(), ref, protocol.id, body, if_match())
    return _show(event, protocol), 200, {"ETag": f'"{protocol.version}"'}


@api.post(f"{STAGE}/sign", who=SIGNED_IN)
@api.body(SignBody)
@api.response(200, ProtocolAnswer)
def sign_protocol(body: dict[str, Any], ref: str, stage_id: str) -> Response:
    """Put on record who has signed the newest draft on paper; from then on it says what it said."""
    event, protocol = _newest(ref, stage_id)

    def effect() -> tuple[dict[str, Any], int]:
        signed = minutes.sign(db.session(), me(), ref, protocol.id, body["signed"], version=if_match())
        return _show(event, signed), 200

    return ledger.once(db, IdempotencyKey, effect)


@api.get("/contests/<ref>/protocols/<protocol_id>", who=SIGNED_IN)
@api.response(200, ProtocolAnswer)
def get_one_protocol(ref: str, protocol_id: str) -> ResponseReturnValue:
    """A protocol by its id, also one that newer results have overtaken."""
    event = jury.directed(ref, me())
    protocol = queries.protocol_of(event, protocol_id)
    return _show(event, protocol), 200, {"ETag": f'"{protocol.version}"'}


@api.post("/contests/<ref>/protocols/<protocol_id>/scan", who=SIGNED_IN)
@api.response(200, ProtocolAnswer)
@api.doc(requestBody={"required": True, "content": {"multipart/form-data": {"schema": FILE}}})
def attach_scan(ref: str, protocol_id: str) -> dict[str, Any]:
    """Attach the scan of a signed protocol (PDF, JPEG or PNG, 10 MB); an earlier one stays in the store."""
    event = jury.directed(ref, me())
    protocol = receiving.attach(event, queries.protocol_of(event, protocol_id).id)
    return _show(event, protocol)


@api.get("/contests/<ref>/protocols/<protocol_id>/scan", who=SIGNED_IN)
@api.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="*/*")
def get_scan(ref: str, protocol_id: str) -> Response:
    """The scan of the signed paper, as a file to save."""
    protocol = queries.protocol_of(jury.directed(ref, me()), protocol_id)
    if not protocol.file_key:
        raise NotFound
    return serving.attachment(protocol.file_name, protocol.file_type, store.get(protocol.file_key))


@api.get("/contests/<ref>/awards", who=SIGNED_IN)
@api.query(PageQuery)
@api.response(200, page_of(AwardAnswer))
def list_awards(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """All awards for the contest's organisers, also void ones; for others their own."""
    event = contests.visible(ref, actor())
    own = not events.owns(actor(), event)
    rows = queries.mine(me(), event.id) if own else queries.of_contest(event.id)
    return paged(db.session(), rows, query["limit"], query["cursor"], lambda row: show_award(row, AwardAnswer))


@api.post("/contests/<ref>/awards", who=ORGANISERS)
@api.body(GiveBody, required=False)
@api.response(200, MadeAnswer)
def give_awards(body: dict[str, Any], ref: str) -> Response:
    """Give what is missing on the signed protocol of the last stage, and take back what lost its ground.

    409 while appeals may change it. What was taken back by hand is given only where `again` names it.
    """

    def effect() -> tuple[dict[str, Any], int]:
        return MadeAnswer().dump(awarding.award(db.session(), me(), ref, body.get("again"))), 200

    return ledger.once(db, IdempotencyKey, effect)


@api.post("/contests/<ref>/awards/<award_id>/void", who=ORGANISERS)
@api.body(VoidBody)
@api.response(200, AwardAnswer)
def void_award(body: dict[str, Any], ref: str, award_id: str) -> dict[str, Any]:
    """Take one award back; its code says so from then on."""
    with db.transaction() as session:
        award: Award = awarding.void(session, me(), ref, award_id, body["reason"])
    return show_award(award, AwardAnswer)


@api.get("/awards/<code>", who=ANYONE)
@api.response(200, CheckAnswer)
def check_award(code: str) -> dict[str, Any]:
    """Is an award genuine and valid? What its paper says, and nothing else of the person."""
    return show_award(queries.by_code(code))


def _newest(ref: str, stage_id: str) -> tuple[Event, Protocol]:
    event = jury.directed(ref, me())
    found = queries.protocols(contests.stage_of(event.id, stage_id).id)
    if not found:
        raise NotFound
    return event, found[0]


def _show(event: Event, protocol: Protocol) -> dict[str, Any]:
    """The protocol with its people by name, its quorum, and what it says in the reader's language."""
    members = {row.id: row for row in queries.members(event.id)}
    compilation = db.session.get_one(Compilation, protocol.compilation_id)
    needed, present = contents.rules_of(results.document(compilation)).quorum, len(protocol.present)
    body: dict[str, Any] = ProtocolAnswer(exclude=("present", "absent")).dump(protocol)
    spoken = language() if language() in contents.LANGUAGES else contents.LANGUAGES[0]
    people = {
        name: [{"id": key, "name": members[key].name, "role": members[key].role} for key in getattr(protocol, name)]
        for name in ("present", "absent")
    }
    quorum = {"needed": needed, "present": present, "met": present >= needed}
    file = {"name": protocol.file_name, "media_type": protocol.file_type, "size": protocol.file_size}
    said = {"contents": contents.paper(event, protocol, spoken), "file": file if protocol.file_key else None}
    return {**body, **people, "quorum": quorum, **said}
