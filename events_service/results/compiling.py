"""Compilations: asked for by who directs the jury, worked off by the worker under a lease.

A worker that dies leaves a lease that runs out, and the next one begins anew; the lease is also the fence
behind which a late worker cannot write. The document depends on nothing but its inputs.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, Stage
from events_service.db import Audit, db
from events_service.jury import queries as jury
from events_service.jury.models import Assignment
from events_service.notifications.announcing import ring_after_commit
from events_service.results import method, queries
from events_service.results.collecting import SIGNED, inputs_of
from events_service.results.models import DONE, FAILED, QUEUED, RUNNING, Compilation
from services import ledger
from services.database import utcnow
from services.errors import Conflict, QonyrauError
from services.failpoints import failpoint
from services.identity import Actor

log = logging.getLogger("qonyrau.results")
LEASE = timedelta(seconds=180)
MOST_OF_STAGE, STEP = 100, 500
WORKER = Actor(id="worker", name="Worker", roles=frozenset(), session="")
# Why a compilation failed; `results.words` says it.
NOT_READY, NOT_WHOLE, TROUBLE = "not-ready", "not-whole", "trouble"


def request(session: Session, actor: Actor, ref: str, stage_id: str) -> Compilation:
    """Ask for the results of a closed stage; while one is on its way, that one is answered.

    Raises Conflict while the stage is not closed, an earlier one has no results, or there are too many versions,
    and in a contest that is called off.
    """
    event = jury.directed(ref, actor)
    stage = contests.take_turn(session, contests.stage_of(event.id, stage_id).id)
    contests.check_on(event.id)
    check_closed(stage)
    waits = queries.compilations(stage.id).where(Compilation.status.in_((QUEUED, RUNNING)))
    there: Compilation | None = session.scalars(waits).first()
    if there is not None:
        return there
    if any(row.position < stage.position and not row.compilation_id for row in contests.stages(event.id)):
        raise Conflict(_("The results of an earlier stage are not published yet"), code="earlier-stage")
    number = (session.scalar(select(func.max(Compilation.number)).where(Compilation.stage_id == stage.id)) or 0) + 1
    if number > MOST_OF_STAGE:
        raise Conflict(_("These results have been compiled too often"), code="too-many-results")
    total = session.scalar(select(func.count(Assignment.id)).where(Assignment.stage_id == stage.id, *SIGNED)) or 0
    found = Compilation(stage_id=stage.id, number=number, total=total, created_by=actor.id)
    session.add(found)
    session.flush()
    audit(session, actor, "compilation.requested", found, {"number": number, "status": QUEUED})
    ring_after_commit()
    return found


def check_closed(stage: Stage) -> None:
    if stage.status != CLOSED:
        raise Conflict(_("Results are compiled when the stage is closed"), code="stage-not-closed")


def work() -> int:
    """Compile what waits, one after another; answers how many were ended, well or not."""
    ended = 0
    while (taken := claim()) is not None:
        failpoint("after_claim")
        _compile(*taken)
        ended += 1
    return ended


def claim(now: datetime | None = None) -> tuple[str, datetime] | None:
    """Take the oldest that waits or whose worker has been silent too long: its id, and the lease as a fence."""
    now = now or utcnow()
    lapsed = and_(Compilation.status == RUNNING, Compilation.lease_until <= now)
    free = or_(Compilation.status == QUEUED, lapsed)
    first = select(Compilation.id).where(free).order_by(Compilation.created_at, Compilation.id).limit(1)
    if db.session.scalar(first) is None:
        return None
    values = {"status": RUNNING, "lease_until": now + LEASE, "done": 0}
    take = update(Compilation).where(Compilation.id == first.scalar_subquery(), free).values(values)
    with db.transaction() as session:
        found = session.scalar(take.returning(Compilation.id), execution_options={"synchronize_session": False})
    return (found, now + LEASE) if found else None


def _compile(compilation_id: str, lease: datetime) -> None:
    try:
        with db.transaction() as session:
            row = session.get_one(Compilation, compilation_id)
            stage = contests.take_turn(session, row.stage_id)
            check_closed(stage)
            inputs = inputs_of(session, stage)
        document = method.compiled(inputs, _teller(compilation_id, lease))
    except (OperationalError, InterfaceError):  # the database was away: the lease runs out, then it is tried again
        raise
    except QonyrauError as error:
        _end(compilation_id, lease, FAILED, reason=error.code or NOT_READY)
    except ValueError as error:
        _end(compilation_id, lease, FAILED, reason=f"{NOT_WHOLE}: {error}")
    except Exception as error:
        log.exception("compilation %s failed", compilation_id)
        _end(compilation_id, lease, FAILED, reason=f"{TROUBLE}: {type(error).__name__}: {error}"[:500])
    else:
        named = {name: document[name] for name in ("method", "rules_version", "inputs_hash")}
        sheets = len(inputs["sheets"])
        _end(compilation_id, lease, DONE, **named, document=method.canonical(document), done=sheets, total=sheets)


def _teller(compilation_id: str, lease: datetime) -> Callable[[int], None]:
    """Writes progress down as it goes, so that a page can show it."""

    def tell(done: int) -> None:
        if done % STEP == 0:
            with db.transaction() as session:
                _write(session, compilation_id, lease, done=done)

    return tell


def _end(compilation_id: str, lease: datetime, status: str, **values: Any) -> None:
    with db.transaction() as session:
        ends = {**values, "status": status, "finished_at": utcnow(), "lease_until": None}
        if _write(session, compilation_id, lease, **ends):
            found = session.get_one(Compilation, compilation_id)
            new = {"status": status, "inputs_hash": found.inputs_hash, "reason": found.reason}
            audit(session, WORKER, f"compilation.{status}", found, new)


def _write(session: Session, compilation_id: str, lease: datetime, **values: Any) -> bool:
    """False when the lease has run out and another worker has it."""
    own = Compilation.id == compilation_id, Compilation.status == RUNNING, Compilation.lease_until == lease
    done = session.execute(
        update(Compilation).where(*own).values(values), execution_options={"synchronize_session": False}
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def is_current(session: Session, stage: Stage, compilation: Compilation) -> bool:
    """Would the same be compiled now: are scores, votes and answers to appeals still those of its inputs?"""
    return method.digest(inputs_of(session, stage)) == compilation.inputs_hash


def audit(session: Session, actor: Actor, action: str, found: Compilation, new: dict[str, Any]) -> None:
    ledger.audit(session, Audit, actor, action, "compilation", found.id, new=new)
