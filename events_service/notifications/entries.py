"""Letters about the entries of a contest: to the author her receipt and what was decided, to the organiser what waits.

Like all letters they are rows written with their cause, and not sent once they are overtaken.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from events_service.db import Notification, db
from events_service.entries.models import ADMITTED, DRAFT, EXCLUDED, LIVE, REFUSED, RETURNED, SUBMITTED, Entry
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.notifications import announcing, ideas
from events_service.notifications.composing import Fill, context_of, facts_of, letter_to
from events_service.registrations.models import LIVE as SEATED
from events_service.registrations.models import Registration
from services.database import utcnow
from services.i18n import moment, said_plain
from services.mail import Letter

RECEIVED, EXTENDED, OPENED, WAITING = "entry_received", "entry_extended", "entry_opened", "entries_waiting"
SAID = {
    RECEIVED: (
        _l("Your entry is received: %(title)s"),
        _l("We have received your entry. This letter is the receipt: keep it."),
    ),
    "entry_returned": (
        _l("Your entry is returned: %(title)s"),
        _l("The organisers ask you to mend your entry and to send it again."),
    ),
    "entry_admitted": (
        _l("Your entry is admitted: %(title)s"),
        _l("Your entry takes part in the contest. The jury reads it next."),
    ),
    "entry_refused": (
        _l("Your entry is not admitted: %(title)s"),
        _l("The organisers have not admitted your entry to the contest."),
    ),
    "entry_excluded": (
        _l("Your entry is excluded: %(title)s"),
        _l("The organisers have put your entry out of the contest. It is not judged any more."),
    ),
    OPENED: (
        _l("You may enter late: %(title)s"),
        _l("The organisers have begun an entry for you. Write it and send it in time."),
    ),
    EXTENDED: (
        _l("More time for your entry: %(title)s"),
        _l("The organisers have extended the time of your entry."),
    ),
}
CANCELLED_TOO = "contest_cancelled"
OF_CONTEST = {
    CANCELLED_TOO: (_l("Cancelled: %(title)s"), _l("The contest you have entered will not take place.")),
    "contest_restored": (
        _l("Takes place after all: %(title)s"),
        _l("The contest had been cancelled; now it takes place after all. Your entry stands as it was."),
    ),
}
KINDS = (*SAID, *OF_CONTEST, WAITING)
# In which states of the entry a letter is still true; a receipt always is.
TRUE_IN = {
    "entry_returned": {RETURNED},
    "entry_admitted": {ADMITTED},
    "entry_refused": {REFUSED},
    "entry_excluded": {EXCLUDED},
    EXTENDED: {DRAFT, RETURNED},
    OPENED: {DRAFT},
}


def owe_author(session: Session, entry: Entry, kind: str) -> None:
    """One message to the author; the entry's version makes a repeated cause harmless."""
    person = {"recipient": entry.email, "recipient_id": entry.author_id, "recipient_name": entry.name}
    values: dict[str, Any] = {**person, "language": entry.language, "subject_ref": entry.id}
    if kind == RECEIVED:
        values["params"] = _receipt(entry)
    announcing.owe(session, values, kind, entry.event_id, entry.version)


def owe_entrants(session: Session, event: Event, kind: str) -> int:
    """One message of the whole contest to each entrant who is not told as a registrant; answers how many."""
    found = session.execute(_entrants(event)).all()
    for author_id, email, name, spoken in found:
        person = {"recipient": email, "recipient_id": author_id, "recipient_name": name, "language": spoken}
        announcing.owe(session, {**person, "subject_ref": event.id}, kind, event.id, event.sequence)
    return len(found)


def count_entrants(event: Event) -> int:
    """How many `owe_entrants` would write to now."""
    return db.session.scalar(select(func.count()).select_from(_entrants(event).subquery())) or 0


def told_of(event: Event) -> tuple[Select[tuple[str]], Select[tuple[str]]]:
    """The ids of those who are told as registrants, and of those who are as entrants."""
    registered = select(Registration.attendee).where(Registration.event_id == event.id, Registration.status.in_(SEATED))
    entered = select(Entry.author_id).where(Entry.event_id == event.id, Entry.status.in_(LIVE))
    return registered, entered


def _entrants(event: Event) -> Select[Any]:
    registered, _entered = told_of(event)
    person = Entry.author_id, func.max(Entry.email), func.max(Entry.name), func.max(Entry.language)
    entered = select(*person).where(Entry.event_id == event.id, Entry.status.in_(LIVE))
    return entered.where(Entry.author_id.not_in(registered)).group_by(Entry.author_id)


def owe_organiser(session: Session, event: Event) -> None:
    """One message the next morning to who planned the contest, however many entries come in until then."""
    ideas.owe_organiser(session, event, WAITING)


def letter_of(message: Notification, fill: Fill) -> Letter | None:
    """The letter of one of `KINDS`, in the language being spoken; None when it is overtaken."""
    event = db.session.get(Event, message.topic)
    wanted = CANCELLED if message.kind == CANCELLED_TOO else PUBLISHED
    if event is None or (event.status != wanted and message.kind != RECEIVED):
        return None
    if message.kind in OF_CONTEST:
        return _of_contest(message, event, fill)
    if message.kind == WAITING:
        return _waiting(message, event, fill)
    entry = db.session.get(Entry, message.subject_ref)
    if entry is None or not _stands(message, entry):
        return None
    subject, lead = SAID[message.kind]
    path = f"/contests/{event.slug}/entries/{entry.id}"
    context = context_of(message, event, str(lead), _facts(message, entry, event), path, _("Page of the entry"))
    return letter_to(message, str(subject) % {"title": said_plain(event.title)}, context, fill)


def _of_contest(message: Notification, event: Event, fill: Fill) -> Letter | None:
    if ideas.another(message, message.kind, Notification.sequence > message.sequence):
        return None
    subject, lead = OF_CONTEST[message.kind]
    facts = facts_of(event, event.cancel_reason)
    context = context_of(message, event, str(lead), facts, f"/contests/{event.slug}", _("Page of the contest"))
    return letter_to(message, str(subject) % {"title": said_plain(event.title)}, context, fill)


def _waiting(message: Notification, event: Event, fill: Fill) -> Letter | None:
    waiting = Entry.event_id == event.id, Entry.status == SUBMITTED
    count = db.session.scalar(select(func.count(Entry.id)).where(*waiting))
    if not count:
        return None
    lead = ngettext("%(num)s entry waits for your decision.", "%(num)s entries wait for your decision.", count)
    subject = _("Entries wait for a decision: %(title)s", title=said_plain(event.title))
    path = f"/contests/{event.slug}/entries"
    return letter_to(message, subject, context_of(message, event, lead, [], path, _("Entries of the contest")), fill)


def _stands(message: Notification, entry: Entry) -> bool:
    if message.kind == RECEIVED:
        return True
    if message.kind in {EXTENDED, OPENED} and (entry.late_until is None or entry.late_until <= utcnow()):
        return False
    later = ideas.another(message, message.kind, Notification.sequence > message.sequence)
    return entry.status in TRUE_IN[message.kind] and not later


def _receipt(entry: Entry) -> dict[str, Any]:
    """What a receipt says stays as it was when the entry came in."""
    assert entry.submitted_at
    return {
        "title": entry.title,
        "number": entry.number,
        "receipt": entry.receipt,
        "at": entry.submitted_at.isoformat(),
        "files": len(entry.files),
    }


def _facts(message: Notification, entry: Entry, event: Event) -> list[tuple[str, str]]:
    pairs = [
        (_("Contest"), said_plain(event.title)),
        (_("Nomination"), said_plain(entry.nomination.title)),
        (_("Entry"), message.params.get("title", entry.title)),
    ]
    if message.kind == RECEIVED:
        pairs += _of_receipt(message.params)
    elif message.kind in {EXTENDED, OPENED}:
        pairs += [(_("Until"), _until(entry)), (_("Why"), entry.late_reason)]
    else:
        pairs += [(_("Why"), entry.reason), (_("Until"), _until(entry) if entry.status == RETURNED else "")]
    return [(term, value) for term, value in pairs if value]


def _of_receipt(kept: dict[str, Any]) -> list[tuple[str, str]]:
    files = ngettext("%(num)s file", "%(num)s files", kept["files"]) if kept["files"] else ""
    return [
        (_("Number of the entry"), str(kept["number"])),
        (_("Received"), moment(datetime.fromisoformat(kept["at"]))),
        (_("Files"), files),
        (_("Receipt"), kept["receipt"]),
    ]


def _until(entry: Entry) -> str:
    return moment(entry.late_until) if entry.late_until and entry.late_until > utcnow() else ""
