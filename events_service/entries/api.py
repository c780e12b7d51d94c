"""Entries and their files as JSON: the same verbs and schemas as the pages."""

from collections.abc import Callable
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from events_service.contests import queries as contests
from events_service.db import IdempotencyKey, db
from events_service.directory import queries as directory
from events_service.entries import deciding, lateness, leaving, queries, sending, uploading, writing
from events_service.entries.models import Entry
from events_service.entries.schemas import (
    EntryAnswer,
    EntryFileAnswer,
    EntryFiles,
    EntryPatch,
    EntryQuery,
    ExcludeBody,
    LateBody,
    LateStartBody,
    RefuseBody,
    ReturnBody,
    StartBody,
    show_entry,
    show_file,
)
from events_service.events.models import Event
from events_service.files import serving, store
from services import ledger
from services.identity import SIGNED_IN, holders, me
from services.paging import page_of, paged
from services.web import Api, if_match

api = Api("entries_api", __name__)
api.url_value_preprocessor(uploading.allow_a_file)
ORGANISERS = holders("organiser")
ENTRIES = "/contests/<ref>/entries"
ENTRY = f"{ENTRIES}/<entry_id>"
FILE = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}


@api.get(ENTRIES, who=SIGNED_IN)
@api.query(EntryQuery)
@api.response(200, page_of(EntryAnswer))
def list_entries(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """One's own entries; for the organisers of the contest all, of a draft only that it is there."""
    event = contests.visible(ref, me())
    rows = queries.listed(event, me(), query).options(selectinload(Entry.files))
    return paged(db.session(), rows, query["limit"], query["cursor"], _show)


@api.post(ENTRIES, who=SIGNED_IN)
@api.body(StartBody)
@api.response(201, EntryAnswer)
def start_entry(body: dict[str, Any], ref: str) -> Response:
    """Begin a draft in a nomination; it is handed in by `submit`."""
    event_id, author = contests.visible(ref, me()).id, directory.person(me().id)

    def effect() -> tuple[dict[str, Any], int]:
        entry, _new = writing.start(db.session(), me(), event_id, author, body["nomination"])
        return show_entry(entry), 201

    return ledger.once(db, IdempotencyKey, effect)


@api.post(f"{ENTRIES}/late", who=ORGANISERS)
@api.body(LateStartBody)
@api.response(201, EntryAnswer)
def start_late_entry(body: dict[str, Any], ref: str) -> Response:
    """Begin a draft for somebody who could not, to be handed in until `late_until`; she gets a letter."""
    return ledger.once(db, IdempotencyKey, lambda: (_show(lateness.begin(db.session(), me(), ref, body)), 201))


@api.get(ENTRY, who=SIGNED_IN)
@api.response(200, EntryAnswer)
def get_entry(ref: str, entry_id: str) -> ResponseReturnValue:
    """One's own entry, or one that was handed in to a contest one organises."""
    entry = queries.find(contests.visible(ref, me()), entry_id, me())
    return show_entry(entry), 200, {"ETag": f'"{entry.version}"'}


@api.patch(ENTRY, who=SIGNED_IN)
@api.body(EntryPatch)
@api.response(200, EntryAnswer)
def change_entry(body: dict[str, Any], ref: str, entry_id: str) -> ResponseReturnValue:
    """Its author changes what the body names, as long as it is a draft. A stale `If-Match` is 412."""
    event = contests.visible(ref, me())
    with db.transaction() as session:
        entry = writing.rewrite(session, me(), event, entry_id, body, if_match())
    return show_entry(entry), 200, {"ETag": f'"{entry.version}"'}


@api.post(f"{ENTRY}/submit", who=SIGNED_IN)
@api.response(200, EntryAnswer)
def submit_entry(ref: str, entry_id: str) -> Response:
    """Hand a draft in: it gets its number and its receipt. 409 when it is late."""
    event, author = contests.visible(ref, me()), directory.person(me().id)
    return _once(lambda: sending.submit(db.session(), me(), event, entry_id, author))


@api.post(f"{ENTRY}/withdraw", who=SIGNED_IN)
@api.response(200, EntryAnswer)
def withdraw_entry(ref: str, entry_id: str) -> Response:
    """Its author takes it back, until the results of its last stage are published."""
    event = contests.visible(ref, me())
    return _once(lambda: leaving.withdraw(db.session(), me(), event, entry_id))


@api.post(f"{ENTRY}/admit", who=ORGANISERS)
@api.response(200, EntryAnswer)
def admit_entry(ref: str, entry_id: str) -> Response:
    """Admit it to the first stage."""
    event = _owned(ref)
    return _once(lambda: deciding.admit(db.session(), me(), event, entry_id))


@api.post(f"{ENTRY}/refuse", who=ORGANISERS)
@api.body(RefuseBody)
@api.response(200, EntryAnswer)
def refuse_entry(body: dict[str, Any], ref: str, entry_id: str) -> Response:
    """Do not admit it; its author reads the reason."""
    event = _owned(ref)
    return _once(lambda: deciding.refuse(db.session(), me(), event, entry_id, body["reason"]))


@api.post(f"{ENTRY}/exclude", who=ORGANISERS)
@api.body(ExcludeBody)
@api.response(200, EntryAnswer)
def exclude_entry(body: dict[str, Any], ref: str, entry_id: str) -> Response:
    """Put an admitted entry out of the contest, also while it is judged; results are then compiled without it."""
    event = _owned(ref)
    return _once(lambda: leaving.exclude(db.session(), me(), event, entry_id, body["reason"]))


@api.post(f"{ENTRY}/return", who=ORGANISERS)
@api.body(ReturnBody)
@api.response(200, EntryAnswer)
def return_entry(body: dict[str, Any], ref: str, entry_id: str) -> Response:
    """Give it back to be mended; once entries are closed the body says until when."""
    event, late = _owned(ref), body.get("late_until")
    return _once(lambda: deciding.give_back(db.session(), me(), event, entry_id, body["reason"], late))


@api.post(f"{ENTRY}/extend", who=ORGANISERS)
@api.body(LateBody)
@api.response(200, EntryAnswer)
def extend_entry(body: dict[str, Any], ref: str, entry_id: str) -> Response:
    """Let this draft be handed in until later than others."""
    event = _owned(ref)
    return _once(lambda: lateness.extend(db.session(), me(), event, entry_id, body["late_until"], body["reason"]))


@api.get(f"{ENTRY}/files", who=SIGNED_IN)
@api.response(200, EntryFiles)
def list_files(ref: str, entry_id: str) -> dict[str, Any]:
    """The files of an entry, ten at most."""
    entry = queries.find(contests.visible(ref, me()), entry_id, me())
    return {"items": [show_file(file) for file in entry.files]}


@api.post(f"{ENTRY}/files", who=SIGNED_IN)
@api.response(201, EntryFileAnswer)
@api.alt_response(200, schema=EntryFileAnswer)
@api.doc(requestBody={"required": True, "content": {"multipart/form-data": {"schema": FILE}}})
def add_file(ref: str, entry_id: str) -> ResponseReturnValue:
    """Add one file (PDF, JPEG, PNG, WebP or DOCX, 10 MB); the same bytes again are the same file, 200."""
    file, new = uploading.receive(me(), contests.visible(ref, me()), entry_id)
    return show_file(file), 201 if new else 200


@api.get(f"{ENTRY}/files/<file_id>", who=SIGNED_IN)
@api.alt_response(200, schema={"type": "string", "format": "binary"}, content_type="*/*")
def get_file(ref: str, entry_id: str, file_id: str) -> Response:
    """Its bytes, as a file to save."""
    file = queries.file_of(queries.find(contests.visible(ref, me()), entry_id, me()), file_id)
    return serving.attachment(file.name, file.media_type, store.get(file.key))


@api.delete(f"{ENTRY}/files/<file_id>", who=SIGNED_IN)
@api.response(204)
def remove_file(ref: str, entry_id: str, file_id: str) -> ResponseReturnValue:
    """Take a file out of a draft."""
    uploading.remove(me(), contests.visible(ref, me()), entry_id, file_id)
    return "", 204


def _owned(ref: str) -> Event:
    return contests.owned(ref, me())


def _show(entry: Entry) -> dict[str, Any]:
    return show_entry(entry, inside=entry.author_id == me().id or entry.submitted_at is not None)


def _once(verb: Callable[[], Entry]) -> Response:
    return ledger.once(db, IdempotencyKey, lambda: (_show(verb()), 200))
