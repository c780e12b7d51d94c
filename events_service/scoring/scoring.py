"""The verbs of a sheet: save a draft, sign it, open it again.

Each takes the stage's turn first, so that a sheet is in before the stage closes or refused. Points are only
ever added: a save writes the lines that differ, with the sheet's next version, and the newest counts.
"""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.db import Audit
from events_service.jury import splitting
from events_service.jury.models import ACTIVE, CHAIR, Assignment
from events_service.jury.queries import holds
from events_service.notifications import sheets as letters
from events_service.scoring import queries, words
from events_service.scoring.models import Score
from events_service.scoring.queries import Sheet
from events_service.scoring.schemas import plain, sent
from services import ledger
from services.database import utcnow
from services.errors import Conflict, Invalid, NotFound
from services.identity import Actor


class StaleSheet(Conflict):
    """The sheet was saved since it was looked at: `yours` is what was sent, `kept` what is there now."""

    def __init__(self, yours: dict[str, Any], kept: dict[str, Any]) -> None:
        super().__init__(_("The sheet was saved elsewhere since you opened it"), code="stale-sheet")
        self.yours, self.kept = yours, kept


def save(
    session: Session, actor: Actor, event_id: str, assignment_id: str, data: dict[str, Any], version: int
) -> Assignment:
    """Keep a draft from a loaded `SheetBody`, written on a `version` of the sheet.

    What is kept already is never stale, so that the same form may be sent again. Raises StaleSheet,
    Invalid with the criteria it does not fit, Conflict when the sheet is signed or the stage takes no scores.
    """
    sheet = queries.sheet(take(session, queries.own(event_id, assignment_id, actor)))
    keep(session, actor, sheet, data, version)
    return sheet.row


def keep(session: Session, actor: Actor, sheet: Sheet, data: dict[str, Any], version: int, blind: bool = False) -> bool:
    """`save` for a sheet that was taken; answers whether anything was new.

    `blind` is who writes for the juror: all of hers is new, or what is refused would tell her the juror's points.
    """
    row, given = sheet.row, data.get("scores") or {}
    _check_range(sheet, given)
    new = {code: points for code, points in given.items() if blind or sheet.points.get(code) != points}
    feedback = (data["feedback"] or "") if "feedback" in data else row.feedback
    if not new and feedback == row.feedback:
        return False
    _check_open(sheet)
    if version != row.version:
        raise StaleSheet(sent(data), plain(sheet))
    ids, kept = {line.code: line.id for line in sheet.lines}, {"version": row.version + 1, "by_id": actor.id}
    for code, points in new.items():
        session.add(Score(assignment_id=row.id, criterion_id=ids[code], points=points, at=utcnow(), **kept))
    row.feedback = feedback
    _touch(row)
    session.flush()
    return True


def sign(session: Session, actor: Actor, event_id: str, assignment_id: str, version: int | None = None) -> Assignment:
    """Sign a whole sheet; signed, it only reads. Doing it again changes nothing.

    Raises Invalid with the criteria that lack points, StaleSheet when `version` is not the present one.
    When all have signed and two of them lie too far apart, one more reader is called.
    """
    row = take(session, queries.own(event_id, assignment_id, actor))
    if row.signed_at:
        return row
    sheet = queries.sheet(row)
    _check_open(sheet)
    if version is not None and version != row.version:
        raise StaleSheet({}, plain(sheet))
    if sheet.missing:
        raise Invalid({"scores": {line.code: [_("Not scored yet")] for line in sheet.missing}})
    row.signed_at = utcnow()
    _touch(row)
    session.flush()
    audit(session, actor, "sheet.signed", row, {"signed": False}, {"signed": True})
    splitting.look(session, row.stage, row.entry)
    return row


def reopen(session: Session, actor: Actor, event_id: str, assignment_id: str, reason: str) -> Assignment:
    """The chair lets a signed sheet be changed again; its juror is told why."""
    row = queries.of_contest(event_id, assignment_id)
    if not holds(actor, event_id, CHAIR):
        raise NotFound
    take(session, row)
    if row.signed_at is None:
        return row
    if not queries.takes_scores(row.stage):
        raise Conflict(_("The stage takes no more scores"), code="stage-closed")
    row.signed_at, row.reopened = None, row.reopened + 1
    _touch(row)
    session.flush()
    audit(session, actor, "sheet.reopened", row, {"signed": True}, {"signed": False}, reason)
    letters.owe_reopened(session, row, reason)
    return row


def take(session: Session, row: Assignment) -> Assignment:
    """The stage's turn in a contest that is on, then the sheet as it is now; one taken away does not exist."""
    contests.check_on(contests.take_turn(session, row.stage_id).event_id)
    session.refresh(row)
    session.refresh(row.member)
    if row.status != ACTIVE or not row.member.active:
        raise NotFound
    return row


def audit(
    session: Session,
    actor: Actor,
    action: str,
    row: Assignment,
    old: dict[str, Any],
    new: dict[str, Any],
    why: str = "",
) -> None:
    """One line of history of a sheet; it never holds points."""
    ledger.audit(session, Audit, actor, action, "assignment", row.id, old=old, new=new, reason=why)


def _touch(row: Assignment) -> None:
    row.version += 1
    row.changed_at = utcnow()


def _check_open(sheet: Sheet) -> None:
    if not queries.takes_scores(sheet.row.stage):
        raise Conflict(_("The stage takes no more scores"), code="stage-closed")
    if sheet.row.signed_at:
        raise Conflict(_("The sheet is signed: only the chair can open it again"), code="sheet-signed")


def _check_range(sheet: Sheet, given: dict[str, Decimal | None]) -> None:
    most = {line.code: line.max_points for line in sheet.lines}
    errors: dict[str, list[str]] = {}
    for code, points in given.items():
        if code not in most:
            errors[code] = [_("There is no such criterion on this sheet")]
        elif points is not None and not 0 <= points <= most[code]:
            errors[code] = [_("Between %(least)s and %(most)s", least=0, most=words.points(most[code]))]
    if errors:
        raise Invalid({"scores": errors})
