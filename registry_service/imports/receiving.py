"""A file at the edge: how large it may be, where it stands in the request, and its dry run."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry_service.db import db
from registry_service.imports import checking, importing, queries, reading
from registry_service.imports.models import ImportRun
from registry_service.orders.queries import ground_of
from services.errors import Invalid, QonyrauError
from services.identity import me
from services.text import UNSAFE

LARGEST_BODY = 6 * 2**20
RAW = ("text/csv", "application/octet-stream", "application/vnd.")


class TooLarge(QonyrauError):
    status = 413
    title = _l("The file is larger than 5 MB: divide it")


def allow_a_file(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """These routes take more than others do; runs before anything is read of the body."""
    request.max_content_length = LARGEST_BODY
    if (request.content_length or 0) > LARGEST_BODY:
        raise TooLarge


def sent_file() -> tuple[str, bytes]:
    """Name and bytes of the file: the part `file` of a form, or the whole body."""
    if upload := request.files.get("file"):
        name, data = upload.filename or "", upload.stream.read(reading.LARGEST + 1)
    elif (request.mimetype or "").startswith(RAW):
        name, data = "", request.get_data()
    else:
        name, data = "", b""
    if not data:
        raise Invalid({"file": [_("Choose a file")]})
    return UNSAFE.sub("", name).strip()[:200] or "–", data


def receive(asked: dict[str, Any], again: bool = True) -> ImportRun:
    """The dry run of the file that was sent. Unless it is to be made `again`, the one she has seen will do."""
    filename, data = sent_file()
    day = asked["valid_from"]
    ground = {
        "valid_from": day.isoformat() if day else None,
        "order_id": ground_of(asked["order_id"]),
        "reason": asked["reason"] or _("Imported from the file %(name)s", name=filename),
    }
    digest = importing.digest_of(data, asked["kind"], ground)
    seen = None if again else queries.checked(me(), digest)
    if seen:
        return seen
    db.session.rollback()  # no transaction stays open while the file is read
    sheet = reading.read(data)
    head, drafts = checking.check(asked["kind"], sheet, ground, me())
    about = {"kind": asked["kind"], "filename": filename, "digest": digest, "ground": ground, "head": sheet.head}
    with db.transaction() as session:
        return importing.keep(session, me(), about, head, drafts)
