"""A file at the edge: how large a request may be, where the file stands in it, and its way into the store.

The bytes are looked into and stored before the transaction begins: nobody waits for a child process or a store.
"""

import hashlib
from contextlib import suppress
from pathlib import PureWindowsPath
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from events_service.db import db
from events_service.entries import queries, writing
from events_service.entries.models import EntryFile
from events_service.events.models import Event
from events_service.files import checking, store
from services import limits
from services.database import new_id
from services.errors import Invalid, QonyrauError
from services.identity import Actor
from services.text import UNSAFE

LARGEST_BODY = checking.LARGEST + 2**20
RATE = "60/hour"
NAME = 120


class TooLarge(QonyrauError):
    status = 413
    title = _l("The file is larger than 10 MB")


def allow_a_file(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Routes of files take more than others do; runs before anything is read of the body."""
    if request.method == "POST" and request.path.endswith("/files"):
        request.max_content_length = LARGEST_BODY
        if (request.content_length or 0) > LARGEST_BODY:
            raise TooLarge


def sent_file() -> tuple[str, bytes]:
    """Name and bytes of the part `file` of the form."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid({"file": [_("Choose a file")]})
    name = " ".join(UNSAFE.sub("", PureWindowsPath(upload.filename).name).split())
    return name[-NAME:], upload.stream.read(checking.LARGEST + 1)


def receive(actor: Actor, event: Event, entry_id: str) -> tuple[EntryFile, bool]:
    """Put the file that was sent into a draft of hers; answers it and whether it is new."""
    name, data = sent_file()
    entry = queries.own(event, entry_id, actor)
    digest = hashlib.sha256(data).hexdigest()
    there = next((kept for kept in entry.files if kept.sha256 == digest), None)
    if there:  # its answer was lost on the way
        return there, False
    writing.check_draft(event, entry)
    limits.hit(RATE, "uploads", actor.id)
    db.session.rollback()  # no transaction stays open meanwhile
    file, contents = _made(name, digest, checking.inspect(name, data), data)
    try:
        for key, content in contents.items():
            store.put(key, content)
        with db.transaction() as session:
            kept, new = writing.attach(session, actor, event, entry_id, file)
    except QonyrauError:  # refused; after any other error the row may be there, and the sweep decides
        forget(file)
        raise
    if not new:
        forget(file)
    return kept, new


def remove(actor: Actor, event: Event, entry_id: str, file_id: str) -> None:
    """Take a file out of a draft of hers, and its bytes out of the store."""
    with db.transaction() as session:
        file = writing.detach(session, actor, event, entry_id, file_id)
    forget(file)


def forget(file: EntryFile) -> None:
    """Bytes that no row names are only lost room, so that a store that is away stops nobody."""
    with suppress(QonyrauError):
        for key in {file.key, file.blind_key}:
            store.delete(key)


def _made(name: str, digest: str, found: checking.Checked, data: bytes) -> tuple[EntryFile, dict[str, bytes]]:
    """The row, and what has to lie in the store under its keys.

    Of a picture only the one drawn anew is kept: the one that came says where it was taken.
    """
    picture = found.media_type.startswith("image/")
    blind, own = store.new_key(), store.new_key()
    key, size = (blind, len(found.blind)) if picture else (own, len(data))
    kept = {"media_type": found.media_type, "size": size, "sha256": digest}
    row = EntryFile(id=new_id(), name=name, key=key, blind_key=blind, blind_size=len(found.blind), **kept)
    return row, {key: data, blind: found.blind}
