"""What a person or a guest sends to register, and what is answered."""

from marshmallow import fields as ma

from services.fields import Body, Choice, Mail, Moment, Text
from services.i18n import LANGUAGES


class GuestBody(Body):
    """A guest: no account, only a name and an address that is proved by the link sent to it."""

    name = Text(most=200, required=True)
    email = Mail(most=320, required=True)
    school_id = Text(most=40, allow_none=True, load_default=None)
    language = Choice(LANGUAGES, allow_none=True, load_default=None)


class RegisterBody(Body):
    """Empty for the bearer of the token; `guest` for somebody without one."""

    guest = ma.Nested(GuestBody, allow_none=True, load_default=None)


class RegistrationAnswer(Body):
    """A registration. `position` is null unless she waits."""

    id = ma.String()
    event_id = ma.String()
    status = ma.String()
    position = ma.Integer(allow_none=True)
    queued_at = Moment()


class RegistrantAnswer(RegistrationAnswer):
    """As organisers and coordinators see it."""

    name = ma.String()
    email = ma.String()
    school_id = ma.String(allow_none=True)
    language = ma.String()
