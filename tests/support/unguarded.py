"""The suite as tests start it: with a guard taken out, in short times, or killed by plan.

WITHOUT names guards to take out, to show that the tests would notice. SHORT makes leases, waits and
slots last a second or so. KILLS is for the loop: each of its plans (`after_claim=kill@3|…`) is lived
by a process of its own, forked when the one before is dead; the one after the last lives on.

`gunicorn tests.support.unguarded:single`, `celery -A tests.support.unguarded:app`,
`python -m tests.support.unguarded drain --loop`.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

import worker.__main__ as commands
import worker.app
import wsgi
from events_service.directory import client, copying
from events_service.directory import queries as directory
from events_service.events import seats
from events_service.events.models import Event
from events_service.notifications import announcing
from events_service.registrations import booking
from services import database, doorbell, failpoints, ledger, outbox, problems, transports
from services.errors import NotFound, Unavailable
from worker import jobs, loop, places, schedule


def without_turn() -> None:
    """Nobody takes a turn: the event is read, not touched, and writers do not queue."""

    def read_only(session, event_id):
        event = session.get(Event, event_id, populate_existing=True)
        if event is None:
            raise NotFound
        time.sleep(0.02)
        return event

    seats.take_turn = read_only
    without_begin()


def without_repeat_check() -> None:
    """A second request of the same person does not look for the first."""
    booking.find_live = lambda session, event_id, key: None
    booking._sent_before = lambda session, form: None


def without_promotion() -> None:
    """A place given back seats nobody."""
    seats.promote = lambda session, event: 0


def without_idempotency() -> None:
    """The key of a request is not kept."""
    ledger._key = lambda: ""


def without_begin() -> None:
    """On SQLite the writer's turn is BEGIN IMMEDIATE: take that out."""
    plain = database._prepare_sqlite

    class Never:
        get = staticmethod(lambda: False)

    database._prepare_sqlite = lambda engine, writing: plain(engine, Never())


def without_ddl_begin() -> None:
    """On SQLite the driver begins when it likes, and never before it makes a table."""
    database._prepare_sqlite = lambda engine, writing: None


def without_outbox() -> None:
    """The message is written after its cause, in a transaction of its own."""
    plain = announcing.to_registrant

    def later(session, row, kind):
        def write():
            with announcing.db.transaction() as own:
                plain(own, row, kind)

        announcing.db.after_commit(f"{kind} {row.public_id}", write)

    announcing.to_registrant = later


def without_one_commit() -> None:
    """A verb commits half-way."""
    plain = announcing.to_registrant

    def commits(session, row, kind):
        session.commit()
        plain(session, row, kind)

    announcing.to_registrant = commits


def without_lease() -> None:
    """Nobody takes over what a dead sender had claimed."""
    outbox.LEASE = timedelta(days=1)


def without_claim() -> None:
    """A sender looks for the oldest message and does not say that it has it."""

    def look(box, now=None):
        with box.db.transaction() as session:
            found = select(box.model).where(box.model.status == "queued").order_by(box.model.id).limit(1)
            row = session.scalars(found.execution_options(populate_existing=True)).first()
            if row is not None:
                session.expunge(row)
        time.sleep(0.05)
        return row

    outbox.claim = look


def without_stable_id() -> None:
    """Each try has a Message-ID of its own."""
    plain = outbox.message_id
    outbox.message_id = lambda row, settings: f"<{row.attempts}.{plain(row, settings)[1:]}"


def without_rest() -> None:
    """The bell is tried by every request, also when it has just failed."""
    doorbell.REST = 0.0


def without_ping() -> None:
    """Connections of the pool are used without asking whether they still live."""
    plain = database._engine_options
    database._engine_options = lambda url: {**plain(url), "pool_pre_ping": False}


def without_mapping() -> None:
    """A database that is away is an error like any other."""
    problems._answer_database = lambda error: problems._answer(500, "", "", {})


def without_slot() -> None:
    """Whoever thinks of a job does it."""
    jobs.take_slot = lambda db, model, job, slot: True


def without_copy() -> None:
    """The register is asked at each registration."""

    def ask(person_id):
        try:
            copying.pull(directory.current_app, within=directory.PATIENCE)
        except client.RegisterAway:
            raise Unavailable from None
        return directory.db.session.get(directory.Person, person_id)

    directory.person = ask


def without_patience() -> None:
    """Whoever asks the register waits as long as it takes."""
    plain = client.changes
    client.CONNECT, client.READ = 60.0, 60.0
    client.changes = lambda app, since, within=None: plain(app, since)


GUARDS = {
    "turn": without_turn,
    "repeat": without_repeat_check,
    "promotion": without_promotion,
    "idempotency": without_idempotency,
    "ddl_begin": without_ddl_begin,
    "outbox": without_outbox,
    "one_commit": without_one_commit,
    "lease": without_lease,
    "claim": without_claim,
    "stable_id": without_stable_id,
    "rest": without_rest,
    "ping": without_ping,
    "mapping": without_mapping,
    "slot": without_slot,
    "copy": without_copy,
    "patience": without_patience,
}


def shorten() -> None:
    """Leases of three seconds, tries and reminders each second, slots of a second."""
    outbox.LEASE, outbox.RETRIES = timedelta(seconds=3), (timedelta(seconds=1),) * 9
    transports.READ_TIMEOUT, transports.LETTER_DEADLINE = 1, 2
    jobs.HOUR = timedelta(seconds=1)
    loop.REST, loop.EVERY["housekeeping"] = 0.2, 0.2
    for entry in schedule.SCHEDULE.values():
        entry["schedule"] = 1.0
        entry["options"]["expires"] = 30.0


def note_runs() -> None:
    """Write down each slot that a process takes, to see whether one is taken twice."""
    plain = jobs.take_slot

    def noting(db, model, job, slot):
        taken = plain(db, model, job, slot)
        if taken:
            with Path(os.environ["RUNS"]).open("a") as file:
                file.write(f"{model.__module__} {job} {slot}\n")
        return taken

    jobs.take_slot = noting


def live_by_plan(plans: list[str]) -> None:
    """A process for each plan, one after the other, and one without; answers in each of them.

    `outside` is the plan of a process that the test kills itself.
    """
    for plan in [*plans, "outside"]:
        child = os.fork()
        if not child:
            failpoints.arm({"QONYRAU_ENV": "test", "FAILPOINTS": plan.replace("outside", "")})
            return
        os.waitpid(child, 0)
    sys.exit(0)


def __getattr__(name: str) -> Any:
    if name == "app":
        return worker.app.app
    return getattr(wsgi, name)


if os.environ.get("SHORT"):
    shorten()
for guard in filter(None, os.environ.get("WITHOUT", "").split(",")):
    GUARDS[guard]()
if os.environ.get("RUNS"):
    note_runs()
if __name__ == "__main__":
    places.apps()
    if os.environ.get("KILLS"):
        live_by_plan(os.environ["KILLS"].split("|"))
    sys.exit(commands.main())
