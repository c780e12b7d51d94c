"""What authors and organisers of entries send and what is answered: the same for the web form and the JSON body."""

from typing import Any

from marshmallow import fields as ma

from events_service.entries.models import STATUSES, Entry, EntryFile
from services.fields import Body, Choice, Flag, Link, Mail, Moment, Text
from services.paging import PageQuery

MOST_SUMMARY = 4000


class StartBody(Body):
    """In which nomination a draft is begun: its id."""

    nomination = Text(most=32, required=True)


class EntryPatch(Body):
    """Some parts of a draft; what is not named stays. The two flags are needed to hand it in."""

    title = Text(most=200, least=0, allow_none=True)
    summary = Text(most=MOST_SUMMARY, lines=True, least=0, allow_none=True)
    video_url = Link(allow_none=True)
    original = Flag(allow_none=True)
    consent = Flag(allow_none=True)


class TextPart(Body):
    """The page of title and summary."""

    title = Text(most=200, allow_none=True)
    summary = Text(most=MOST_SUMMARY, lines=True, allow_none=True)


class VideoPart(Body):
    """The page of the link."""

    video_url = Link(allow_none=True)


class DeclarationPart(Body):
    """The page on which an entry is handed in."""

    original = Flag(load_default=False)
    consent = Flag(load_default=False)


class ReturnBody(Body):
    """Why an entry is given back, and until when it can be mended where entries are closed."""

    reason = Text(most=500, lines=True, required=True)
    late_until = Moment(allow_none=True)


class RefuseBody(Body):
    """Why an entry is not admitted; its author reads it."""

    reason = Text(most=500, lines=True, required=True)


class ExcludeBody(Body):
    """Why an entry is put out of the contest; its author reads it, and the protocol says it."""

    reason = Text(most=500, lines=True, required=True)


class LateBody(Body):
    """Until when a draft may be handed in, and why."""

    late_until = Moment(required=True)
    reason = Text(most=500, lines=True, required=True)


class LateStartBody(LateBody):
    """A draft for a person of the register, by her id or her address, that may be handed in late, and why."""

    person = Text(most=32, allow_none=True)
    email = Mail(most=320, allow_none=True)
    nomination = Text(most=32, required=True)


class EntryQuery(PageQuery):
    """The filters of the list."""

    status = Choice(STATUSES, load_default="")
    nomination = Text(most=32, least=0, load_default="")
    district = Text(most=10, least=0, load_default="")


class EntryFileAnswer(Body):
    """A file; its bytes are one address deeper."""

    id = ma.String()
    name = ma.String()
    media_type = ma.String()
    size = ma.Integer()
    sha256 = ma.String()
    uploaded_at = Moment()


class EntryAnswer(Body):
    """An entry. `receipt` and `number` come with the first handing in; school and district are those of that day."""

    id = ma.String()
    event_id = ma.String()
    nomination = ma.String(attribute="nomination_id")
    number = ma.Integer(allow_none=True)
    status = ma.String()
    author = ma.String(attribute="name")
    school_id = ma.String(allow_none=True)
    district = ma.String()
    small_class = ma.Boolean()
    title = ma.String()
    summary = ma.String()
    video_url = ma.String()
    original = ma.Boolean()
    consent = ma.Boolean()
    reason = ma.String()
    late_until = Moment(allow_none=True)
    receipt = ma.String()
    submitted_at = Moment(allow_none=True)
    version = ma.Integer()
    files = ma.List(ma.Nested(EntryFileAnswer))


class EntryFiles(Body):
    """The files of an entry, in their order."""

    items = ma.List(ma.Nested(EntryFileAnswer))


# What stands in a draft is its author's own until she hands it in.
OWN = ("title", "summary", "video_url", "original", "consent", "files")


def show_file(file: EntryFile) -> dict[str, Any]:
    body: dict[str, Any] = EntryFileAnswer().dump(file)
    return body


def show_entry(entry: Entry, inside: bool = True) -> dict[str, Any]:
    """The JSON of an entry; of a draft that is not hers an organiser sees only that it is there."""
    body: dict[str, Any] = EntryAnswer().dump(entry)
    return body if inside else {name: value for name, value in body.items() if name not in OWN}
