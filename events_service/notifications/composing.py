"""What letters about an event have in common, whatever they are owed for."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from events_service.db import Notification
from events_service.events import words
from events_service.events.models import Event
from events_service.ics import entries
from events_service.ics.zones import ALMATY
from events_service.notifications import wording
from services.i18n import language, said_plain, span
from services.identity import settings_of_app
from services.mail import Letter

Fill = Callable[[str, dict[str, Any]], str]


def when_of(event: Event) -> str:
    """When it takes place; times by the clock of Almaty, wherever the reader is."""
    if not entries.in_calendars(event) or event.all_day:
        return words.when_of(event)
    assert event.starts_at is not None
    return almaty(event.starts_at, event.ends_at or event.starts_at)


def almaty(start: datetime, end: datetime) -> str:
    """A span by the clock of Almaty, and that it is so."""
    return str(_("%(time)s, Almaty time", time=span(start, end, ALMATY)))


def facts_of(event: Event, why: str = "") -> list[tuple[str, str]]:
    """What letters say of an event in a line each, with its term; what is not known is left out."""
    pairs = [(_("Why"), why), (_("When"), when_of(event)), (_("Where"), words.place_of(event))]
    return [(term, value) for term, value in pairs if value]


def values_of(message: Notification, event: Event, path: str, position: str = "") -> dict[str, str]:
    """What the names in a letter's words stand for, one for each of `placeholders.NAMES`."""
    return {
        "title": said_plain(event.title),
        "name": message.recipient_name,
        "when": when_of(event),
        "where": words.place_of(event),
        "position": position,
        "link": settings_of_app().public_url + path,
        "organiser": wording.organiser_of(event),
    }


def context_of(
    message: Notification, event: Event, lead: str, facts: list[tuple[str, str]], path: str, label: str
) -> dict[str, Any]:
    """What both templates show."""
    return {
        "locale": language(),
        "name": message.recipient_name,
        "lead": lead,
        "event": event,
        "kind": words.kind_name(event.kind),
        "facts": facts,
        "join_url": "",
        "link": settings_of_app().public_url + path,
        "link_label": label,
        "attached": "",
    }


def letter_to(message: Notification, subject: str, context: dict[str, Any], fill: Fill, name: str = "letter") -> Letter:
    """The letter of filled templates, `name` with both endings."""
    return Letter(
        to_name=message.recipient_name,
        to_address=message.recipient,
        subject=subject,
        text=fill(f"{name}.txt", context),
        html=fill(f"{name}.html", context),
        headers={"Content-Language": message.language},
    )
