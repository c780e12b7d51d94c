"""Importing: keep what a dry run found, and put its good rows into the register, all in one transaction.

Confirming does what was shown and nothing else. Each row goes through the verb that its form would
call; a row that no longer fits, because the register has changed meanwhile, is rejected with the
reason and leaves the others alone.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from registry_service.centres import attaching
from registry_service.centres.schemas import AttachmentBody, AttachmentPatch
from registry_service.db import Audit
from registry_service.imports.columns import FIELDS, Head
from registry_service.imports.drafts import CHANGE, CREATE, END, MOVE, Draft, plain
from registry_service.imports.models import CHECKED, DONE, REJECTED, ImportRow, ImportRun
from registry_service.people import keeping as people
from registry_service.people.schemas import PersonBody, PersonPatch
from registry_service.programmes import enrolling
from registry_service.programmes.schemas import EnrolmentBody, EnrolmentPatch
from registry_service.schools import keeping as schools
from registry_service.schools.schemas import SchoolBody, SchoolPatch
from registry_service.twinning import linking
from registry_service.twinning.schemas import TwinningBody, TwinningPatch
from services import ledger
from services.database import new_id, utcnow
from services.errors import Conflict, NotFound, QonyrauError
from services.forms import messages
from services.i18n import language, translate_messages
from services.identity import Actor

KEPT = timedelta(hours=24)
MOST_KEPT = 5  # dry runs of one person
STEP = tuple(getattr(ImportRow, name) for name in ("id", "verb", "target", "version", "body"))
Verb = Callable[[Session, Actor, Any, dict[str, Any]], Any]
VERBS: dict[tuple[str, str], tuple[Any, Verb]] = {
    ("schools", CREATE): (SchoolBody(), lambda session, actor, row, data: schools.create(session, actor, data)),
    ("schools", CHANGE): (
        SchoolPatch(),
        lambda session, actor, row, data: schools.change(session, actor, row.target, data, row.version),
    ),
    ("people", CREATE): (PersonBody(), lambda session, actor, row, data: people.create(session, actor, data)),
    ("people", CHANGE): (
        PersonPatch(partial=True),
        lambda session, actor, row, data: people.change(session, actor, row.target, data, row.version),
    ),
    ("attachments", CREATE): (
        AttachmentBody(),
        lambda session, actor, row, data: attaching.attach(session, actor, data),
    ),
    ("attachments", MOVE): (
        AttachmentPatch(),
        lambda session, actor, row, data: attaching.move(session, actor, row.target, data),
    ),
    ("attachments", END): (
        AttachmentPatch(),
        lambda session, actor, row, data: attaching.end(session, actor, row.target, data),
    ),
    ("twinning", CREATE): (TwinningBody(), lambda session, actor, row, data: linking.link(session, actor, data)),
    ("twinning", CHANGE): (
        TwinningPatch(),
        lambda session, actor, row, data: linking.change(session, actor, row.target, data),
    ),
    ("twinning", END): (
        TwinningPatch(),
        lambda session, actor, row, data: linking.change(session, actor, row.target, data),
    ),
    ("enrolments", CREATE): (
        EnrolmentBody(),
        lambda session, actor, row, data: enrolling.enrol(session, actor, row.body["programme"], data),
    ),
    ("enrolments", END): (
        EnrolmentPatch(),
        lambda session, actor, row, data: enrolling.end(session, actor, row.target, data),
    ),
}


def digest_of(data: bytes, kind: str, ground: Mapping[str, Any]) -> str:
    """Two files with one digest come to the same rows."""
    said = f"{kind}\n{sorted(ground.items())}\n".encode()
    return hashlib.sha256(said + data).hexdigest()


def keep(
    session: Session,
    actor: Actor,
    about: Mapping[str, Any],
    head: Head,
    drafts: list[Draft],
) -> ImportRun:
    """Keep a dry run for a day. `about`: kind, filename, digest, ground and the heads of the file."""
    forget_old(session)
    _make_room(session, actor)
    run = ImportRun(id=new_id(), owner_id=actor.id, language=language(), unread=plain(head.unread), state=CHECKED)
    run.kind, run.filename, run.digest = about["kind"], about["filename"][:200], about["digest"]
    run.ground, run.head, run.expires_at = dict(about["ground"]), plain(about["head"]), utcnow() + KEPT
    session.add(run)
    session.flush()
    session.execute(insert(ImportRow), [draft.row(run.id) for draft in drafts])
    return run


def forget_old(session: Session) -> int:
    """Forget runs whose day is over; answers how many."""
    return _forget(session, ImportRun.expires_at < utcnow())


def _make_room(session: Session, actor: Actor) -> None:
    mine = select(ImportRun.id).where(ImportRun.owner_id == actor.id).order_by(ImportRun.created_at.desc())
    _forget(session, ImportRun.id.in_(session.scalars(mine.offset(MOST_KEPT - 1)).all()))


def _forget(session: Session, *conditions: Any) -> int:
    old = select(ImportRun.id).where(*conditions)
    session.execute(delete(ImportRow).where(ImportRow.run_id.in_(old)).execution_options(synchronize_session=False))
    statement = delete(ImportRun).where(*conditions).execution_options(synchronize_session=False)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def confirm(session: Session, actor: Actor, run_id: str) -> ImportRun:
    """Put the good rows of a dry run into the register; Conflict when that has been done."""
    live = ImportRun.id == run_id, ImportRun.owner_id == actor.id, ImportRun.expires_at > utcnow()
    turn = update(ImportRun).where(*live, ImportRun.state == CHECKED).values(state=DONE)
    taken = session.execute(turn).rowcount  # type: ignore[attr-defined]
    run = session.scalar(select(ImportRun).where(*live).execution_options(populate_existing=True))
    if run is None:
        raise NotFound
    if not taken:
        raise Conflict(_("This file is in the register already"))
    good = ImportRow.run_id == run.id, ImportRow.verb != "", ImportRow.status != REJECTED
    # Columns, not rows of the session: each UPDATE looks through all that the session holds.
    rows = session.execute(select(*STEP).where(*good).order_by(ImportRow.number)).all()
    refused = [fault for row in rows if (fault := _apply(session, actor, run.kind, row))]
    if refused:
        session.execute(update(ImportRow), refused)
    done = len(rows) - len(refused)
    new = {"kind": run.kind, "file": run.filename, "digest": run.digest, "rows": done}
    ledger.audit(session, Audit, actor, "import.confirmed", "import", run.id, new=new)
    return run


def _apply(session: Session, actor: Actor, kind: str, row: Any) -> dict[str, Any] | None:
    """One row in a savepoint of its own: what is refused leaves no trace but its reason, which is answered."""
    schema, verb = VERBS[kind, row.verb]
    try:
        with session.begin_nested():
            verb(session, actor, row, schema.load(row.body))
    except ValidationError as refusal:  # a body kept by an older version of the code
        found = list(messages(translate_messages(refusal.normalized_messages())))
    except QonyrauError as refusal:
        found = list(messages(translate_messages(refusal.errors))) or [("", str(refusal.detail or refusal.title))]
    else:
        return None
    faults = [[FIELDS.get(name, name), reason] for name, reason in found]
    return {"id": row.id, "status": REJECTED, "faults": faults}
