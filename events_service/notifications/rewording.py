"""An organisation's own words for a kind of letter: kept, or taken back."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from events_service.db import Audit
from events_service.notifications import placeholders
from events_service.notifications.models import LetterTemplate
from services import ledger
from services.database import utcnow
from services.errors import Invalid, NotFound, Stale
from services.i18n import LANGUAGES
from services.identity import Actor

WAITING = "registration_waiting"
# Letters to those registered, and to those who follow; one that asks a stranger to confirm is ours alone.
KINDS = (
    "registration_confirmed",
    WAITING,
    "registration_promoted",
    "registration_withdrawn",
    "event_changed",
    "event_cancelled",
    "event_restored",
    "event_reminder",
    "event_published",
)


def names_of(kind: str) -> list[str]:
    """The placeholders that mean something in a kind of letter. Raises NotFound for a kind that stays ours."""
    if kind not in KINDS:
        raise NotFound
    return [name for name in placeholders.NAMES if name != "position" or kind == WAITING]


def check(kind: str, data: dict[str, Any]) -> None:
    """Raises Invalid where a text of a loaded `WordsBody` uses what is not in the list."""
    names = names_of(kind)
    errors: dict[str, Any] = {}
    for field, texts in data.items():
        found = {code: [said] for code, text in (texts or {}).items() if (said := placeholders.fault(text, names))}
        errors |= {field: found} if found else {}
    if errors:
        raise Invalid(errors)


def reword(
    session: Session, actor: Actor, organisation: str, kind: str, data: dict[str, Any], version: int | None = None
) -> None:
    """Keep an organisation's words, an empty text standing for ours. Raises Stale when they changed meanwhile."""
    check(kind, data)
    if organisation not in actor.scopes("organiser"):
        raise NotFound
    rows = _take(session, actor, organisation, kind)
    if version is not None and rows[LANGUAGES[0]].version != version + 1:
        raise Stale
    subjects, leads = (data.get(name) or {} for name in ("subject", "lead"))
    before = _content(rows)
    for code, row in rows.items():
        row.subject, row.lead = subjects.get(code, ""), leads.get(code, "")
        row.changed_at, row.changed_by = utcnow(), actor.id
    old, new = ledger.differences(before, _content(rows))
    if new:
        new["kind"] = kind
        ledger.audit(session, Audit, actor, "letter.reworded", "letter", organisation, old=old, new=new)


def _take(session: Session, actor: Actor, organisation: str, kind: str) -> dict[str, LetterTemplate]:
    """One row for each language, their common version counted up: writers take turns at that."""
    blank = {"organisation": organisation, "kind": kind, "subject": "", "lead": "", "version": 0}
    for code in LANGUAGES:
        row = {**blank, "language": code, "changed_at": utcnow(), "changed_by": actor.id}
        ledger.insert_once(session, LetterTemplate, row)
    mine = LetterTemplate.organisation == organisation, LetterTemplate.kind == kind
    counted = update(LetterTemplate.__table__).where(*mine).values(version=LetterTemplate.version + 1)
    session.execute(counted)
    found = session.scalars(select(LetterTemplate).where(*mine).execution_options(populate_existing=True))
    return {row.language: row for row in found}


def _content(rows: dict[str, LetterTemplate]) -> dict[str, str]:
    return {f"{name}.{code}": getattr(row, name) for code, row in rows.items() for name in ("subject", "lead")}
