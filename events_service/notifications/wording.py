"""Whose words a letter begins with: an organiser's message, an organisation's own words, or ours."""

from flask_babel import gettext as _

from events_service.db import Notification, db
from events_service.directory.models import Organisation
from events_service.events import words
from events_service.events.models import Event
from events_service.notifications.messages import TEST
from events_service.notifications.models import LetterTemplate, OrganiserMessage
from services.i18n import language, pick, said_plain


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


def of_organisation(message: Notification, organisation: str) -> tuple[str, str]:
    """An organisation's own subject and first words in the language being spoken; empty where ours stand."""
    if message.params and "lead" in message.params:
        return message.params["subject"], message.params["lead"]
    row = db.session.get(LetterTemplate, (organisation, message.kind, language()))
    return (row.subject, row.lead) if row else ("", "")


def organiser_of(event: Event) -> str:
    """The name of the organisation an event belongs to."""
    found = db.session.get(Organisation, event.organisation)
    return said_plain(found.name) if found else event.organisation
