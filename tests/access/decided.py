"""A contest whose jury has decided, for the tables of access: results published, newer ones not, an appeal."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tests.access.scene import ACTORS, Ids, Stage

TITLE = {"kk": "Сахна", "ru": "Сцена"}
CHAIRS = {"organiser": "juror0"}
RULES = {"least_scores": 1, "appeal_days": 30}


def decided(stage: Stage, organiser: str, teacher: str, event: dict[str, Any]) -> Ids:
    """Two equal entries, the first of them the teacher's, and a third one of hers that she has appealed about."""
    from events_service.db import db
    from events_service.results import compiling
    from events_service.results.models import Appeal, Compilation

    with stage.suite.events.app_context():
        with db.transaction() as session:
            round_, entries = _judged(session, event["id"], str(ACTORS[teacher]), CHAIRS.get(organiser, "juror1"))
            for number in (1, 2):
                session.add(Compilation(stage_id=round_, number=number, created_by="scene"))
        compiling.work()
        with db.transaction() as session:
            rows = select(Compilation).where(Compilation.stage_id == round_).order_by(Compilation.number)
            first, newest = session.scalars(rows)
            appeal = Appeal(stage_id=round_, entry_id=entries[2], compilation_id=first.id, text="R1")
            session.add(appeal)
            _publish(session, first)
            session.flush()
            return {
                "decided": event["slug"],
                "decided_stage": round_,
                "tied": entries[0],
                "equal": entries[1],
                "tie": ".".join(sorted(entries[:2])),
                "counted": first.id,
                "uncounted": newest.id,
                "appeal": appeal.id,
            }


def _publish(session: Any, found: Any) -> None:
    from events_service.contests.models import Stage as Round

    round_ = session.get_one(Round, found.stage_id)
    found.signed_at = found.published_at = round_.published_at = found.finished_at
    round_.compilation_id = found.id


def _judged(session: Any, event_id: str, teacher: str, chair: str) -> tuple[str, list[str]]:
    """The stage and the entries of the contest; its chair alone has read them."""
    from events_service.contests.models import CLOSED, OPEN, Contest, Criterion, Nomination
    from events_service.contests.models import Stage as Round
    from events_service.directory.models import Person
    from events_service.entries.models import ADMITTED, Entry, StageEntry
    from events_service.jury.models import CHAIR, Assignment, JuryMember
    from events_service.scoring.models import Score
    from services.database import utcnow

    def kept(row: Any) -> Any:
        session.add(row)
        session.flush()
        return row

    def person(name: str) -> tuple[str, dict[str, Any]]:
        found = session.scalars(select(Person).where(Person.email == f"{name}@example.invalid")).one()
        return found.id, {"name": found.name, "email": found.email, "language": found.language}

    kept(Contest(event_id=event_id, rules=RULES, frozen_at=utcnow()))
    round_ = kept(Round(event_id=event_id, code="ONE", title=TITLE, weight=Decimal(1), status=OPEN))
    head, named = person(chair)
    member = kept(JuryMember(event_id=event_id, person_id=head, role=CHAIR, **named))
    entries: list[str] = []
    kinds = {code: kept(Nomination(event_id=event_id, code=code, title=TITLE)).id for code in "AB"}
    lines = {
        code: kept(
            Criterion(nomination_id=kind, stage_id=round_.id, code="R1", title=TITLE, max_points=10, weight=1)
        ).id
        for code, kind in kinds.items()
    }
    for number, (code, author) in enumerate((("A", teacher), ("A", "teacher0030"), ("B", teacher)), start=1):
        who, named = person(author)
        own = {"event_id": event_id, "nomination_id": kinds[code], "number": number, "author_id": who, **named}
        entry = kept(Entry(**own, status=ADMITTED))
        kept(StageEntry(stage_id=round_.id, entry_id=entry.id))
        sheet = kept(Assignment(stage_id=round_.id, entry_id=entry.id, member_id=member.id))
        row = {"assignment_id": sheet.id, "criterion_id": lines[code], "version": 2, "by_id": "scene"}
        kept(Score(**row, points=Decimal(8)))
        sheet.signed_at = utcnow()
        entries.append(entry.id)
    round_.status, round_.closed_at = CLOSED, utcnow()
    session.flush()
    return round_.id, entries
