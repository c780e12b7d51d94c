"""What an uploaded file is, by its bytes: a document or picture that is taken, or a reason why not."""

import json
from dataclasses import dataclass
from pathlib import Path, PurePath

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from services import children
from services.errors import Invalid

CHILD = Path(__file__).with_name("child.py")
SECONDS = 15
LARGEST = 10 * 2**20
GROWN = 2 * LARGEST  # a picture of few colours may be far larger once it is drawn anew
EXTENSIONS = ("pdf", "jpg", "png", "webp", "docx")
REFUSALS = {
    "not_what_it_says": _l("The file is not what its name says: save it anew as PDF, JPEG, PNG, WebP or DOCX"),
    "pixels": _l("The picture has more than 25 megapixels: make it smaller"),
    "pages": _l("The document has no page, or more than 1,000"),
    "locked": _l("The file is locked by a password: save it without one"),
    "macros": _l("The document holds macros or objects of other programs: save it as PDF"),
    "outside": _l("The document fetches something from elsewhere, a template or a picture: save it as PDF"),
    "bomb": _l("The document unpacks to far more than its size tells: it is not taken"),
    "memory": _l("The file takes too much memory to read: save it in a simpler form"),
    "slow": _l("The file takes too long to read: save it in a simpler form"),
    "broken": _l("The file is damaged: save it anew"),
}


@dataclass(frozen=True)
class Checked:
    """What the file is. `blind` is the copy without metadata; of a picture it is all that is worth keeping."""

    media_type: str
    extension: str
    blind: bytes


def extension_of(name: str) -> str:
    """The extension in the form it is kept; empty where the name has none that is taken."""
    found = PurePath(name.lower()).suffix.removeprefix(".").replace("jpeg", "jpg")
    return found if found in EXTENSIONS else ""


def inspect(name: str, data: bytes) -> Checked:
    """Look into a file in a child process; Invalid at `file` where it is not taken. Never inside a transaction."""
    extension = extension_of(name)
    if not data:
        raise Invalid({"file": [_("Choose a file")]})
    if not extension:
        raise Invalid({"file": [_("Only PDF, JPEG, PNG, WebP and DOCX files are taken")]})
    if len(data) > LARGEST:
        raise Invalid({"file": [_("The file is larger than 10 MB")]})
    try:
        line, _end, blind = children.ask(CHILD, data, SECONDS, extension).partition(b"\n")
    except children.Ended as ended:
        raise Invalid({"file": [str(REFUSALS[str(ended)])]}) from None
    answer = json.loads(line)
    if "refused" in answer:
        raise Invalid({"file": [str(REFUSALS[answer["refused"]])]})
    if len(blind) > GROWN:
        raise Invalid({"file": [str(REFUSALS["memory"])]})
    return Checked(answer["media_type"], extension, blind)
