"""The scan of a signed protocol at the edge: how large it may be, what it is, and where it is kept."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from events_service.awards import minutes
from events_service.awards.minutes import Scan
from events_service.awards.models import Protocol
from events_service.db import db
from events_service.entries import uploading
from events_service.events.models import Event
from events_service.files import checking, store
from services import limits
from services.errors import Invalid, QonyrauError
from services.identity import me

TAKEN = ("pdf", "jpg", "png")
BESIDE = 64 * 2**10  # the other fields of the form


def allow_a_file(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """What signs and what attaches takes more than others do; runs before anything is read of the body."""
    if endpoint and endpoint.endswith((".sign", ".attach_scan")):
        request.max_content_length = checking.LARGEST + BESIDE


def scan() -> Scan | None:
    """What was sent as `file`, looked into and kept as it came: it may carry a digital signature. None without one."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return None
    name, data = uploading.sent_file()
    limits.hit(uploading.RATE, "uploads", me().id)
    found = checking.inspect(name, data)
    if found.extension not in TAKEN:
        raise Invalid({"file": [_("Only PDF, JPEG and PNG files are taken")]})
    kept = Scan(store.new_key(), name, found.media_type, len(data))
    store.put(kept.key, data)
    return kept


def attach(event: Event, protocol_id: str) -> Protocol:
    """Attach what was sent to a signed protocol; what is refused leaves nothing in the store."""
    db.session.rollback()  # no transaction stays open while the file is looked into
    found = scan()
    if found is None:
        raise Invalid({"file": [_("Choose a file")]})
    try:
        with db.transaction() as session:
            return minutes.attach(session, me(), event.id, protocol_id, found)
    except QonyrauError:
        store.delete(found.key)
        raise
