"""Reads of entries. An entry is its author's; the organisers of its contest read what was handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager

from events_service.contests import queries as contests
from events_service.contests.models import PLANNED, Contest, Stage
from events_service.db import db
from events_service.directory.models import School
from events_service.entries.models import (
    ADMITTED,
    DRAFT,
    EXCLUDED,
    LIVE,
    REFUSED,
    RETURNED,
    SUBMITTED,
    WITHDRAWN,
    Entry,
    EntryFile,
    StageEntry,
)
from events_service.events import queries as events
from events_service.events.models import CANCELLED, Event
from events_service.events.models import DRAFT as UNPUBLISHED
from events_service.files.child import KINDS
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor

# The order in which organisers work them off; what stands in a draft is its author's own.
HANDED_IN = (SUBMITTED, RETURNED, ADMITTED, REFUSED, WITHDRAWN, EXCLUDED)
ENDINGS = {media_type: extension for extension, media_type in KINDS.items()}
SOON, OPEN, CLOSED, JUDGED = "soon", "open", "closed", "judged"


@dataclass(frozen=True)
class BlindFile:
    """A file as a juror gets it: named by its place, the bytes without metadata under `key` of the store."""

    name: str
    media_type: str
    size: int
    key: str


def state_of(event: Event, contest: Contest) -> str:
    """draft | cancelled | soon | open | closed | judged: may entries be handed in now?"""
    now, opens, closes = utcnow(), contest.entries_open_at, contests.closes_at(event, contest)
    if event.status in {UNPUBLISHED, CANCELLED}:
        return event.status
    first = first_stage(event.id)
    if first and first.status != PLANNED:
        return JUDGED
    if opens and now < opens:
        return SOON
    return CLOSED if closes and now >= closes else OPEN


def is_open(event: Event, contest: Contest, entry: Entry | None = None) -> bool:
    """May she write and hand in now, by the dates of the contest or by the extension of her entry?"""
    state = state_of(event, contest)
    late = entry is not None and entry.late_until is not None and utcnow() < entry.late_until
    return state == OPEN or (state == CLOSED and late)


def first_stage(event_id: str) -> Stage | None:
    return next(iter(contests.stages(event_id)), None)


def find(event: Event, entry_id: str, actor: Actor) -> Entry:
    """An entry of this contest that this person may read; any other does not exist for her."""
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.event_id != event.id:
        raise NotFound
    if entry.author_id != actor.id and not (entry.submitted_at and events.owns(actor, event)):
        raise NotFound
    return entry


def own(event: Event, entry_id: str, actor: Actor) -> Entry:
    """An entry of her own."""
    entry = find(event, entry_id, actor)
    if entry.author_id != actor.id:
        raise NotFound
    return entry


def judged_by(event: Event, entry_id: str, actor: Actor, drafts: bool = False) -> Entry:
    """An entry handed in to a contest she organises; with `drafts` also one that was not."""
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.event_id != event.id or not events.owns(actor, event):
        raise NotFound
    if not drafts and entry.submitted_at is None:
        raise NotFound
    return entry


def file_of(entry: Entry, file_id: str) -> EntryFile:
    found = next((file for file in entry.files if file.id == file_id), None)
    if found is None:
        raise NotFound
    return found


def blind_files(entry: Entry) -> list[BlindFile]:
    """The files of an entry without what tells of their maker, in their order: file-1.pdf, file-2.jpg …"""
    return [
        BlindFile(f"file-{number}.{ENDINGS[file.media_type]}", file.media_type, file.blind_size, file.blind_key)
        for number, file in enumerate(entry.files, 1)
    ]


def blind_file(entry: Entry, number: int) -> BlindFile:
    """The file of that number, from 1; NotFound where there is none."""
    found = blind_files(entry)
    if not 0 < number <= len(found):
        raise NotFound
    return found[number - 1]


def mine(actor: Actor) -> Select[Any]:
    """Her entries in all contests, the newest first; those she has taken back are not among them."""
    rows = select(Entry).join(Entry.event).where(Entry.author_id == actor.id, Entry.status != WITHDRAWN)
    return rows.options(contains_eager(Entry.event)).order_by(Entry.created_at.desc(), Entry.id)


def mine_at(actor: Actor | None, event_id: str) -> list[Entry]:
    """Her entries in one contest."""
    return list(db.session.scalars(mine(actor).where(Entry.event_id == event_id))) if actor else []


def listed(event: Event, actor: Actor, filters: Mapping[str, Any]) -> Select[Any]:
    """All entries of the contest for its organisers, for others their own; what waits comes first, drafts last."""
    rows = select(Entry).where(Entry.event_id == event.id)
    if not events.owns(actor, event):
        rows = rows.where(Entry.author_id == actor.id)
    for name, column in (("status", Entry.status), ("nomination", Entry.nomination_id), ("district", Entry.district)):
        if filters.get(name):
            rows = rows.where(column == filters[name])
    ranks = {status: rank for rank, status in enumerate((*HANDED_IN, DRAFT))}
    return rows.order_by(case(ranks, value=Entry.status), Entry.number.is_(None), Entry.number, Entry.id)


def count(event_id: str, *where: Any) -> int:
    return db.session.scalar(select(func.count(Entry.id)).where(Entry.event_id == event_id, *where)) or 0


def extended_until(event_id: str) -> datetime | None:
    """The last moment to which an extension lets an entry that is not handed in be written; None when none runs."""
    own = Entry.event_id == event_id, Entry.status.in_((DRAFT, RETURNED)), Entry.late_until > utcnow()
    return db.session.scalar(select(func.max(Entry.late_until)).where(*own))


def counts(event_id: str) -> dict[str, int]:
    """How many entries by status."""
    rows = select(Entry.status, func.count()).where(Entry.event_id == event_id).group_by(Entry.status)
    found = dict(db.session.execute(rows).tuples().all())
    return {status: found.get(status, 0) for status in (*HANDED_IN, DRAFT)}


def entrants(stage: Stage) -> list[Entry]:
    """Who takes part in a stage and has not left, by number; before the first stage opens all that are admitted."""
    inside = select(StageEntry.entry_id).where(StageEntry.stage_id == stage.id)
    first = first_stage(stage.event_id)
    rows = select(Entry).where(Entry.event_id == stage.event_id, Entry.status == ADMITTED)
    if not (stage.status == PLANNED and first and first.id == stage.id):
        rows = rows.where(Entry.id.in_(inside))
    return list(db.session.scalars(rows.order_by(Entry.number, Entry.id)))


def stages_of(entry: Entry) -> list[Stage]:
    """The stages that an entry takes part in, in their order."""
    rows = select(Stage).join(StageEntry, StageEntry.stage_id == Stage.id).where(StageEntry.entry_id == entry.id)
    return list(db.session.scalars(rows.order_by(Stage.position, Stage.id)))


def may_withdraw(entry: Entry) -> bool:
    """May its author still take it back? Once its last results are known, that is for the organisers to say."""
    stages = stages_of(entry)
    return entry.status in LIVE and not (stages and stages[-1].published_at)


def schools_of(entries: list[Entry]) -> dict[str, School]:
    """The schools of the authors of a list, by id."""
    wanted = {entry.school_id for entry in entries if entry.school_id}
    return {row.id: row for row in db.session.scalars(select(School).where(School.id.in_(wanted)))} if wanted else {}
