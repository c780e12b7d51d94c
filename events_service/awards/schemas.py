"""What is sent and answered about protocols and awards: the same for the web form and the JSON body."""

from typing import Any

from marshmallow import fields as ma
from marshmallow import validate

from events_service.awards import words
from events_service.awards.models import Award
from services.fields import Body, Choice, Day, Flag, Moment, Text, Translated
from services.identity import settings_of_app

People = validate.Length(max=60)


class ProtocolPatch(Body):
    """Some of a draft; what is not named stays. `present` are ids of members of the jury, the others are absent."""

    number = Text(most=40)
    held_on = Day()
    format = Choice(list(words.FORMATS))
    place = Translated(most=200, allow_none=True)
    present = ma.List(Text(most=32), allow_none=True, validate=People)
    decision = Translated(most=4000, lines=True, allow_none=True)
    dissent = Translated(most=4000, lines=True, allow_none=True)


class ProtocolBody(ProtocolPatch):
    """A new protocol, on the newest compilation unless another is named; whatever is left out has a default."""

    compilation = Text(most=32, allow_none=True)
    number = Text(most=40, allow_none=True)
    held_on = Day(allow_none=True)
    format = Choice(list(words.FORMATS), allow_none=True)


class SignBody(Body):
    """Who has signed on paper, by their ids as members of the jury."""

    signed = ma.List(Text(most=32), required=True, validate=People)


class GiveBody(Body):
    """One run of awarding; `again` is an award that was taken back by hand and is given once more."""

    again = Text(most=32, allow_none=True)


class VoidBody(Body):
    """Why an award is not valid any more."""

    reason = Text(most=500, lines=True, required=True)


class PresentAnswer(Body):
    id = ma.String()
    name = ma.String()
    role = ma.String()


class QuorumAnswer(Body):
    needed = ma.Integer()
    present = ma.Integer()
    met = ma.Boolean()


class ScanAnswer(Body):
    name = ma.String()
    media_type = ma.String()
    size = ma.Integer()


class ProtocolAnswer(Body):
    """A protocol; `contents` is all it says, in the language of the reader, section by section."""

    id = ma.String()
    stage = ma.String(attribute="stage_id")
    compilation = ma.String(attribute="compilation_id")
    number = ma.String()
    held_on = ma.Date()
    format = ma.String()
    place = ma.Dict()
    present = ma.List(ma.Nested(PresentAnswer))
    absent = ma.List(ma.Nested(PresentAnswer))
    quorum = ma.Nested(QuorumAnswer)
    decision = ma.Dict()
    dissent = ma.Dict()
    signatures = ma.List(ma.Nested(PresentAnswer))
    status = ma.String()
    version = ma.Integer()
    signed_at = Moment(allow_none=True)
    file = ma.Nested(ScanAnswer, allow_none=True)
    contents = ma.Dict()


class CheckAnswer(Body):
    """What everybody may know of an award who has its code."""

    code = ma.String()
    number = ma.String()
    valid = Flag()
    kind = ma.String()
    name = ma.String()
    school = ma.Dict()
    nomination = ma.Dict()
    contest = ma.Dict()
    issued_on = ma.Date()
    void_at = Moment(allow_none=True)
    url = ma.String()


class AwardAnswer(CheckAnswer):
    """The same for organisers, with its entry, or its juror where she is thanked, and why it is void."""

    id = ma.String()
    entry = ma.String(attribute="entry_id", allow_none=True)
    juror = ma.String(attribute="member_id", allow_none=True)
    protocol = ma.String(attribute="protocol_id")
    void_reason = ma.String()


class MadeAnswer(Body):
    """What one run of awarding did: awards of entries, those taken back by hand and left so, letters of thanks made."""

    made = ma.Integer()
    voided = ma.Integer()
    valid = ma.Integer()
    left_out = ma.Integer()
    thanks = ma.Integer()


def show_award(award: Award, schema: type[CheckAnswer] = CheckAnswer) -> dict[str, Any]:
    body: dict[str, Any] = schema().dump(award)
    return {**body, "valid": award.void_at is None, "contest": award.event.title, "url": check_url(award)}


def check_url(award: Award) -> str:
    """The public address that the code on the paper opens."""
    return f"{settings_of_app().public_url}/awards/{award.code}"
