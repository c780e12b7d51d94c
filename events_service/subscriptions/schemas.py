"""What a reader chooses and is answered: the same for the web form and the JSON body."""

from typing import Any

from marshmallow import fields as ma
from marshmallow import validate

from events_service.subscriptions import queries
from events_service.subscriptions.models import Subscription
from events_service.subscriptions.words import LETTERS
from services.fields import Body, Flag, Text, Whole

MOST_OF_ONE = validate.Length(max=100)
LettersBody = Body.from_dict({kind: Flag() for kind in LETTERS}, name="LettersBody")
LettersAnswer = Body.from_dict({kind: ma.Boolean() for kind in LETTERS}, name="LettersAnswer")


class FollowsBody(Body):
    """Codes of districts and programmes, and subjects as events name them."""

    district = ma.List(Text(most=10), validate=MOST_OF_ONE)
    subject = ma.List(Text(most=60), validate=MOST_OF_ONE)
    programme = ma.List(Text(most=40), validate=MOST_OF_ONE)


class CalendarSwitchesBody(Body):
    """Her own calendar: with alarms, and without what is cancelled."""

    alarms = Flag()
    hide_cancelled = Flag()


class SubscriptionBody(Body):
    """What she follows, which letters come, and her calendar; what is not named stays as it is.

    With `version` it is saved only if nothing has been changed since.
    """

    follows = ma.Nested(FollowsBody)
    letters = ma.Nested(LettersBody)
    calendar = ma.Nested(CalendarSwitchesBody)
    version = Whole(least=1, allow_none=True, load_default=None)


class FollowsAnswer(Body):
    district = ma.List(ma.String())
    subject = ma.List(ma.String())
    programme = ma.List(ma.String())


class CalendarSwitchesAnswer(Body):
    alarms = ma.Boolean()
    hide_cancelled = ma.Boolean()


class SubscriptionAnswer(Body):
    """All switches as they are now."""

    follows = ma.Nested(FollowsAnswer)
    letters = ma.Nested(LettersAnswer)
    calendar = ma.Nested(CalendarSwitchesAnswer)
    version = ma.Integer()


def show(row: Subscription) -> dict[str, Any]:
    return {
        "follows": queries.followed(row.reader),
        "letters": {kind: kind not in row.muted for kind in LETTERS},
        "calendar": {"alarms": row.alarms, "hide_cancelled": row.hide_cancelled},
        "version": row.version,
    }
