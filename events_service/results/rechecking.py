"""Published results reckoned once more (I7): what their inputs give, and that the rows still say these inputs."""

from sqlalchemy import false, or_, select

from events_service.contests.models import Stage
from events_service.db import db
from events_service.results import compiling, method, queries
from events_service.results.models import DONE, Appeal, Compilation, TieVote
from services.errors import Conflict
from services.invariants import SHOWN, Finding, Invariant

SAME = Invariant("I7", "published results are what the rows give, to the byte", Stage.__table__, Stage.id, false())


def finding() -> Finding:
    """Of each published stage, as `services.invariants.check` answers; a large one takes seconds."""
    stages = db.session.scalars(select(Stage).where(Stage.compilation_id.is_not(None)).order_by(Stage.id)).all()
    broken = [stage.id for stage in stages if not _holds(stage)]
    return Finding(SAME, len(stages), len(broken), tuple(broken[:SHOWN]))


def _holds(stage: Stage) -> bool:
    found = queries.published(stage)
    if found is None or found.status != DONE:
        return False
    try:
        made = method.compiled(queries.document(found)["inputs"])
        same = (method.canonical(made), made["inputs_hash"]) == (found.document, found.inputs_hash)
        return same and (_overtaken(stage, found) or compiling.is_current(db.session(), stage, found))
    except (Conflict, KeyError, ValueError):  # nothing can be made of what is kept
        return False


def _overtaken(stage: Stage, found: Compilation) -> bool:
    """Did somebody vote or answer an appeal since, or are there newer results of an earlier stage?

    Then the rows say more than what is published, and rightly: the next version counts it.
    """
    voted = select(TieVote.id).where(TieVote.stage_id == stage.id, TieVote.at > found.created_at)
    answered = select(Appeal.id).where(Appeal.stage_id == stage.id, Appeal.answered_at > found.created_at)
    later = db.session.scalar(select(or_(voted.exists(), answered.exists())))
    return bool(later) or queries.overtaken(queries.document(found))
