"""Reads of kept imports. A run is its owner's alone: another's is as unknown as nobody's."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, case, func, select

from registry_service.db import db
from registry_service.imports.models import CHECKED, REJECTED, STATUSES, ImportRow, ImportRun
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor


def mine(actor: Actor) -> Select[tuple[ImportRun]]:
    """Her runs that are still kept, newest first."""
    kept = ImportRun.owner_id == actor.id, ImportRun.expires_at > utcnow()
    return select(ImportRun).where(*kept).order_by(ImportRun.created_at.desc(), ImportRun.id)


def one(actor: Actor, run_id: str) -> ImportRun:
    run = db.session.scalars(mine(actor).where(ImportRun.id == run_id)).first()
    if run is None:
        raise NotFound
    return run


def checked(actor: Actor, digest: str) -> ImportRun | None:
    """Her dry run of just this file that has not been confirmed."""
    same = ImportRun.digest == digest, ImportRun.state == CHECKED
    return db.session.scalars(mine(actor).where(*same)).first()


def counts(run_id: str) -> dict[str, int]:
    """How many rows by status."""
    numbers = select(ImportRow.status, func.count()).where(ImportRow.run_id == run_id).group_by(ImportRow.status)
    found = dict(db.session.execute(numbers).tuples().all())
    return {status: found.get(status, 0) for status in STATUSES}


def rows(run_id: str, statuses: Collection[str] = STATUSES) -> Select[Any]:
    """Rows of a run: the rejected first, then what changes, each in the order of the file."""
    order = case({status: place for place, status in enumerate(STATUSES)}, value=ImportRow.status)
    wanted = select(ImportRow).where(ImportRow.run_id == run_id, ImportRow.status.in_(statuses))
    return wanted.order_by(order, ImportRow.number)


def rejected(run_id: str) -> list[ImportRow]:
    return list(db.session.scalars(rows(run_id, [REJECTED])))


def warned(run_id: str) -> list[ImportRow]:
    """Rows taken with a warning."""
    found = db.session.scalars(rows(run_id, [status for status in STATUSES if status != REJECTED]))
    return [row for row in found if row.warnings]
