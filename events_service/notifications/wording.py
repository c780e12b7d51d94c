"""Whose words a letter begins with: an organiser's message, an organisation's own words, or ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from events_service.db import Notification, db
from events_service.directory.models import Organisation
from events_service.events import words
from events_service.events.models import Event
from events_service.notifications import placeholders
from events_service.notifications.messages import TEST
from events_service.notifications.models import LetterTemplate, OrganiserMessage
from services.i18n import language, pick, said_plain


@dataclass(frozen=True)
class Said:
    """The words of one kind of letter; both are filled in with ready values by name."""

    subject: Any
    lead: Any


SAID = {
    "registration_confirmed": Said(_l("You are registered: %(title)s"), _l("You are registered and have a place.")),
    "registration_waiting": Said(
        _l("You are on the waiting list: %(title)s"),
        _l(
            "All places are taken. You are number %(position)s on the waiting list: "
            "when a place becomes free for you, a letter will come."
        ),
    ),
    "registration_promoted": Said(
        _l("You have a place now: %(title)s"), _l("A place has become free, and it is yours.")
    ),
    "registration_withdrawn": Said(
        _l("You are no longer registered: %(title)s"),
        _l("Your registration is withdrawn. To come after all, register again on the page of the event."),
    ),
    "guest_confirm": Said(
        _l("Confirm your registration: %(title)s"),
        _l(
            "Somebody asked for a place with this address. If it was you, open the link and press "
            "the button there: until then no place is kept. If it was not you, do nothing."
        ),
    ),
    "event_changed": Said(
        _l("New time or place: %(title)s"),
        _l("The time or the place has changed. This is how it is now."),
    ),
    "event_cancelled": Said(_l("Cancelled: %(title)s"), _l("The event you registered for will not take place.")),
    "event_reminder": Said(_l("Reminder: %(title)s"), _l("You have a place. This is when and where it begins.")),
    "event_published": Said(
        _l("New event: %(title)s"),
        _l("A new event of what you follow. On its page one registers with one press."),
    ),
    "event_restored": Said(
        _l("Takes place after all: %(title)s"),
        _l("The event had been cancelled; now it takes place after all. Your registration stands as it was."),
    ),
}


def of_message(message: Notification, event: Event) -> tuple[str, dict[str, str]]:
    """The subject, and of the text what both templates show; one that is not in the reader's language says so."""
    if message.params:
        subjects, bodies = message.params["subject"], message.params["body"]
    else:
        written = db.session.get_one(OrganiserMessage, message.sequence)
        subjects, bodies = written.subject, written.body
    subject, (lead, spoken) = said_plain(subjects), pick(bodies)
    if message.kind == TEST:
        subject = str(_("Test: %(subject)s", subject=subject))
    only = ", ".join(str(name) for code, name in words.SPOKEN.items() if bodies.get(code))
    note = "" if spoken == language() else _("The organisers wrote this only in: %(languages)s.", languages=only)
    told = _("The organisers of the event wrote this: %(name)s.", name=organiser_of(event))
    return subject, {"lead": lead, "lead_language": spoken, "note": str(note), "closing": str(told)}


def first(message: Notification, event: Event, values: Mapping[str, str]) -> tuple[str, str]:
    """The subject and the first words in the language being spoken: the organisation's own where it has any."""
    ours = SAID[message.kind]
    subject, lead = _own(message, event.organisation)
    return (
        placeholders.fill(subject, values) if subject else str(ours.subject) % values,
        placeholders.fill(lead, values) if lead else str(ours.lead) % values,
    )


def ours(kind: str, code: str) -> tuple[str, str]:
    """Our own words for a kind in one language, with names in place of what they stand for."""
    names = {name: f"{{{name}}}" for name in placeholders.NAMES}
    with force_locale(code):
        return str(SAID[kind].subject) % names, str(SAID[kind].lead) % names


def _own(message: Notification, organisation: str) -> tuple[str, str]:
    """Empty where ours stand."""
    if message.params and "lead" in message.params:
        return message.params["subject"], message.params["lead"]
    row = db.session.get(LetterTemplate, (organisation, message.kind, language()))
    return (row.subject, row.lead) if row else ("", "")


def organiser_of(event: Event) -> str:
    """The name of the organisation an event belongs to."""
    found = db.session.get(Organisation, event.organisation)
    return said_plain(found.name) if found else event.organisation
