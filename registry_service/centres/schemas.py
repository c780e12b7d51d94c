"""What may be asked about attachments, what a keeper sends, and what is answered."""

from typing import Any

from marshmallow import fields as ma

from registry_service.asking import Question
from registry_service.centres.models import Attachment
from registry_service.orders.schemas import GroundBody
from services.fields import Body, Day, Text, Whole
from services.paging import MOST


class AttachmentQuery(Question):
    """Which links hold on a day (default today)."""

    district = Text(most=10, load_default="")
    school = Text(most=40, load_default="")
    centre = Text(most=40, load_default="")
    as_of = Day(load_default=None)
    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=100, load_default="")
    lang = Text(most=5, load_default="")


class AttachmentBody(GroundBody):
    """A school and the centre that serves it from `valid_from` on; ids or codes."""

    school = Text(most=40, required=True)
    centre = Text(most=40, required=True)


class AttachmentPatch(GroundBody):
    """A move to another `centre` from `valid_from` on, or an end on `valid_to`."""

    centre = Text(most=40, allow_none=True, load_default=None)
    valid_to = Day(allow_none=True, load_default=None)


class AttachmentAnswer(Body):
    """A link; `school` and `centre` are codes."""

    id = ma.String()
    school = ma.String()
    school_id = ma.String()
    centre = ma.String()
    centre_id = ma.String()
    district = ma.String()
    valid_from = ma.Date()
    valid_to = ma.Date(allow_none=True)
    order_id = ma.String(allow_none=True)


def show_attachment(link: Attachment) -> dict[str, Any]:
    plain = ("id", "school_id", "centre_id", "valid_from", "valid_to", "order_id")
    named = {"school": link.school.code, "centre": link.centre.code, "district": link.school.territory_code}
    shown: dict[str, Any] = AttachmentAnswer().dump({**{name: getattr(link, name) for name in plain}, **named})
    return shown
