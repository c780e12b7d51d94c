"""Letters about registrations and events: what each kind says, in its reader's language.

Mail and feeds share UID and SEQUENCE, so that no calendar shows an event twice.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from events_service.db import Notification, db
from events_service.events import words
from events_service.events.models import Event
from events_service.ics import entries, ical
from events_service.notifications import ideas, links, messages, placeholders, wording
from events_service.notifications.causes import Cause, cause_of
from events_service.registrations.models import CONFIRMED, WAITLISTED, Registration
from services.database import utcnow
from services.i18n import language, said_plain, span
from services.identity import settings_of_app
from services.mail import Letter

ALMATY = "Asia/Almaty"
# Bodies that hold the link of an unproved address are not kept once they are sent.
SECRET_KINDS = frozenset({"guest_confirm"})
INVITES = frozenset({"registration_confirmed", "registration_promoted", "event_changed", "event_restored"})


@dataclass(frozen=True)
class Said:
    """The words of one kind of letter; both are filled in with `_values`."""

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
    "event_restored": Said(
        _l("Takes place after all: %(title)s"),
        _l("The event had been cancelled; now it takes place after all. Your registration stands as it was."),
    ),
}


def render(notification: Notification) -> Letter | None:
    """The letter that a message is, or None when what it would say is no longer so."""
    if notification.kind in ideas.KINDS:
        with force_locale(notification.language):
            return ideas.letter_of(notification, _fill)
    if notification.kind == messages.TEST:
        event = db.session.get(Event, notification.topic)
        return sample(notification, event) if event else None
    cause = cause_of(notification)
    if cause is None:
        return None
    with force_locale(notification.language):
        return _letter(cause, *_calendar(cause))


def sample(message: Notification, event: Event) -> Letter:
    """What a message without a registration would say to one who has a place or, where that is said, waits."""
    status = WAITLISTED if message.kind == "registration_waiting" else CONFIRMED
    row = Registration(id=0, public_id="", event_id=event.id or "", person_id="", status=status, queued_at=utcnow())
    with force_locale(message.language):
        return _letter(Cause(message, row, event), "", None)


def our_words(kind: str, code: str) -> tuple[str, str]:
    """Our own subject and first words of a kind in one language, with names in place of what they stand for."""
    names = {name: f"{{{name}}}" for name in placeholders.NAMES}
    with force_locale(code):
        return str(SAID[kind].subject) % names, str(SAID[kind].lead) % names


def _letter(cause: Cause, method: str, calendar: bytes | None) -> Letter:
    message = cause.message
    subject, context = _said(cause)
    return Letter(
        to_name=context["name"],
        to_address=message.recipient,
        subject=subject,
        text=_fill("letter.txt", context),
        html=_fill("letter.html", context),
        calendar=calendar,
        calendar_method=method,
        headers={"Content-Language": message.language, **messages.headers(message)},
    )


def _said(cause: Cause) -> tuple[str, dict[str, Any]]:
    """The subject, and what both templates show."""
    message = cause.message
    if message.kind in (messages.KIND, messages.TEST):
        subject, own = wording.of_message(message, cause.event)
        return subject, _context(cause, "") | own
    values, given = _values(cause), wording.of_organisation(message, cause.event.organisation)
    ours = SAID[message.kind]
    subject, lead = (
        placeholders.fill(text, values) if text else str(said) % values
        for text, said in zip(given, (ours.subject, ours.lead), strict=True)
    )
    return subject, _context(cause, lead)


def _values(cause: Cause) -> dict[str, str]:
    """What the names in a letter's words stand for, one for each of `placeholders.NAMES`."""
    event, waits = cause.event, cause.registration.status == WAITLISTED
    return {
        "title": said_plain(event.title),
        "name": cause.message.recipient_name,
        "when": when_of(event),
        "where": words.place_of(event),
        "position": str(cause.position) if waits else "",
        "link": settings_of_app().public_url + _next_step(cause)[0],
        "organiser": wording.organiser_of(event),
    }


def _context(cause: Cause, lead: str) -> dict[str, Any]:
    """What both templates show. A stranger's words never go to an address that nobody has proved."""
    event, proved = cause.event, cause.message.kind != "guest_confirm"
    link, label = _next_step(cause)
    return {
        "locale": language(),
        "name": cause.message.recipient_name if proved else "",
        "lead": lead,
        "event": event,
        "kind": words.kind_name(event.kind),
        "facts": _facts(cause),
        "join_url": event.join_url if cause.seated and cause.takes_place else "",
        "link": settings_of_app().public_url + link,
        "link_label": label,
        "has_calendar": cause.message.kind in INVITES and cause.seated and entries.in_calendars(event),
    }


def _facts(cause: Cause) -> list[tuple[str, str]]:
    event = cause.event
    called_off = cause.message.kind == "event_cancelled"
    pairs = [
        (_("Why"), event.cancel_reason if called_off else ""),
        (_("When"), when_of(event)),
        (_("Where"), words.place_of(event)),
    ]
    return [(term, value) for term, value in pairs if value]


def when_of(event: Event) -> str:
    """When it takes place; times by the clock of Almaty, wherever the reader is."""
    if not entries.in_calendars(event) or event.all_day:
        return words.when_of(event)
    assert event.starts_at is not None
    time = span(event.starts_at, event.ends_at or event.starts_at, ALMATY)
    return str(_("%(time)s, Almaty time", time=time))


def _next_step(cause: Cause) -> tuple[str, str]:
    if cause.message.kind == "guest_confirm":
        return links.path_of(cause.registration.public_id), _("Confirm the registration")
    if cause.guest and cause.live:
        return links.path_of(cause.registration.public_id), _("Your registration")
    return f"/events/{cause.event.slug}", _("Page of the event")


def _calendar(cause: Cause) -> tuple[str, bytes | None]:
    """The method and the calendar part; none for those who hold no place and for inexact dates."""
    message, event = cause.message, cause.event
    if not entries.in_calendars(event):
        return "", None
    entry = entries.entry_of(event, entries.read_names(), waiting=False if cause.seated else None)
    attendee = ical.Attendee(message.recipient_name, message.recipient)
    prefix = entries.cancelled_prefix()
    if message.kind in INVITES and cause.seated:
        return "REQUEST", ical.request(entry, attendee, cancelled_prefix=prefix)
    if message.kind == "event_cancelled" and cause.seated:
        return "CANCEL", ical.cancel(entry, attendee, whole_event=True, cancelled_prefix=prefix)
    if message.kind == "registration_withdrawn" and cause.registration.confirmed_at:
        return "CANCEL", ical.cancel(entry, attendee, whole_event=False)
    return "", None


def _fill(name: str, context: dict[str, Any]) -> str:
    """A filled template, without what the kit adds to pages: a worker has no request."""
    return current_app.jinja_env.get_template(f"notifications/mail/{name}").render(context).strip() + "\n"
