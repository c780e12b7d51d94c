"""Letters to jurors about their sheets: one that was opened again, and those that the deadline waits for.

A reminder is owed three days and one day before a stage closes, to who has not signed everything; a stage that
closes later has reminders of its own.
"""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from events_service.contests.models import OPEN, Stage
from events_service.db import Notification, db
from events_service.events.models import PUBLISHED, Event
from events_service.jury.models import ACTIVE, Assignment, JuryMember
from events_service.notifications import announcing
from events_service.notifications.announcing import owe_each
from events_service.notifications.composing import Fill, context_of, letter_to
from events_service.notifications.quiet import is_quiet
from events_service.notifications.reminders import moment_of, useful
from services.database import utcnow
from services.i18n import moment, said_plain
from services.mail import Letter

REOPENED, DUE = "sheet_reopened", "sheets_due"
KINDS = (REOPENED, DUE)
# Minutes before a stage closes.
LEADS = (4320, 1440)
FURTHEST = timedelta(minutes=LEADS[0], hours=12)


def owe_reopened(session: Session, row: Assignment, reason: str) -> None:
    """One message to the juror; the sheet's version makes a repeated cause harmless."""
    member = row.member
    to = {"recipient": member.email, "recipient_id": member.person_id, "recipient_name": member.name}
    said = {"language": member.language, "subject_ref": row.id, "params": {"reason": reason}}
    announcing.owe(session, {**to, **said}, REOPENED, member.event_id, row.version)


def owe() -> int:
    """Owe the reminders that are due now; answers how many. In the quiet hours nothing is."""
    now = utcnow()
    if is_quiet(now):
        return 0
    near = Stage.status == OPEN, Stage.closes_at > now, Stage.closes_at <= now + FURTHEST
    found = db.session.scalars(select(Stage).join(Event).where(Event.status == PUBLISHED, *near)).all()
    due = [(stage, number) for stage in found if (number := sequence_of(stage.closes_at, now))]
    return sum(_remind(stage.id, stage.event_id, number) for stage, number in due)


def sequence_of(closes: datetime | None, now: datetime) -> int:
    """The closing minute and the lead of the reminder that is of use now as one number; 0 without one."""
    if closes is None:
        return 0
    leads = {moment_of(closes, lead): lead for lead in LEADS}.values()
    number = next((LEADS.index(lead) for lead in leads if useful(closes, lead, now)), None)
    return 0 if number is None else int(closes.timestamp()) // 60 * 2 + number


def _remind(stage_id: str, event_id: str, number: int) -> int:
    people = _late(stage_id, number)
    if db.session.scalar(people.limit(1)) is None:
        return 0
    with db.transaction() as session:
        return owe_each(session, people, kind=DUE, sequence=number, topic=event_id)


def _late(stage_id: str, number: int) -> Select[Any]:
    """Who has sheets to sign and has not been reminded with this number."""
    told = select(Notification.recipient_id).where(
        Notification.kind == DUE, Notification.subject_ref == stage_id, Notification.sequence == number
    )
    unsigned = select(Assignment.member_id).where(*_unsigned(stage_id))
    who = JuryMember.email, JuryMember.person_id, JuryMember.name, JuryMember.language, literal(stage_id)
    return select(*who).where(JuryMember.active, JuryMember.id.in_(unsigned), JuryMember.person_id.not_in(told))


def _unsigned(stage_id: str) -> tuple[Any, ...]:
    return Assignment.stage_id == stage_id, Assignment.status == ACTIVE, Assignment.signed_at.is_(None)


def letter_of(message: Notification, fill: Fill) -> Letter | None:
    """The letter of one of `KINDS`, in the language being spoken; None when it is overtaken."""
    event = db.session.get(Event, message.topic)
    if event is None or event.status != PUBLISHED:
        return None
    return (_reopened if message.kind == REOPENED else _due)(message, event, fill)


def _reopened(message: Notification, event: Event, fill: Fill) -> Letter | None:
    row = db.session.get(Assignment, message.subject_ref)
    if row is None or row.status != ACTIVE or row.signed_at or row.stage.status != OPEN:
        return None
    lead = _("The chair has opened your signed sheet again: look at it, change it and sign it anew.")
    facts = [(_("Entry"), f"№ {row.entry.number}"), (_("Why"), message.params.get("reason", "")), *_closes(row.stage)]
    path = f"/contests/{event.slug}/jury/{row.id}"
    subject = _("Your sheet is open again: entry %(number)s", number=row.entry.number)
    return letter_to(message, subject, context_of(message, event, lead, facts, path, _("Score sheet")), fill)


def _due(message: Notification, event: Event, fill: Fill) -> Letter | None:
    stage = db.session.get(Stage, message.subject_ref)
    if stage is None or stage.status != OPEN or sequence_of(stage.closes_at, utcnow()) != message.sequence:
        return None
    mine = JuryMember.event_id == event.id, JuryMember.person_id == message.recipient_id, JuryMember.active
    left = select(func.count(Assignment.id)).join(JuryMember).where(*mine, *_unsigned(stage.id))
    count = db.session.scalar(left) or 0
    if not count:
        return None
    lead = ngettext(
        "%(num)s of your score sheets is not signed yet.", "%(num)s of your score sheets are not signed yet.", count
    )
    subject = _("Sheets wait for your signature: %(title)s", title=said_plain(event.title))
    context = context_of(message, event, lead, _closes(stage), f"/contests/{event.slug}/jury", _("My entries"))
    return letter_to(message, subject, context, fill)


def _closes(stage: Stage) -> list[tuple[str, str]]:
    said = [(_("Stage"), said_plain(stage.title))]
    return said + ([(_("Scores are taken until"), moment(stage.closes_at))] if stage.closes_at else [])
