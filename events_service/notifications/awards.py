"""The letter that an award is ready; not sent once the award is void."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.awards import words
from events_service.awards.models import Award
from events_service.db import Notification, db
from events_service.notifications import announcing
from events_service.notifications.composing import Fill, context_of, letter_to
from services.i18n import said_plain
from services.mail import Letter

READY = "award_ready"
KINDS = (READY,)


def owe(session: Session, award: Award) -> None:
    """One message to the author of the entry, or to the juror."""
    to = award.holder
    person = {"recipient": to.email, "recipient_id": award.person_id, "recipient_name": to.name}
    about = {"language": to.language, "subject_ref": award.id}
    announcing.owe(session, {**person, **about}, READY, award.event_id, 0)


def letter_of(message: Notification, fill: Fill) -> Letter | None:
    """The letter in the language being spoken; None when the award is void or gone."""
    award = db.session.get(Award, message.subject_ref)
    if award is None or award.void_at is not None:
        return None
    event, kind = award.event, words.kind_name(award.kind)
    lead = _("Your paper is ready: open it to save or print it. The code on it lets anybody check that it is genuine.")
    facts = [
        (_("Award"), kind),
        (_("Nomination"), said_plain(award.nomination)),
        (_("Number"), award.number),
        (_("Replaces"), _replaced(award)),
    ]
    facts = [(term, value) for term, value in facts if value]
    context = context_of(message, event, lead, facts, f"/awards/{award.code}", _("Open the award"))
    return letter_to(message, f"{kind}: {said_plain(event.title)}", context, fill)


def _replaced(award: Award) -> str:
    """The number of the award before it that is void now."""
    same = Award.entry_id == award.entry_id if award.entry_id else Award.member_id == award.member_id
    before = select(Award.number).where(same, Award.void_at.is_not(None))
    return db.session.scalar(before.order_by(Award.created_at.desc()).limit(1)) or ""
