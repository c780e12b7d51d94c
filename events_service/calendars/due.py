"""Deadlines that events have beside that of registration: of ideas, of entries, of the stages of a jury."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from events_service.contests.models import CONTEST, OPEN, Contest, Stage
from events_service.db import db
from events_service.events.models import Event
from events_service.fairs.models import FAIR, Fair
from events_service.ics.deadlines import Deadline
from events_service.jury.models import JuryMember

Due = Mapping[str, tuple[Deadline, ...]]


def since(first: datetime) -> Due:
    """All that lie after an instant, by the id of their event."""
    ideas = select(Fair.event_id, Fair.ideas_close_at).where(Fair.ideas_close_at > first)
    entries = select(Contest.event_id, Contest.entries_close_at).where(Contest.entries_close_at > first)
    return _by_event([
        *_rows(ideas.join(Event, (Event.id == Fair.event_id) & (Event.kind == FAIR)), "ideas-close"),
        *_rows(entries.join(Event, (Event.id == Contest.event_id) & (Event.kind == CONTEST)), "entries-close"),
        *_stages(_stages_of_contests().where(Stage.closes_at > first)),
    ])  # fmt: skip


def of_juror(person_id: str) -> Due:
    """The deadlines of the open stages she judges; an event of which she is otherwise on the jury has none."""
    seats = select(JuryMember.event_id, JuryMember.scores).where(JuryMember.person_id == person_id, JuryMember.active)
    scoring = dict(db.session.execute(seats).tuples().all())
    judged = [event_id for event_id, scores in scoring.items() if scores]
    at_work = Stage.event_id.in_(judged), Stage.status == OPEN, Stage.closes_at.is_not(None)
    stages = _stages(_stages_of_contests().where(*at_work)) if judged else []
    return {**dict.fromkeys(scoring, ()), **_by_event(stages)}


def _stages_of_contests() -> Select[Any]:
    found = select(Stage.event_id, Stage.id, Stage.closes_at, Stage.title)
    found = found.join(Event, (Event.id == Stage.event_id) & (Event.kind == CONTEST))
    return found.order_by(Stage.position, Stage.id)


def _rows(statement: Select[Any], what: str) -> list[tuple[str, Deadline]]:
    return [(event_id, Deadline(what, at)) for event_id, at in db.session.execute(statement)]


def _stages(statement: Select[Any]) -> list[tuple[str, Deadline]]:
    return [
        (event_id, Deadline(f"stage-{stage_id}-closes", at, tuple(sorted(title.items()))))
        for event_id, stage_id, at, title in db.session.execute(statement)
    ]


def _by_event(rows: Iterable[tuple[str, Deadline]]) -> Due:
    found: dict[str, tuple[Deadline, ...]] = defaultdict(tuple)
    for event_id, deadline in rows:
        found[event_id] += (deadline,)
    return dict(found)
