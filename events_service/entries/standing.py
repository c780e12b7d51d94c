"""Where an entry stands, for its author: the way it has gone, and the published results of its stages."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from events_service.contests.models import Stage
from events_service.db import db
from events_service.entries import queries
from events_service.entries.models import Entry
from events_service.jury.models import ACTIVE, Assignment


@dataclass(frozen=True)
class Result:
    """What a published compilation says of an entry, and what the jurors wrote to its author.

    `score` is the one that decides, by the method of the rules.
    """

    stage: Stage
    place: int | None
    shared: bool
    score: str | None
    total: str | None
    passes: bool
    feedback: list[str] = field(default_factory=list)


def result(entry: Entry, stage: Stage, document: dict[str, Any]) -> Result | None:
    """The result of an entry in the document of a published compilation; None where it is not in it."""
    lines = (line for nomination in document["nominations"] for line in nomination["entries"])
    found = next((line for line in lines if line["id"] == entry.id), None)
    if found is None:
        return None
    said = found["place"], bool(found["shared"]), found["decides"], found["total"], bool(found["passes"])
    return Result(stage, *said, feedback=_feedback(entry, stage))


def _feedback(entry: Entry, stage: Stage) -> list[str]:
    """Words of those who signed, without their names and in an order that tells nothing."""
    of_entry = Assignment.entry_id == entry.id, Assignment.stage_id == stage.id, Assignment.status == ACTIVE
    words = select(Assignment.feedback).where(*of_entry, Assignment.signed_at.is_not(None), Assignment.feedback != "")
    return list(db.session.scalars(words.order_by(Assignment.id)))


def waiting(entry: Entry, told: list[Result]) -> list[Stage]:
    """The stages it takes part in whose results are not known yet."""
    known = {found.stage.id for found in told}
    return [stage for stage in queries.stages_of(entry) if stage.id not in known]
