"""Periodic work, by name: what beat and the loop call, and `python -m worker tick <job>`."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from events_service import db as events_db
from events_service.calendars import checking
from events_service.directory import copying
from events_service.directory.models import RevokedSession
from events_service.events import seats
from events_service.events.models import PUBLISHED, Event
from events_service.files import sweeping
from events_service.notifications import digests, reminders, sheets
from events_service.registrations.models import PENDING, Registration
from events_service.results import compiling
from registry_service import db as registry_db
from registry_service.imports import importing
from registry_service.people.models import SignInLink, SignInSession
from services.database import utcnow
from services.jobs import slot_of, take_slot
from services.metrics import Gauge
from worker.places import EVENTS, REGISTRY, Apps

HOUR = CHECKED = timedelta(hours=1)
PATIENCE = 3.0
BODIES_KEPT, KEYS_KEPT, RUNS_KEPT, LINKS_KEPT, GUESTS_KEPT = (
    timedelta(days=90),
    timedelta(hours=24),
    timedelta(days=30),
    timedelta(days=1),
    timedelta(days=30),
)
Job = Callable[[Apps], int]
SUCCESS = Gauge("qonyrau_job_success_timestamp_seconds", "When a job last ended well", ["job"], multiprocess_mode="max")


def pull_directory(apps: Apps) -> int:
    """Copy what has changed in the register; short waits, as mails stand behind it in the loop."""
    with apps[EVENTS].app_context():
        return copying.pull(apps[EVENTS], within=PATIENCE)


def release_reserves(apps: Apps) -> int:
    """Seat those who wait where the places kept for small-class schools have become free for all."""
    with apps[EVENTS].app_context():
        released = Event.status == PUBLISHED, Event.waiting > 0, Event.reserve_until <= utcnow()
        # A full event and one that is over would be written to for nothing, every time.
        end = func.coalesce(Event.ends_at, Event.starts_at)
        of_use = Event.seats_taken < Event.capacity, or_(end.is_(None), end > utcnow())
        found = select(Event.id).where(*released, *of_use)
        return sum(_promote(event_id) for event_id in events_db.db.session.scalars(found).all())


def _promote(event_id: str) -> int:
    with events_db.db.transaction() as session:
        return seats.promote(session, seats.take_turn(session, event_id))


def owe_reminders(apps: Apps) -> int:
    """Owe the reminders that have come due: of events to who has a place, of sheets to who has not signed."""
    with apps[EVENTS].app_context():
        return reminders.owe() + sheets.owe()


def owe_digests(apps: Apps) -> int:
    """Owe the digests of today and of this week, whoever comes first."""
    with apps[EVENTS].app_context():
        return digests.owe()


def compile_results(apps: Apps) -> int:
    """Compile the results that were asked for, and those whose worker has died."""
    with apps[EVENTS].app_context():
        return compiling.work()


def housekeeping(apps: Apps) -> int:
    """Forget in both services what is no longer needed; once an hour, whoever comes first."""
    return sum(_tidy(apps, place) for place in (REGISTRY, EVENTS))


def _tidy(apps: Apps, place: str) -> int:
    rows, forget = TIDIED[place]
    with apps[place].app_context():
        if not take_slot(rows.db, rows.JobRun, "housekeeping", slot_of(HOUR)):
            return 0
        with rows.db.transaction() as session:
            return _forget_old(session, rows) + forget(session)


def _forget_old(session: Session, rows: Any) -> int:
    """Bodies of old mails, answers kept for repeated requests, and names of old slots."""
    now, mail = utcnow(), rows.Notification
    old = mail.created_at < now - BODIES_KEPT, mail.rendered.is_not(None)
    return (
        _count(session, update(mail).where(*old).values(rendered=None))
        + _count(session, delete(rows.IdempotencyKey).where(rows.IdempotencyKey.at < now - KEYS_KEPT))
        + _count(session, delete(rows.JobRun).where(rows.JobRun.at < now - RUNS_KEPT))
    )


def _forget_sign_ins_and_imports(session: Session) -> int:
    """Links and sessions that have ended by themselves, and files put forward a day ago.

    A session nobody knows is refused like an ended one.
    """
    return importing.forget_old(session) + sum(
        _count(session, delete(model).where(model.expires_at < utcnow() - LINKS_KEPT))
        for model in (SignInLink, SignInSession)
    )


def _forget_guests_and_sessions(session: Session) -> int:
    """Guests who never confirmed, and revocations of sessions whose tokens have ended by themselves."""
    asked = Registration.status == PENDING, Registration.changed_at < utcnow() - GUESTS_KEPT
    return _count(session, delete(Registration).where(*asked)) + _count(
        session, delete(RevokedSession).where(RevokedSession.expires_at < utcnow())
    )


def _count(session: Session, statement: Any) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]


def check_feeds(apps: Apps) -> int:
    """Read our own calendars; once an hour, whoever comes first. Answers how many entries are wrong."""
    with apps[EVENTS].app_context():
        if not take_slot(events_db.db, events_db.JobRun, "check_feeds", slot_of(CHECKED)):
            return 0
        return checking.check()


def sweep_files(apps: Apps) -> int:
    """Delete files that no row names; once an hour, whoever comes first."""
    with apps[EVENTS].app_context():
        if not take_slot(events_db.db, events_db.JobRun, "sweep_files", slot_of(HOUR)):
            return 0
        return sweeping.sweep()


TIDIED: Mapping[str, tuple[Any, Callable[[Session], int]]] = {
    REGISTRY: (registry_db, _forget_sign_ins_and_imports),
    EVENTS: (events_db, _forget_guests_and_sessions),
}
JOBS: Mapping[str, Job] = {
    "pull_directory": pull_directory,
    "release_reserves": release_reserves,
    "owe_reminders": owe_reminders,
    "owe_digests": owe_digests,
    "compile_results": compile_results,
    "housekeeping": housekeeping,
    "check_feeds": check_feeds,
    "sweep_files": sweep_files,
}


def run(name: str, apps: Apps) -> int:
    """One job now; that it ended well is written down for who watches."""
    done = JOBS[name](apps)
    SUCCESS.labels(name).set_to_current_time()
    return done
