"""The moment from which the rules of a contest stand."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests import changing, checking
from events_service.contests.models import Contest
from events_service.db import Audit
from events_service.events.models import Event
from services import ledger
from services.database import utcnow
from services.errors import Conflict
from services.identity import Actor


def freeze(session: Session, actor: Actor, event: Event) -> Contest:
    """Freeze the rules for good, once; called by what opens a stage, after it has taken the turns of event and stages.

    Raises Conflict with every fault where they are not finished.
    """
    contest = changing.take_turn(session, event.id)
    if contest.frozen_at is not None:
        return contest
    if found := checking.check(event.id):
        raise Conflict(_("The rules are not finished. %(faults)s", faults=" ".join(f"{fault}." for fault in found)))
    contest.frozen_at = utcnow()
    new = {"frozen_at": ledger.plain(contest.frozen_at), "rules_version": contest.rules_version}
    ledger.audit(session, Audit, actor, "contest.frozen", "contest", event.id, new=new)
    session.flush()
    return contest
