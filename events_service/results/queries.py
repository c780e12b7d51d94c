"""Reads of results. What is not published exists only for those who direct the jury."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from events_service.contests import queries as contests
from events_service.contests.models import Stage
from events_service.db import db
from events_service.entries.models import Entry
from events_service.events.models import Event
from events_service.jury import queries as jury
from events_service.jury.models import Assignment
from events_service.results import deadlines
from events_service.results.models import DONE, FILED, Appeal, Compilation, TieVote
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor

Document = dict[str, Any]


def published(stage: Stage) -> Compilation | None:
    """The compilation that is published of a stage."""
    return db.session.get(Compilation, stage.compilation_id) if stage.compilation_id else None


def document(compilation: Compilation) -> Document:
    """All of a finished compilation, see docs/contest.md; shared, so never to be changed."""
    return _parsed(compilation.document)


@lru_cache(maxsize=4)
def _parsed(text: str) -> Document:
    found: Document = json.loads(text)
    return found


def lines_of(found: Document) -> dict[str, dict[str, Any]]:
    """The lines of all nominations, by entry."""
    return {line["id"]: line for kind in found["nominations"] for line in kind["entries"]}


def compilations(stage_id: str) -> Select[Any]:
    """All versions of a stage, the newest first."""
    return select(Compilation).where(Compilation.stage_id == stage_id).order_by(Compilation.number.desc())


def versions(stage_id: str) -> list[Compilation]:
    """Those that were published, the newest first."""
    found = compilations(stage_id).where(Compilation.published_at.is_not(None))
    return list(db.session.scalars(found))


def compilation_of(event_id: str, compilation_id: str) -> Compilation:
    """A compilation of this contest."""
    found = db.session.get(Compilation, compilation_id)
    if found is None or db.session.get_one(Stage, found.stage_id).event_id != event_id:
        raise NotFound
    return found


def line_of(event: Event, compilation_id: str, entry_id: str, actor: Actor) -> tuple[Compilation, Entry, Document]:
    """The line of an entry with all its sheets: for its author once it is published, and who directs the jury."""
    found, entry = compilation_of(event.id, compilation_id), db.session.get(Entry, entry_id)
    own = entry is not None and entry.author_id == actor.id and found.published_at is not None
    if entry is None or not (own or jury.directs(actor, event)) or found.status != DONE:
        raise NotFound
    line = lines_of(document(found)).get(entry.id)
    if line is None:
        raise NotFound
    return found, entry, line


def newest_done(stage_id: str) -> Compilation | None:
    return db.session.scalars(compilations(stage_id).where(Compilation.status == DONE).limit(1)).first()


def open_stages(event_id: str) -> list[Stage]:
    """The stages whose results are published, in their order."""
    return [stage for stage in contests.stages(event_id) if stage.compilation_id]


def ties(found: Document) -> list[tuple[str, ...]]:
    """The sets of entries that stay equal in a document, each in the order of ids."""
    groups: dict[tuple[str, int], list[str]] = {}
    for kind in found["nominations"]:
        for line in kind["entries"]:
            if line["shared"]:
                groups.setdefault((kind["id"], line["place"]), []).append(line["id"])
    return [tuple(sorted(group)) for group in groups.values()]


def votes(stage_id: str) -> dict[tuple[str, ...], TieVote]:
    """The newest vote on each set of entries."""
    found = select(TieVote).where(TieVote.stage_id == stage_id).order_by(TieVote.at, TieVote.id)
    return {tuple(row.entries): row for row in db.session.scalars(found)}


def appeals_until(stage: Stage) -> datetime | None:
    """The last moment of an appeal; None while nothing is published or where the rules allow none."""
    days = jury.rules(stage.event_id).appeal_days
    return deadlines.last_moment(stage.published_at, days) if stage.published_at and days else None


def overtaken(found: Document) -> bool:
    """Were results of an earlier stage published anew since this was compiled from them?"""
    used = found["inputs"]["stages"]
    return any(db.session.get_one(Stage, row["id"]).compilation_id != row["compilation"] for row in used)


def takes_appeals(stage: Stage) -> bool:
    until = appeals_until(stage)
    return until is not None and utcnow() <= until


def appealable(event_id: str, actor: Actor) -> Iterator[tuple[Stage, Entry]]:
    """Her entries in published stages within the window, whether or not she has appealed."""
    mine = select(Entry).where(Entry.event_id == event_id, Entry.author_id == actor.id).order_by(Entry.number)
    entries = list(db.session.scalars(mine))
    for stage in open_stages(event_id) if entries else []:
        if takes_appeals(stage):
            lines = _published_lines(stage)
            yield from ((stage, entry) for entry in entries if entry.id in lines)


def appeals(event_id: str) -> Select[Any]:
    """All appeals of a contest, those that wait for an answer first."""
    found = select(Appeal).join(Stage, Stage.id == Appeal.stage_id).where(Stage.event_id == event_id)
    return found.options(joinedload(Appeal.entry)).order_by(Appeal.status != FILED, Appeal.filed_at, Appeal.id)


def appeal_of(event_id: str, appeal_id: str) -> Appeal:
    found = db.session.get(Appeal, appeal_id)
    if found is None or db.session.get_one(Stage, found.stage_id).event_id != event_id:
        raise NotFound
    return found


def last_with(entry: Entry) -> Stage | None:
    """The last stage in whose published results an entry stands."""
    found = [stage for stage in open_stages(entry.event_id) if entry.id in _published_lines(stage)]
    return found[-1] if found else None


def _published_lines(stage: Stage) -> dict[str, dict[str, Any]]:
    found = published(stage)
    return lines_of(document(found)) if found else {}


def feedback_of(stage: Stage, entry: Entry) -> Mapping[str, str]:
    """The words of the jurors to the entrant, by sheet."""
    rows = select(Assignment.id, Assignment.feedback).where(Assignment.stage_id == stage.id)
    return dict(db.session.execute(rows.where(Assignment.entry_id == entry.id)).tuples().all())
