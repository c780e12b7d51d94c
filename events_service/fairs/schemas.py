"""What organisers and authors of a fair send and what is answered: the same for the web form and the JSON body."""

from typing import Any

from marshmallow import fields as ma
from marshmallow import validate

from events_service.events.models import LANGUAGES
from events_service.fairs.models import ACCEPTED, WISHES, Idea
from services.fields import Body, Choice, Flag, Link, Moment, Text, Translated, Whole

MOST_MINUTES = 240


class FairBody(Body):
    """The settings of a fair: until when ideas are taken and changed, and how many of one person."""

    ideas_close_at = Moment(allow_none=True)
    ideas_per_person = Whole(least=1, most=10, allow_none=True)


class SectionBody(Body):
    """A section; the weak zone it answers is a subject, a topic and the codes of districts."""

    title = Translated(required=True, most=200)
    subject = Text(most=60, least=0, allow_none=True)
    topic = Text(most=200, least=0, allow_none=True)
    districts = ma.List(Text(most=10), allow_none=True, validate=validate.Length(max=30))
    language = Choice(LANGUAGES, allow_none=True)
    position = Whole(most=999, allow_none=True)
    moderator = Text(most=200, least=0, allow_none=True)


class SectionPatch(SectionBody):
    """Some of a section; what is not named stays."""

    title = Translated(most=200)


class IdeaBody(Body):
    """An idea as its author writes it; `material_size` in bytes. The consent is needed to hand it in."""

    section = Text(most=32, required=True)
    title = Translated(required=True, most=200)
    summary = Translated(most=2000, lines=True, allow_none=True)
    wish = Choice(WISHES, allow_none=True)
    minutes = Whole(least=5, most=MOST_MINUTES, allow_none=True)
    coauthors = Text(most=300, least=0, allow_none=True)
    material_url = Link(allow_none=True)
    material_size = Whole(allow_none=True)
    consent = Flag(allow_none=True)


class IdeaPatch(IdeaBody):
    """Some of an idea; what is not named stays."""

    section = Text(most=32)
    title = Translated(most=200)


class SlotBody(Body):
    """The slot of an idea. Without `starts_at` there is none; without `ends_at` it has the wished length."""

    starts_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True)
    place = Text(most=120, least=0, allow_none=True)
    join_url = Link(allow_none=True)
    section = Text(most=32, allow_none=True)


class FillBody(Body):
    """Where the first free slot of a section may begin, and how many minutes lie between two."""

    starts_at = Moment(required=True)
    gap = Whole(most=60, allow_none=True)


class DeclineBody(Body):
    """Why an idea is not taken; its author reads it."""

    reason = Text(most=500, lines=True, required=True)


class FairAnswer(Body):
    """The settings in force; `state` says whether ideas are taken now."""

    event_id = ma.String()
    ideas_close_at = Moment(allow_none=True)
    ideas_per_person = ma.Integer()
    state = ma.String()


class SectionAnswer(Body):
    id = ma.String()
    position = ma.Integer()
    title = ma.Dict()
    subject = ma.String()
    topic = ma.String()
    districts = ma.List(ma.String())
    language = ma.String()
    moderator = ma.String()


class IdeaAnswer(Body):
    """An idea; `reason` and `version` only for its author and the organisers, `join_url` for those who may join."""

    id = ma.String()
    event_id = ma.String()
    section = ma.String(attribute="section_id", allow_none=True)
    status = ma.String()
    title = ma.Dict()
    summary = ma.Dict()
    wish = ma.String()
    minutes = ma.Integer()
    author = ma.String(attribute="name")
    school_id = ma.String(allow_none=True)
    coauthors = ma.String()
    material_url = ma.String()
    material_size = ma.Integer(allow_none=True)
    starts_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True)
    place = ma.String()
    join_url = ma.String()
    reason = ma.String()
    version = ma.Integer()
    warnings = ma.List(ma.String())


INNER = ("reason", "version", "warnings", "join_url")


def show_section(section: Any) -> dict[str, Any]:
    body: dict[str, Any] = SectionAnswer().dump(section)
    return body


def show_idea(idea: Idea, inside: bool, joins: bool = False, warnings: list[str] | None = None) -> dict[str, Any]:
    """The JSON of an idea; `inside` for its author and the fair's organisers, `joins` for whoever has a place."""
    body: dict[str, Any] = IdeaAnswer().dump(idea)
    body["warnings"] = warnings or []
    if not inside:
        body = {name: value for name, value in body.items() if name not in INNER}
    if inside or (joins and idea.status == ACCEPTED):
        body["join_url"] = idea.join_url
    return body
