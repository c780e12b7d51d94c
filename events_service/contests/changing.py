"""What every change of a contest's rules begins and ends with."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests import queries
from events_service.contests.models import Contest, Stage
from events_service.db import Audit
from events_service.events import seats
from services import ledger
from services.database import utcnow
from services.errors import Conflict, Stale
from services.identity import Actor

NEW: dict[str, Any] = {"code": "", "rules": {}, "rules_version": 1, "ground_number": "", "last_number": 0}


def begin(session: Session, actor: Actor, ref: str, version: int | None = None) -> Contest:
    """The turn of a contest she organises, for a change of its rules.

    Raises NotFound, Stale where `version` is not that of the rules, Conflict once the rules are frozen.
    """
    contest = take_turn(session, queries.owned(ref, actor).id)
    if contest.frozen_at is not None:
        raise Conflict(_("The rules are frozen: the jury has begun, so nothing of them can be changed"))
    if version is not None and version != contest.rules_version:
        raise Stale
    return contest


def take_turn(session: Session, event_id: str) -> Contest:
    """The event, then its stages in their order, as every verb takes them; then the contest as it is now."""
    seats.take_turn(session, event_id)
    queries.take_turns(session, event_id)
    ledger.insert_once(session, Contest, {"event_id": event_id, **NEW})
    return session.get_one(Contest, event_id, populate_existing=True)


def end(
    session: Session,
    actor: Actor,
    contest: Contest,
    action: str,
    old: dict[str, Any],
    new: dict[str, Any],
    stage: Stage | None = None,
) -> None:
    """The next version of the rules and one audit row; nothing where nothing differs."""
    session.flush()
    kept_old, kept_new = ledger.differences(old, new) if old and new else (old, new)
    if not kept_old and not kept_new:
        return
    contest.rules_version += 1
    entity, entity_id = ("stage", stage.id) if stage else ("contest", contest.event_id)
    ledger.audit(session, Audit, actor, action, entity, entity_id, old=kept_old, new=kept_new)


def show(contest: Contest) -> None:
    """Calendars show deadlines: whoever changes one says so here."""
    contest.event.changed_at = utcnow()
