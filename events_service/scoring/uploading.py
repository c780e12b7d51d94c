"""The verb for a file from a hall without network: the whole file goes in, or nothing of it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests.models import OPEN, Stage
from events_service.jury.models import JuryMember
from events_service.jury.queries import one_of
from events_service.scoring import queries
from events_service.scoring.queries import Sheet
from events_service.scoring.reading import Row, refuse
from events_service.scoring.scoring import audit, keep
from services.errors import Invalid, QonyrauError
from services.identity import Actor


def fill(session: Session, actor: Actor, event_id: str, member_id: str, rows: Sequence[Row]) -> int:
    """Keep the points of a file as drafts of a member's open sheets; answers how many sheets are new.

    A secretary may do so for a juror: the points carry her id, and the history says so. Raises Invalid with
    the rows that name no line of such a sheet, do not fit it, or were written on an older version of it.
    """
    open_now = (
        select(Stage.id).where(Stage.event_id == event_id, Stage.status == OPEN).order_by(Stage.position, Stage.id)
    )
    for stage_id in session.scalars(open_now).all():
        contests.take_turn(session, stage_id)
    contests.check_on(event_id)
    member = one_of(event_id, member_id)
    dealt = queries.dealt(member.id, Stage.status == OPEN).execution_options(populate_existing=True)
    sheets = queries.sheets(session.scalars(dealt).all())
    faults: list[tuple[int, str]] = []
    kept = sum(_keep(session, actor, member, *found, faults) for found in _matched(sheets, rows, faults))
    refuse(faults)
    return kept


def _matched(sheets: list[Sheet], rows: Sequence[Row], faults: list[tuple[int, str]]) -> list[tuple[Sheet, list[Row]]]:
    """The rows of each sheet; a row without one, or the second for a line, is a fault."""
    lines = {(sheet.row.entry.number, line.code): number for number, sheet in enumerate(sheets) for line in sheet.lines}
    found: dict[int, list[Row]] = {}
    seen: set[tuple[int, str]] = set()
    for row in rows:
        key = row.number, row.code
        if key not in lines:
            said = _("on your open sheets entry %(number)s has no line %(code)s", number=row.number, code=row.code)
            faults.append((row.place, said))
        elif key in seen:
            faults.append((row.place, _("this line stands in the file twice")))
        else:
            found.setdefault(lines[key], []).append(row)
        seen.add(key)
    return [(sheets[number], mine) for number, mine in found.items()]


def _keep(
    session: Session, actor: Actor, member: JuryMember, sheet: Sheet, rows: list[Row], faults: list[tuple[int, str]]
) -> bool:
    data: dict[str, Any] = {"scores": {row.code: row.points for row in rows}}
    places = {row.code: row.place for row in rows}
    blind = actor.id != member.person_id
    try:
        new = keep(session, actor, sheet, data, min(row.version for row in rows), blind)
    except Invalid as error:
        faults += [(places[code], str(said[0])) for code, said in error.errors["scores"].items()]
        return False
    except QonyrauError as error:
        faults.append((rows[0].place, str(error.detail)))
        return False
    if new and blind:
        audit(session, actor, "sheet.filled", sheet.row, {}, {"version": sheet.row.version})
    return new
