"""The tables of a contest as lines of a file: heads first, in the reader's language.

Marks go out only of stages that are closed: before, nobody sees another's.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from events_service.awards import queries, words
from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, Criterion, Nomination, Stage
from events_service.db import db
from events_service.directory.models import School, Territory
from events_service.entries.models import Entry
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.jury import queries as jury
from events_service.jury import words as jury_words
from events_service.jury.models import ACTIVE, Assignment
from events_service.results import queries as results
from events_service.results.models import Compilation
from events_service.scoring import queries as scoring
from services import exports
from services.errors import NotFound
from services.i18n import local, said_plain
from services.identity import Actor

Lines = Iterator[list[Any]]


def lines(table: str, ref: str, actor: Actor | None) -> tuple[Event, Lines]:
    """One of `TABLES`, as far as she may see it: what is not hers does not exist for her."""
    made, may = TABLES[table]
    event = contests.visible(ref, actor)
    if not may(actor, event):
        raise NotFound
    return event, made(event, actor)


def of_results(event: Event, actor: Actor | None) -> Lines:
    """Places of all published stages; who directs the jury also finds the number of the entry and what decided."""
    inside = jury.directs(actor, event)
    yield [
        *(_("Stage"), _("Nomination"), _("Rank"), _("Author"), _("School"), _("District"), _("Mean"), _("Total")),
        *((_("Entry"), _("Corrected"), _("Decides"), _("Goes on")) if inside else ()),
    ]
    entries, schools, places, kinds = _entries(event), _schools(event), _places(), _nominations(event)
    for stage, row, nomination in _published(event):
        entry = entries[row["id"]]
        about = [entry.name, schools.get(entry.school_id or ""), places.get(row["district"])]
        line = [said_plain(stage.title), kinds[nomination], row["place"], *about, _number(row["score"])]
        more = [row["number"], _number(row["corrected"]), _number(row["decides"]), _said(row["passes"])]
        yield [*line, _number(row["total"]), *(more if inside else ())]


def of_sheets(event: Event, actor: Actor | None) -> Lines:
    """Every mark of the closed stages: one line for each criterion of a sheet that is signed and counts."""
    yield [
        _("Stage"),
        _("Entry"),
        _("Nomination"),
        _("Juror"),
        _("Ground"),
        _("Criterion"),
        _("Points"),
        _("Signed at"),
    ]
    kinds = _nominations(event)
    for stage in contests.stages(event.id):
        if stage.status != CLOSED:
            continue
        codes = {
            row.id: row.code for row in db.session.scalars(select(Criterion).where(Criterion.stage_id == stage.id))
        }
        given = _points(stage)
        counting = Assignment.status == ACTIVE, Assignment.signed_at.is_not(None)
        for sheet in _found(_dealt(stage).where(*counting)):
            about = [said_plain(stage.title), sheet.entry.number, kinds[sheet.entry.nomination_id], sheet.member.name]
            ground = str(jury_words.GROUNDS.get(sheet.ground, sheet.ground))
            for criterion, points in sorted(given.get(sheet.id, {}).items(), key=lambda one: codes[one[0]]):
                yield [*about, ground, codes[criterion], _number(points), _at(event, sheet.signed_at)]


def of_entries(event: Event, actor: Actor | None) -> Lines:
    """What was entered, whatever became of it; without addresses."""
    yield [
        *(_("Entry"), _("Nomination"), _("Title"), _("Author"), _("School"), _("District"), _("Small-class school")),
        *(_("State"), _("Reason"), _("Sent at"), _("Receipt")),
    ]
    schools, places = _schools(event), _places()
    rows = select(Entry).where(Entry.event_id == event.id, Entry.number.is_not(None)).order_by(Entry.number)
    for row in _found(rows):
        about = [row.name, schools.get(row.school_id or ""), places.get(row.district), _said(row.small_class)]
        state = [str(words.ENTRIES[row.status]), row.reason, _at(event, row.submitted_at), row.receipt]
        yield [row.number, said_plain(row.nomination.title), row.title, *about, *state]


def of_assignments(event: Event, actor: Actor | None) -> Lines:
    """Who reads what and how far it is; no marks, no authors, no grounds while a stage is open.

    Why somebody gave an entry back hints at its author: until the stage is closed organisers and she herself read it.
    """
    owner = events.owns(actor, event)
    yield [_("Stage"), _("Entry"), _("Nomination"), _("Juror"), _("Ground"), _("State"), _("Reason"), _("Signed at")]
    for stage in contests.stages(event.id):
        for row in _found(_dealt(stage)):
            told = owner or stage.status == CLOSED or (actor is not None and row.member.person_id == actor.id)
            state = [str(words.ASSIGNMENTS[row.status]), row.reason if told else "", _at(event, row.signed_at)]
            entry = [row.entry.number, said_plain(row.entry.nomination.title)]
            ground = str(jury_words.GROUNDS.get(row.ground_told or "", ""))
            yield [said_plain(stage.title), *entry, row.member.name, ground, *state]


def of_awards(event: Event, actor: Actor | None) -> Lines:
    """The register of awards, also those that are void."""
    yield [
        _("Number"),
        _("Code"),
        _("Award"),
        _("Name"),
        _("School"),
        _("Nomination"),
        _("Date"),
        _("Void since"),
        _("Why"),
    ]
    for row in _found(queries.of_contest(event.id)):
        what = [row.number, row.code, words.kind_name(row.kind), row.name]
        where = [said_plain(row.school), said_plain(row.nomination), row.issued_on]
        yield [*what, *where, _at(event, row.void_at), row.void_reason]


May = Callable[[Actor | None, Event], bool]
TABLES: dict[str, tuple[Callable[[Event, Actor | None], Lines], May]] = {
    "results": (of_results, lambda actor, event: True),
    "sheets": (of_sheets, jury.directs),
    "assignments": (of_assignments, jury.directs),
    "entries": (of_entries, events.owns),  # a chair who reads blind must not learn the authors from here
    "awards": (of_awards, events.owns),
}


def _published(event: Event) -> Iterator[tuple[Stage, dict[str, Any], str]]:
    for stage in contests.stages(event.id):
        compilation: Compilation | None = results.published(stage)
        for nomination in results.document(compilation)["nominations"] if compilation else []:
            for row in nomination["entries"]:
                yield stage, row, nomination["id"]


def _points(stage: Stage) -> dict[str, dict[str, Any]]:
    """The newest points of each sheet, by criterion."""
    found: dict[str, dict[str, Any]] = {}
    for sheet, criterion, points in scoring.newest(stage.id):
        found.setdefault(sheet, {})[criterion] = points
    return found


def _dealt(stage: Stage) -> Select[tuple[Assignment]]:
    rows = select(Assignment).join(Assignment.entry).join(Assignment.member).where(Assignment.stage_id == stage.id)
    known = contains_eager(Assignment.entry), contains_eager(Assignment.member)
    return rows.options(*known).order_by(Entry.number, Assignment.id)


def _found(statement: Select[Any]) -> list[Any]:
    return exports.few(list(db.session.scalars(statement.limit(exports.MOST + 1))))


def _entries(event: Event) -> dict[str, Entry]:
    return {row.id: row for row in db.session.scalars(select(Entry).where(Entry.event_id == event.id))}


def _schools(event: Event) -> dict[str, str]:
    used = select(Entry.school_id).where(Entry.event_id == event.id)
    return {row.id: said_plain(row.name) for row in db.session.scalars(select(School).where(School.id.in_(used)))}


def _places() -> dict[str, str]:
    return {row.code: said_plain(row.name) for row in db.session.scalars(select(Territory))}


def _nominations(event: Event) -> dict[str, str]:
    found = select(Nomination).where(Nomination.event_id == event.id)
    return {row.id: said_plain(row.title) for row in db.session.scalars(found)}


def _number(value: Any) -> float | None:
    """A number a spreadsheet can count with; two decimal places are exact enough for that."""
    return None if value is None else float(value)


def _said(yes: bool) -> str:
    return str(_("yes") if yes else _("no"))


def _at(event: Event, instant: Any) -> str | None:
    return f"{local(instant, event.time_zone):%Y-%m-%d %H:%M}" if instant else None
