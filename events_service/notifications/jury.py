"""Letters to the jury of a contest, also that it is called off, and to its organiser when an entry finds no reader.

No letter says who wrote an entry: a stage may be blind.
"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from events_service.contests.models import CLOSED, OPEN, Contest, Stage
from events_service.db import Notification, db
from events_service.directory.models import Person
from events_service.entries.models import Entry
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.jury.models import ACTIVE, Assignment, JuryMember
from events_service.jury.words import role_name
from events_service.notifications import announcing, entries, ideas
from events_service.notifications.composing import Fill, context_of, facts_of, letter_to
from services.i18n import moment, said_plain, short_day
from services.mail import Letter

NAMED, OPENED, EXTENDED = "jury_named", "jury_opened", "jury_extended"
ENTRY, LEFT, SHORT = "jury_entry", "jury_left", "jury_short"
CALLED_OFF, RESTORED = OF_CONTEST = ("jury_cancelled", "jury_restored")
SAID = {
    NAMED: (
        _l("You are of the jury: %(title)s"),
        _l("You have been named to the jury of the contest. When scoring opens, we write to you again."),
    ),
    OPENED: (_l("Scoring has opened: %(title)s"), _l("The entries dealt to you wait for your scores.")),
    EXTENDED: (_l("New deadline of the jury: %(title)s"), _l("There is more time for scoring.")),
    ENTRY: (_l("One more entry to score: %(title)s"), _l("One more entry has been dealt to you.")),
    LEFT: (
        _l("An entry has left the contest: %(title)s"),
        _l("It is not scored any more, and is not on your list."),
    ),
    SHORT: (
        _l("An entry lacks a reader: %(title)s"),
        _l("An entry needs one more reader, and no other juror is free of conflicts. Name one more juror."),
    ),
    CALLED_OFF: (_l("Cancelled: %(title)s"), _l("The contest whose jury you are of will not take place.")),
    RESTORED: (
        _l("Takes place after all: %(title)s"),
        _l("The contest had been cancelled; now it takes place after all. You are of its jury as before."),
    ),
}
KINDS = tuple(SAID)


def owe_named(session: Session, member: JuryMember) -> None:
    _owe(session, NAMED, member, member.event_id, member.id, member.version)


def owe_stage(session: Session, stage: Stage, member: JuryMember, kind: str) -> None:
    """`OPENED` or `EXTENDED`."""
    _owe(session, kind, member, stage.event_id, stage.id, stage.version)


def owe_entry(session: Session, row: Assignment) -> None:
    _owe(session, ENTRY, row.member, row.stage.event_id, row.id, 1)


def owe_left(session: Session, row: Assignment) -> None:
    _owe(session, LEFT, row.member, row.stage.event_id, row.id, row.version)


def owe_short(session: Session, stage: Stage, entry: Entry) -> None:
    """To who planned the contest."""
    event = session.get_one(Event, stage.event_id)
    person = session.get(Person, event.created_by)
    if person is not None and person.active:
        _owe(session, SHORT, person, event.id, entry.id, stage.turns)


def owe_jury(session: Session, event: Event, kind: str) -> int:
    """One message of the whole contest to each juror not told as a registrant or an entrant; answers how many."""
    found = db.session.scalars(_jury(event)).all()
    for member in found:
        _owe(session, kind, member, event.id, event.id, event.sequence)
    return len(found)


def count_jury(event: Event) -> int:
    """How many `owe_jury` would write to now."""
    return db.session.scalar(select(func.count()).select_from(_jury(event).subquery())) or 0


def _jury(event: Event) -> Select[tuple[JuryMember]]:
    told = entries.told_of(event)
    members = select(JuryMember).where(JuryMember.event_id == event.id, JuryMember.active)
    return members.where(*(JuryMember.person_id.not_in(people) for people in told))


def _owe(session: Session, kind: str, to: JuryMember | Person, topic: str, subject_ref: str, sequence: int) -> None:
    who = to.person_id if isinstance(to, JuryMember) else to.id
    person = {"recipient": to.email, "recipient_id": who, "recipient_name": to.name, "language": to.language}
    announcing.owe(session, {**person, "subject_ref": subject_ref}, kind, topic, sequence)


def letter_of(message: Notification, fill: Fill) -> Letter | None:
    """The letter of one of `KINDS`, in the language being spoken; None when it is overtaken."""
    event = db.session.get(Event, message.topic)
    if event is None or event.status != (CANCELLED if message.kind == CALLED_OFF else PUBLISHED):
        return None
    found = _of_contest(message, event) if message.kind in OF_CONTEST else _facts_of(message, event)
    if found is None:
        return None
    subject, lead = SAID[message.kind]
    path, label = "/jury", _("Page of the jury")
    if message.kind in OF_CONTEST:
        path, label = "", _("Page of the contest")
    if message.kind == SHORT:
        path, label = "/jury/stages", _("Stages and progress")
    facts = [(term, value) for term, value in found if value]
    context = context_of(message, event, str(lead), facts, f"/contests/{event.slug}{path}", label)
    return letter_to(message, str(subject) % {"title": said_plain(event.title)}, context, fill)


def _of_contest(message: Notification, event: Event) -> list[tuple[str, str]] | None:
    overtaken = ideas.another(message, message.kind, Notification.sequence > message.sequence)
    return None if overtaken else facts_of(event, event.cancel_reason)


def _facts_of(message: Notification, event: Event) -> list[tuple[str, str]] | None:
    """What is said in a line each; None when it is no longer so."""
    if message.kind == NAMED:
        member = db.session.get(JuryMember, message.subject_ref)
        stands = member is not None and member.active and member.version == message.sequence
        return [(_("Role"), role_name(member.role)), (_("By order"), _ground(event.id))] if stands and member else None
    if message.kind in (OPENED, EXTENDED):
        stage = db.session.get(Stage, message.subject_ref)
        stands = stage is not None and stage.status == OPEN
        if not stands or stage is None or (message.kind == EXTENDED and stage.version != message.sequence):
            return None
        return [*_of_stage(stage), (_("Entries"), _how_many(stage, message.recipient_id or ""))]
    if message.kind == ENTRY:
        row = db.session.get(Assignment, message.subject_ref)
        live = row is not None and row.status == ACTIVE and row.stage.status == OPEN
        return [_of_entry(row.entry), *_of_stage(row.stage)] if live and row else None
    if message.kind == LEFT:
        row = db.session.get(Assignment, message.subject_ref)
        return [(_("Entry"), f"№ {row.entry.number}")] if row else None
    entry = db.session.get(Entry, message.subject_ref)
    waiting = select(Stage.id).where(Stage.event_id == event.id, Stage.status != CLOSED).limit(1)
    return [_of_entry(entry)] if entry is not None and db.session.scalar(waiting) else None


def _of_stage(stage: Stage) -> list[tuple[str, str]]:
    return [(_("Stage"), said_plain(stage.title)), (_("Deadline"), moment(stage.closes_at) if stage.closes_at else "")]


def _of_entry(entry: Entry) -> tuple[str, str]:
    return _("Entry"), f"№ {entry.number} «{entry.title}»"


def _how_many(stage: Stage, person_id: str) -> str:
    mine = Assignment.stage_id == stage.id, Assignment.status == ACTIVE, JuryMember.person_id == person_id
    count = db.session.scalar(select(func.count(Assignment.id)).join(Assignment.member).where(*mine)) or 0
    return str(ngettext("%(num)s entry", "%(num)s entries", count))


def _ground(event_id: str) -> str:
    contest = db.session.get(Contest, event_id)
    if contest is None or not contest.ground_number:
        return ""
    return f"№ {contest.ground_number}" + (f", {short_day(contest.ground_date)}" if contest.ground_date else "")
