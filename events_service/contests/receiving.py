"""The two texts of rules at the edge: each chosen as a file or pasted."""

from flask import request
from flask_babel import gettext as _

from events_service.contests.schemas import MOST_FILE
from services.errors import QonyrauError
from services.forms import Form, messages

FILES = ("contest", "rules")
REFUSED = QonyrauError


def texts(form: Form) -> dict[str, str]:
    """What was sent by name; a file is taken before what stands in its field. Unreadable bytes are an error."""
    found = {}
    for name in FILES:
        upload = request.files.get(f"{name}_file")
        data = upload.stream.read(MOST_FILE * 2) if upload and upload.filename else b""
        try:
            found[name] = data.decode("utf-8-sig") if data else request.form.get(name, "")
        except UnicodeDecodeError:
            said = _("The letters of the file cannot be read: save it as CSV UTF-8")
            form.errors, form.status = [*form.errors, (f"{name}_file", said)], 422
    return found


def refuse(form: Form, error: QonyrauError) -> None:
    """What a verb refused becomes an error of the form."""
    form.errors += list(messages(error.errors)) or [("", str(error.detail or error.title))]
    form.status = error.status
