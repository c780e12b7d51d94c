"""What may be asked about schools, what a keeper sends, and what is answered."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields as ma
from marshmallow import validates

from registry_service.asking import Question
from registry_service.orders.schemas import GroundBody
from registry_service.schools.models import KINDS
from registry_service.territories.models import KINDS as TERRITORY_KINDS
from services.fields import Body, Choice, Day, Flag, Text, Translated, Whole, fail
from services.paging import MOST


class SchoolQuery(Question):
    """Filters of the list, in codes; what holds on the day `as_of` (default today)."""

    district = Text(most=10, load_default="")
    oblast = Text(most=10, load_default="")
    territory_kind = Choice(TERRITORY_KINDS, load_default="")
    small = Flag(load_default=None)
    centre = Flag(load_default=None)
    attached = Flag(load_default=None)
    twinned = Flag(load_default=None)
    programme = Text(most=40, load_default="")
    kind = Choice(KINDS, load_default="")
    cluster = Text(most=40, load_default="", metadata={"description": "code of a centre"})
    patron = Text(most=40, load_default="", metadata={"description": "code of a patron"})
    q = Text(most=100, load_default="")
    as_of = Day(load_default=None)
    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=100, load_default="")
    lang = Text(most=5, load_default="")


class DayQuery(Question):
    """On which day; default today."""

    as_of = Day(load_default=None)


class SchoolPatch(GroundBody):
    """Some of a school; what is not named stays. `small` and `centre` need `valid_from`."""

    name = Translated(most=200)
    kind = Choice(KINDS)
    district = Text(most=10)
    small = Flag(allow_none=True)
    centre = Flag(allow_none=True)
    closed_on = Day(allow_none=True)


class SchoolBody(SchoolPatch):
    """The whole of a new school. Without a `code` it gets the next number of its district."""

    name = Translated(required=True, most=200)
    kind = Choice(KINDS, load_default="general")
    district = Text(most=10, required=True)
    code = Text(most=40, allow_none=True, load_default=None)
    opened_on = Day(allow_none=True, load_default=None)

    @validates("code")
    def plain_code(self, value: str | None, **kwargs: Any) -> None:
        """A code stands in addresses."""
        if value and not (value.isascii() and value.replace("-", "").replace("_", "").isalnum()):
            raise fail(_("A code has Latin letters, digits and hyphens only"))


class SchoolAnswer(Body):
    """A school as anyone may see it, on the day asked for."""

    id = ma.String()
    code = ma.String()
    name = ma.Dict()
    kind = ma.String()
    district = ma.String()
    opened_on = ma.Date()
    closed_on = ma.Date(allow_none=True)
    small = ma.Boolean()
    centre = ma.Boolean()
    attached = ma.Boolean()
    twinned = ma.Boolean()
    attached_to = ma.String(allow_none=True)
    patrons = ma.List(ma.String())
    programmes = ma.List(ma.String())
    is_synthetic = ma.Boolean()
    version = ma.Integer()
    url = ma.String()


class HistoryAnswer(Body):
    """One line of a school's history."""

    at = ma.String()
    actor_id = ma.String()
    actor = ma.String()
    action = ma.String()
    old = ma.Dict(allow_none=True)
    new = ma.Dict(allow_none=True)
    valid_from = ma.Date(allow_none=True)
    order_id = ma.String(allow_none=True)
    order = ma.String(allow_none=True)
    reason = ma.String()
