"""What an organiser sends and what is answered: the same for the web form and the JSON body."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields as ma
from marshmallow import pre_load, validate

from events_service.events.models import DRAFT, FORMATS, KINDS, LANGUAGES, LEADS, PRECISIONS, RULES
from services.fields import Body, Choice, Day, Flag, Link, Moment, Text, Translated, Whole, fail
from services.paging import PageQuery

MOST_SEATS = 100_000


class AudienceBody(Body):
    """A rule and what it needs: a centre, a programme, a district or schools; `oblast` narrows it."""

    rule = Choice(RULES, required=True)
    centre = Text(most=40, allow_none=True)
    programme = Text(most=40, allow_none=True)
    district = Text(most=10, allow_none=True)
    schools = ma.List(Text(most=40), allow_none=True, validate=validate.Length(max=1000))
    oblast = Text(most=10, allow_none=True)


class AgendaBody(Body):
    """One line of the agenda."""

    starts_at = Moment(allow_none=True, load_default=None)
    ends_at = Moment(allow_none=True, load_default=None)
    title = Translated(required=True, most=300)
    presenter = Text(most=200, least=0, allow_none=True, load_default="")
    district = Text(most=10, least=0, allow_none=True, load_default="")


class MaterialBody(Body):
    """A link, with its size in bytes where it is known."""

    title = Translated(required=True, most=200)
    url = Link(required=True)
    size = Whole(allow_none=True, load_default=None)


class Lead(Whole):
    """Minutes before the start, one of those that reminders know."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"enum": list(LEADS)}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        lead = super()._deserialize(value, attr, data, **kwargs)
        if lead not in LEADS:
            raise fail(_("Choose one of the list"))
        return lead


class EventBody(Body):
    """The whole of an event as its organiser writes it."""

    kind = Choice(KINDS, required=True)
    title = Translated(required=True, most=300)
    description = Translated(most=5000, lines=True, allow_none=True)
    starts_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True)
    all_day = Flag(allow_none=True)
    date_precision = Choice(PRECISIONS, allow_none=True)
    time_zone = Text(most=40, allow_none=True)
    format = Choice(FORMATS, allow_none=True)
    join_url = Link(allow_none=True)
    venue = Translated(most=300, bare=True, allow_none=True)
    language = Choice(LANGUAGES, allow_none=True)
    subject = Text(most=60, least=0, allow_none=True)
    programme = Text(most=40, least=0, allow_none=True)
    capacity = Whole(least=1, most=MOST_SEATS, allow_none=True)
    small_class_reserve = Whole(most=MOST_SEATS, allow_none=True)
    reserve_until = Moment(allow_none=True)
    registration_opens_at = Moment(allow_none=True)
    registration_closes_at = Moment(allow_none=True)
    audience = ma.Nested(AudienceBody, allow_none=True)
    restrict_to_audience = Flag(allow_none=True)
    reminders = ma.List(Lead(), allow_none=True, validate=validate.Length(max=20))
    agenda = ma.List(ma.Nested(AgendaBody), allow_none=True, validate=validate.Length(max=50))
    materials = ma.List(ma.Nested(MaterialBody), allow_none=True, validate=validate.Length(max=30))
    organisation = Text(most=20, allow_none=True)

    @pre_load
    def agenda_by_the_same_clock(self, data: Any, **kwargs: Any) -> Any:
        """Times of the agenda without an offset are of the event's zone, as its own times are."""
        if not isinstance(data, Mapping) or not isinstance(data.get("agenda"), list):
            return data
        zone = {"time_zone": data.get("time_zone")}
        return {**data, "agenda": [{**line, **zone} if isinstance(line, Mapping) else line for line in data["agenda"]]}


class EventPatch(EventBody):
    """Some of an event; what is not named stays."""

    kind = Choice(KINDS)
    title = Translated(most=300, required=False)


class CancelBody(Body):
    """Why it will not take place."""

    reason = Text(most=500, least=0, lines=True, allow_none=True, load_default="")


class EventQuery(PageQuery):
    """Filters of the list; words are codes."""

    district = Text(most=10, least=0, load_default="")
    kind = Text(most=30, least=0, load_default="")
    programme = Text(most=40, least=0, load_default="")
    subject = Text(most=60, least=0, load_default="")
    language = Text(most=10, least=0, load_default="")
    format = Text(most=20, least=0, load_default="")
    q = Text(most=100, least=0, load_default="")
    since = Day(load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


class AgendaAnswer(Body):
    starts_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True)
    title = ma.Dict()
    presenter = ma.String()
    district = ma.String()


class MaterialAnswer(Body):
    title = ma.Dict()
    url = ma.String()
    size = ma.Integer(allow_none=True)


class EventAnswer(Body):
    """An event as anyone may see it; `join_url` only for those who may join."""

    id = ma.String()
    slug = ma.String()
    url = ma.String()
    status = ma.String()
    uid = ma.String()
    sequence = ma.Integer()
    version = ma.Integer()
    kind = ma.String()
    title = ma.Dict()
    description = ma.Dict()
    starts_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True)
    all_day = ma.Boolean()
    date_precision = ma.String()
    time_zone = ma.String()
    format = ma.String()
    join_url = ma.String()
    venue = ma.Dict()
    language = ma.String()
    subject = ma.String()
    programme = ma.String()
    organisation = ma.String()
    capacity = ma.Integer(allow_none=True)
    small_class_reserve = ma.Integer()
    reserve_until = Moment(allow_none=True)
    registration_opens_at = Moment(allow_none=True)
    registration_closes_at = Moment(allow_none=True)
    audience = ma.Dict()
    audience_total = ma.Integer(allow_none=True)
    restrict_to_audience = ma.Boolean()
    reminders = ma.List(ma.Integer())
    seats_taken = ma.Integer()
    waiting = ma.Integer()
    cancel_reason = ma.String()
    changed_at = Moment()
    agenda = ma.List(ma.Nested(AgendaAnswer))
    materials = ma.List(ma.Nested(MaterialAnswer))


class WarningAnswer(Body):
    """What the event's days clash with; it forbids nothing. `schools` is how many both are for."""

    code = ma.String()
    message = ma.String()
    url = ma.String()
    first_day = ma.Date(allow_none=True)
    last_day = ma.Date(allow_none=True)
    event = ma.String(allow_none=True)
    schools = ma.Integer(allow_none=True)


class OwnAnswer(EventAnswer):
    """An event as its organisers see it."""

    warnings = ma.List(ma.Nested(WarningAnswer))


class ToldAnswer(OwnAnswer):
    """`told` is how many people a message is owed to."""

    told = ma.Integer()


class ReleasedAnswer(OwnAnswer):
    """`promoted` is how many of those who waited got a place."""

    promoted = ma.Integer()


class AudienceSchool(Body):
    """A school of an audience."""

    id = ma.String()
    code = ma.String()
    name = ma.Dict()
    district = ma.String()


def show_warnings(clashes: Iterable[Any]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = WarningAnswer(many=True).dump(clashes)
    return shown


def show_event(event: Any, with_link: bool = False) -> dict[str, Any]:
    """The JSON of an event; the address to join is for those who come, and for its organisers."""
    body: dict[str, Any] = EventAnswer().dump(event)
    body["url"] = f"/events/{event.slug}"
    if not with_link and event.status != DRAFT:
        body["join_url"] = ""
    return body
