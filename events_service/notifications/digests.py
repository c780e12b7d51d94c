"""Digests: each morning what is new in a coordinator's districts, each Monday what comes of what one follows.

They are owed to those only for whom there is something, and say what is so when they are sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from events_service.db import JobRun, Notification, db
from events_service.directory.models import Person, School
from events_service.events.models import PUBLISHED, Event
from events_service.notifications.announcing import owe_each
from events_service.notifications.composing import Fill, letter_to, when_of
from events_service.notifications.quiet import is_quiet
from events_service.notifications.words import kind_words
from events_service.registrations.models import LIVE, Registration
from events_service.subscriptions.models import Follow
from events_service.subscriptions.queries import held_for, matches, muted, open_to
from events_service.subscriptions.words import DAILY, WEEKLY
from services import ledger
from services.database import utcnow
from services.fields import midnight, today
from services.i18n import language, said_plain
from services.identity import settings_of_app
from services.mail import Letter

DAYS_AHEAD, WEEKS_AHEAD = timedelta(days=7), timedelta(days=14)
# A worker that was away on Monday still sends the week's letter until Wednesday.
LAST_WEEKDAY = 2
MOST_LINES = 20
UNDELIVERED = ("failed", "uncertain")


@dataclass(frozen=True)
class Line:
    """One thing, what there is to say of it, and where to look."""

    text: str
    detail: str
    path: str


@dataclass(frozen=True)
class Section:
    """Lines under a heading, as many as fit, and how many there are beyond."""

    title: str
    lines: list[Line]
    more: int = 0


def owe() -> int:
    """Owe the digests of today and of this week, once each; answers how many."""
    if is_quiet(utcnow()):
        return 0
    day = today()
    monday = day - timedelta(days=day.weekday())
    weekly = _once(WEEKLY, monday, _owe_weekly) if day.weekday() <= LAST_WEEKDAY else 0
    return weekly + _once(DAILY, day, _owe_daily)


def _once(kind: str, day: date, owe_them: Callable[[Session, date], int]) -> int:
    """In one transaction with its slot, so that neither a second worker nor a death doubles or loses it."""
    taken = select(JobRun.id).where(JobRun.job == kind, JobRun.slot == day.isoformat())
    if db.session.scalar(taken) is not None:
        return 0
    with db.transaction() as session:
        if not ledger.insert_once(session, JobRun, {"job": kind, "slot": day.isoformat(), "at": utcnow()}):
            return 0
        return owe_them(session, day)


WHO = Person.email, Person.id.label("recipient_id"), Person.name, Person.language, Person.id.label("subject_ref")


def _owe_weekly(session: Session, monday: date) -> int:
    coming = exists().where(Follow.reader == Person.id, *_of_week(monday), matches(), open_to(Person.school_id))
    people = select(*WHO).where(Person.active, Person.id.not_in(muted(WEEKLY)), coming)
    return owe_each(session, people, kind=WEEKLY, sequence=monday.toordinal(), topic="")


def _owe_daily(session: Session, day: date) -> int:
    holds = cast(Person.roles, String).contains('"coordinator:')
    found = session.scalars(select(Person).where(Person.active, holds, Person.id.not_in(muted(DAILY))))
    told = [person.id for person in found.all() if daily(person, day)]
    people = select(*WHO).where(Person.id.in_(told))
    return owe_each(session, people, kind=DAILY, sequence=day.toordinal(), topic="") if told else 0


def daily(person: Person, day: date) -> list[Section]:
    """What a coordinator reads on a day; nothing where there is nothing."""
    districts = [role.partition(":")[2] for role in person.roles if role.startswith("coordinator:")]
    if not districts:
        return []
    schools = select(School.id).where(School.territory_code.in_(districts))
    ours = or_(*(held_for(code) for code in districts))
    within = Event.starts_at >= midnight(day), Event.starts_at < midnight(day + DAYS_AHEAD)
    yesterday = midnight(day - timedelta(days=1)), midnight(day)
    sections = [
        _registered(Registration.school_id.in_(schools), yesterday),
        _coming(_("In the next 7 days"), and_(ours, *within)),
        _undelivered(Notification.recipient_id.in_(select(Person.id).where(Person.school_id.in_(schools))), yesterday),
    ]
    return [section for section in sections if section.lines]


def _registered(hers: ColumnElement[bool], between: tuple[datetime, datetime]) -> Section:
    made = Registration.created_at >= between[0], Registration.created_at < between[1]
    counts = (
        select(Registration.event_id, func.count().label("count"))
        .where(hers, *made, Registration.status.in_(LIVE))
        .group_by(Registration.event_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Event, counts.c.count).join(counts, counts.c.event_id == Event.id).order_by(Event.starts_at, Event.id)
    ).all()
    lines = [
        Line(
            said_plain(event.title),
            ngettext("%(num)s person", "%(num)s people", count),
            f"/events/{event.slug}/registrations",
        )
        for event, count in rows[:MOST_LINES]
    ]
    return Section(_("Registered yesterday"), lines, max(0, len(rows) - MOST_LINES))


def _coming(title: str, which: ColumnElement[bool]) -> Section:
    rows = select(Event).where(Event.status == PUBLISHED, which).order_by(Event.starts_at, Event.id)
    count = db.session.scalar(rows.order_by(None).with_only_columns(func.count(Event.id))) or 0
    found = db.session.scalars(rows.limit(MOST_LINES))
    lines = [Line(said_plain(event.title), when_of(event), f"/events/{event.slug}") for event in found]
    return Section(title, lines, max(0, count - MOST_LINES))


def _undelivered(hers: ColumnElement[bool], between: tuple[datetime, datetime]) -> Section:
    due = Notification.due_at >= between[0], Notification.due_at < between[1]
    found = (
        select(Notification, Event)
        .join(Event, Event.id == Notification.topic)
        .where(hers, *due, Notification.status.in_(UNDELIVERED))
        .order_by(Notification.id)
    )
    rows = db.session.execute(found).all()
    lines = [
        Line(
            f"{message.recipient_name}, {message.recipient}",
            f"{kind_words(message.kind)}: {said_plain(event.title)}",
            f"/events/{event.slug}",
        )
        for message, event in rows[:MOST_LINES]
    ]
    return Section(_("Letters that did not arrive"), lines, max(0, len(rows) - MOST_LINES))


def _of_week(monday: date) -> tuple[ColumnElement[bool], ...]:
    first = max(midnight(monday), utcnow())
    return Event.status == PUBLISHED, Event.starts_at >= first, Event.starts_at < midnight(monday + WEEKS_AHEAD)


def letter_of(message: Notification, fill: Fill) -> Letter | None:
    """The letter in the language being spoken; None when nothing is left to say, or she may no longer read it."""
    person = db.session.get(Person, message.recipient_id)
    if person is None or not person.active:
        return None
    day = date.fromordinal(message.sequence)
    if message.kind == DAILY:
        sections = daily(person, day)
        subject, lead = _("News of your district"), _("This is new in your district.")
    else:
        follows = exists().where(Follow.reader == person.id, matches()) & open_to(person.school_id)
        sections = [_coming(_("In the next two weeks"), and_(follows, *_of_week(day)))]
        subject, lead = _("Coming events of what you follow"), _("These events of what you follow come next.")
    if not any(section.lines for section in sections):
        return None
    context = {
        "locale": language(),
        "name": message.recipient_name,
        "lead": lead,
        "sections": sections,
        "public": settings_of_app().public_url,
    }
    return letter_to(message, subject, context, fill, "digest")
