"""Appeals: filed by the entrant within the window, answered on record by who directs the jury.

An upheld one may correct the points of jurors. The scores stay as they were signed: corrections are rows of
their own, applied when the results are compiled anew.
"""

import hashlib
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests.models import Criterion, Stage
from events_service.db import Audit
from events_service.entries.models import Entry
from events_service.jury import conflicts
from events_service.jury import queries as jury
from events_service.jury.models import Assignment
from events_service.notifications import results as letters
from events_service.results import queries
from events_service.results.collecting import SIGNED
from events_service.results.models import DISMISSED, FILED, TAKEN_BACK, UPHELD, Appeal, Correction
from services import ledger
from services.database import utcnow
from services.errors import Conflict, Invalid, NotFound, Stale
from services.identity import Actor

MOST_OF_ENTRY = 5


def file(session: Session, actor: Actor, ref: str, data: dict[str, Any], submission: str = "") -> tuple[Appeal, bool]:
    """File a loaded `AppealBody`; answers the appeal and whether it is new.

    The same form sent again answers the appeal it made. Raises Conflict outside the window, where the entry
    has an appeal in this stage that was not taken back, and in a contest that is called off.
    """
    event = contests.visible(ref, actor)
    entry = session.get(Entry, data["entry"])
    if entry is None or entry.event_id != event.id or entry.author_id != actor.id:
        raise NotFound
    stage = contests.take_turn(session, _stage_of(event.id, entry, data.get("stage")).id)
    form = hashlib.sha256(f"{submission}|{entry.id}|{actor.id}".encode()).hexdigest() if submission else None
    made = session.scalars(select(Appeal).where(Appeal.submission_id == form)).first() if form else None
    if made is not None:
        return made, False
    _check_may_file(session, stage, entry)
    assert stage.compilation_id
    found = Appeal(
        stage_id=stage.id,
        entry=entry,
        compilation_id=stage.compilation_id,
        text=data["text"],
        submission_id=form,
        status=FILED,
        version=1,
    )
    session.add(found)
    session.flush()
    letters.owe_directors(session, stage, found)
    _audit(session, actor, "appeal.filed", found, {}, {"status": FILED, "entry": entry.id, "stage": stage.id})
    return found, True


def _stage_of(event_id: str, entry: Entry, stage_id: str | None) -> Stage:
    """The stage that is named, else the last one with published results in which the entry stands."""
    if stage_id:
        return contests.stage_of(event_id, stage_id)
    found = queries.last_with(entry)
    if found is None:
        raise Conflict(_("No results of this entry are published"), code="not-published")
    return found


def _check_may_file(session: Session, stage: Stage, entry: Entry) -> None:
    contests.check_on(stage.event_id)
    compilation = queries.published(stage)
    if compilation is None or entry.id not in queries.lines_of(queries.document(compilation)):
        raise Conflict(_("No results of this entry are published"), code="not-published")
    if not queries.takes_appeals(stage):
        raise Conflict(_("The time for appeals is over"), code="appeals-closed")
    of_entry = Appeal.stage_id == stage.id, Appeal.entry_id == entry.id
    if session.scalar(select(Appeal.id).where(*of_entry, Appeal.status != TAKEN_BACK).limit(1)):
        raise Conflict(_("There is an appeal of this entry already"), code="already-appealed")
    if (session.scalar(select(func.count(Appeal.id)).where(*of_entry)) or 0) >= MOST_OF_ENTRY:
        raise Conflict(_("This entry has been appealed too often"), code="too-many-appeals")


def take_back(session: Session, actor: Actor, ref: str, appeal_id: str) -> Appeal:
    """The entrant takes her appeal back while it waits; doing it again changes nothing."""
    event = contests.visible(ref, actor)
    found = _taken(session, queries.appeal_of(event.id, appeal_id))
    if found.entry.author_id != actor.id:
        raise NotFound
    if found.status == TAKEN_BACK:
        return found
    _check_waits(found)
    found.status, found.version = TAKEN_BACK, found.version + 1
    _audit(session, actor, "appeal.withdrawn", found, {"status": FILED}, {"status": TAKEN_BACK})
    return found


def answer(
    session: Session, actor: Actor, ref: str, appeal_id: str, data: dict[str, Any], version: int | None = None
) -> Appeal:
    """Uphold or dismiss with a loaded `AnswerBody`; the entrant gets a letter.

    Corrections name a sheet of the entry, a criterion by its code, and points within its range. Raises Stale
    when `version` is not the present one, Conflict where it is answered or taken back, or where she who answers
    has a conflict of interest with the entry.
    """
    event = jury.directed(ref, actor)
    found = _taken(session, queries.appeal_of(event.id, appeal_id))
    contests.check_on(event.id)
    if partial(session, actor, found):
        raise Conflict(_("You have a conflict of interest with this entry: another answers"), code="own-interest")
    if version is not None and version != found.version:
        raise Stale
    _check_waits(found)
    upheld = data["decision"] == UPHELD
    corrections = _corrections(session, found, data.get("corrections") or []) if upheld else []
    found.status, found.answer = (UPHELD if upheld else DISMISSED), data["answer"]
    found.answered_at, found.answered_by, found.version = utcnow(), actor.id, found.version + 1
    session.add_all(Correction(appeal_id=found.id, by_id=actor.id, **row) for row in corrections)
    session.flush()
    letters.owe_appellant(session, found)
    said = [{**row, "points": str(row["points"])} for row in corrections]
    new = {"status": found.status, **({"corrections": said} if said else {})}
    _audit(session, actor, f"appeal.{found.status}", found, {"status": FILED}, new, data["answer"][:500])
    return found


def partial(session: Session, actor: Actor, found: Appeal) -> bool:
    """May she not answer it, whatever she directs?"""
    return conflicts.of_person(session, actor, [found.entry], jury.rules(found.entry.event_id))


def _taken(session: Session, found: Appeal) -> Appeal:
    """The stage's turn, then the appeal as it is now."""
    contests.take_turn(session, found.stage_id)
    session.refresh(found)
    return found


def _check_waits(found: Appeal) -> None:
    if found.status != FILED:
        raise Conflict(_("This appeal is answered or taken back"), code="appeal-closed")


def _corrections(session: Session, found: Appeal, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Columns of the corrections; Invalid names the first that is not possible."""
    of_entry = Assignment.stage_id == found.stage_id, Assignment.entry_id == found.entry_id
    sheets = set(session.scalars(select(Assignment.id).where(*of_entry, *SIGNED)))
    lines = {row.code: row for row in contests.criteria(found.stage_id, found.entry.nomination_id)}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for number, one in enumerate(given):
        line = lines.get(one["criterion"])
        if line is None or one["sheet"] not in sheets:
            raise Invalid({"corrections": {str(number): {"criterion": [_("Choose one of the list")]}}})
        _check_range(line, one, number)
        columns = {"assignment_id": one["sheet"], "criterion_id": line.id, "points": one["points"]}
        rows[one["sheet"], line.id] = columns
    return list(rows.values())


def _check_range(line: Criterion, one: dict[str, Any], number: int) -> None:
    if one["points"] > line.max_points:
        said = _("Between %(least)s and %(most)s", least=0, most=line.max_points)
        raise Invalid({"corrections": {str(number): {"points": [said]}}})


def _audit(
    session: Session, actor: Actor, action: str, found: Appeal, old: dict[str, Any], new: dict[str, Any], why: str = ""
) -> None:
    ledger.audit(session, Audit, actor, action, "appeal", found.id, old=old, new=new, reason=why)
