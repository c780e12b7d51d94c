"""Letters about registrations and events: what each kind says, in its reader's language.

Mail and feeds share UID and SEQUENCE, so that no calendar shows an event twice.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from events_service.db import Notification, db
from events_service.events.models import Event
from events_service.ics import entries, ical
from events_service.notifications import (
    alerts,
    awards,
    departing,
    digests,
    ideas,
    jury,
    links,
    messages,
    results,
    sheets,
    wording,
)
from events_service.notifications import entries as of_entries
from events_service.notifications.causes import Cause, cause_of
from events_service.notifications.composing import Fill, context_of, facts_of, letter_to, values_of
from events_service.registrations.models import CONFIRMED, WAITLISTED, Registration
from events_service.subscriptions import links as stopping
from events_service.subscriptions import queries as subscriptions
from events_service.subscriptions.words import DAILY, LETTERS, NEW_EVENT, WEEKLY
from services.database import utcnow
from services.identity import settings_of_app
from services.mail import Letter

# Bodies that hold the link of an unproved address are not kept once they are sent.
SECRET_KINDS = frozenset({"guest_confirm"})
INVITES = frozenset({"registration_confirmed", "registration_promoted", "event_changed", "event_restored"})


def render(notification: Notification) -> Letter | None:
    """The letter that a message is, or None when what it would say is no longer so, or is not wanted."""
    kind, reader = notification.kind, subscriptions.reader_of(notification)
    optional = kind in LETTERS
    if optional and subscriptions.is_muted(reader, kind):
        return None
    ways = {"stop": stopping.url_of(reader, kind) if optional else "", "choose": ""}
    if optional and notification.recipient_id:
        ways["choose"] = f"{settings_of_app().public_url}/my/subscriptions"
    with force_locale(notification.language):
        letter = MADE.get(kind, _of_registration)(notification, partial(_fill, ways))
    if letter is None or not optional:
        return letter
    return replace(letter, headers={**letter.headers, **stopping.headers(reader, kind)})


def sample(message: Notification, event: Event) -> Letter:
    """What a message without a registration would say to one who has a place or, where that is said, waits."""
    status = WAITLISTED if message.kind == "registration_waiting" else CONFIRMED
    row = Registration(id=0, public_id="", event_id=event.id or "", person_id="", status=status, queued_at=utcnow())
    with force_locale(message.language):
        return _letter(Cause(message, row, event), partial(_fill, {"stop": "", "choose": ""}))


def _trial(message: Notification, fill: Fill) -> Letter | None:
    event = db.session.get(Event, message.topic)
    return sample(message, event) if event else None


def _of_registration(message: Notification, fill: Fill) -> Letter | None:
    cause = cause_of(message)
    if cause is None:
        return None
    method, calendar = _calendar(cause)
    return replace(_letter(cause, fill), calendar=calendar, calendar_method=method)


def _letter(cause: Cause, fill: Fill) -> Letter:
    message, event = cause.message, cause.event
    if message.kind in (messages.KIND, messages.TEST):
        subject, own = wording.of_message(message, event)
        context = _context(cause, "") | own
    else:
        position = str(cause.position) if cause.registration.status == WAITLISTED else ""
        subject, lead = wording.first(message, event, values_of(message, event, _next_step(cause)[0], position))
        context = _context(cause, lead)
    return replace(letter_to(message, subject, context, fill), to_name=context["name"])


def _context(cause: Cause, lead: str) -> dict[str, Any]:
    """What both templates show. A stranger's words never go to an address that nobody has proved."""
    event, proved = cause.event, cause.message.kind != "guest_confirm"
    why = event.cancel_reason if cause.message.kind == "event_cancelled" else ""
    return {
        **context_of(cause.message, event, lead, facts_of(event, why), *_next_step(cause)),
        "name": cause.message.recipient_name if proved else "",
        "join_url": event.join_url if cause.seated and cause.takes_place else "",
        "attached": _attached(cause),
    }


def _attached(cause: Cause) -> str:
    """What the calendar part is for, where that is not plain."""
    if cause.message.kind == departing.CHANGED and _left(cause):
        said = _(
            "There is no exact day now: the old one leaves your calendar. When the new day is known, we write again."
        )
        return str(said)
    invites = cause.message.kind in INVITES and cause.seated and entries.in_calendars(cause.event)
    return str(_("The event is attached: open it to put it into your calendar.")) if invites else ""


def _next_step(cause: Cause) -> tuple[str, str]:
    if cause.message.kind == "guest_confirm":
        return links.path_of(cause.registration.public_id), _("Confirm the registration")
    if cause.guest and cause.live:
        return links.path_of(cause.registration.public_id), _("Your registration")
    return f"/events/{cause.event.slug}", _("Page of the event")


def _left(cause: Cause) -> ical.Entry | None:
    """What her calendar holds of an event that has no exact day any more."""
    gone = cause.seated and not entries.in_calendars(cause.event)
    return departing.left_by(cause.message, cause.event, cause.registration) if gone else None


def _calendar(cause: Cause) -> tuple[str, bytes | None]:
    """The method and the calendar part; none for those who hold no place and for inexact dates."""
    message, event = cause.message, cause.event
    attendee, stamped = (
        ical.Attendee(message.recipient_name, message.recipient),
        max(message.created_at, event.changed_at),
    )
    if left := _left(cause):
        return "CANCEL", ical.cancel(replace(left, stamped=stamped), attendee, whole_event=True)
    if not entries.in_calendars(event):
        return "", None
    entry = entries.entry_of(event, entries.read_names(), waiting=False if cause.seated else None)
    entry = replace(entry, stamped=stamped)
    prefix = entries.cancelled_prefix()
    if message.kind in INVITES and cause.seated:
        return "REQUEST", ical.request(entry, attendee, cancelled_prefix=prefix)
    if message.kind == "event_cancelled" and cause.seated:
        return "CANCEL", ical.cancel(entry, attendee, whole_event=True, cancelled_prefix=prefix)
    if message.kind == "registration_withdrawn" and cause.registration.confirmed_at:
        return "CANCEL", ical.cancel(entry, attendee, whole_event=False)
    return "", None


def _fill(ways: dict[str, str], name: str, context: dict[str, Any]) -> str:
    """A filled template, without what the kit adds to pages: a worker has no request.

    `ways` are the addresses to stop such letters; empty where they are facts that nobody can do without.
    """
    template = current_app.jinja_env.get_template(f"notifications/mail/{name}")
    return template.render(context, **ways).strip() + "\n"


MADE: dict[str, Callable[[Notification, Fill], Letter | None]] = {
    **dict.fromkeys(ideas.KINDS, ideas.letter_of),
    **dict.fromkeys(of_entries.KINDS, of_entries.letter_of),
    **dict.fromkeys(jury.KINDS, jury.letter_of),
    **dict.fromkeys(sheets.KINDS, sheets.letter_of),
    **dict.fromkeys(results.KINDS, results.letter_of),
    **dict.fromkeys(awards.KINDS, awards.letter_of),
    NEW_EVENT: alerts.letter_of,
    **dict.fromkeys((DAILY, WEEKLY), digests.letter_of),
    messages.TEST: _trial,
}
