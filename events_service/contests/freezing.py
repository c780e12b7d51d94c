"""Rules are frozen when the first stage opens."""

from sqlalchemy.orm import Session

from events_service.contests import queries
from events_service.db import Audit
from events_service.events.models import Event
from services import ledger
from services.database import utcnow
from services.identity import Actor


def freeze(session: Session, actor: Actor, event: Event) -> None:
    """From now on nobody changes them; doing it again changes nothing."""
    contest = queries.contest_of(event)
    if contest.frozen_at is None:
        contest.frozen_at = utcnow()
        new = {"frozen_at": contest.frozen_at.isoformat(), "rules_version": contest.rules_version}
        ledger.audit(session, Audit, actor, "contest.frozen", "contest", contest.event_id, new=new)
