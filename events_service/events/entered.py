"""What stands in the organiser's form so far, as far as it can be read, and everything that is wrong with it."""

from typing import Any

from flask import request
from marshmallow import ValidationError

from events_service.events import clashes, content, forms, planning
from events_service.events.models import Event
from events_service.events.rules import settled
from events_service.events.schemas import EventBody
from services.forms import Form, messages, unflatten
from services.i18n import translate_messages

BLANK: dict[str, Any] = {**content.DEFAULTS, "kind": "seminar", "title": {}}


def body_of(form: Form, event: Event | None) -> dict[str, Any]:
    """A whole event: what was typed, else what is saved; what cannot be read is left out."""
    saved = content.snapshot(event) if event else BLANK
    if not form.sent:
        return {**saved, **({} if event else {"audience": forms.audience_of(forms.BLANK)})}
    sent = forms.to_body(unflatten(request.form.to_dict(flat=False)))
    try:
        read = EventBody().load(sent)
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        read = {name: value for name, value in valid.items() if name not in error.normalized_messages()}
    return {**saved, **settled(read)}


def warn(form: Form, event: Event | None) -> list[clashes.Clash]:
    """What the days that stand in the form clash with."""
    body = body_of(form, event)
    if planning.faults(body).keys() & {"starts_at", "ends_at", "time_zone", "audience"}:
        return []
    return clashes.of_content(body, event)


def complete(form: Form, event: Event | None) -> None:
    """Say all that is wrong at once: a field that cannot be read hides nothing of what others contradict."""
    if form.status != 422:
        return
    named = {field.split(".")[0] for field, _message in form.errors}
    found = messages(translate_messages(planning.faults(body_of(form, event))))
    form.errors += [(field, message) for field, message in found if field.split(".")[0] not in named]
