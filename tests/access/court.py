"""A contest in the middle of its work, for the tables of access: rows, so that it depends on no verb but its own."""

from typing import Any

from sqlalchemy import select

from tests.access.scene import Ids, Stage, do

TITLE = {"kk": "Сахна", "ru": "Сцена"}
MEMBERS = {"organiser": ("chair0", "juror0", "juror1", "juror2"), "": ("juror3", "juror4", "juror5", "juror6")}
RULES = {"readers": 2, "least_scores": 2, "anchors": 1, "jury_min": 3}


def court(stage: Stage, organiser: str, event: dict[str, Any]) -> Ids:
    """A stage open for scoring, four jurors, two entries, the first dealt to juror two, and one she is barred from."""
    from events_service.contests.models import OPEN, Contest, Criterion, Nomination
    from events_service.contests.models import Stage as Round
    from events_service.db import db
    from events_service.directory.models import Person
    from events_service.entries.models import ADMITTED, Entry, StageEntry
    from events_service.jury.models import CHAIR, DECLARED, MEMBER, Assignment, Conflict, JuryMember
    from services.database import utcnow

    with stage.suite.events.app_context(), db.transaction() as session:

        def kept(row: Any) -> Any:
            session.add(row)
            session.flush()
            return row

        def person(name: str) -> Person:
            return session.scalars(select(Person).where(Person.email == f"{name}@example.invalid")).one()

        def who(found: Person) -> dict[str, Any]:
            return {"name": found.name, "email": found.email, "language": found.language, "school_id": found.school_id}

        event_id, now = event["id"], utcnow()
        kept(Contest(event_id=event_id, rules=RULES, frozen_at=now))
        nomination = kept(Nomination(event_id=event_id, code="A", title=TITLE))
        opened = {"status": OPEN, "opened_at": now}
        round_ = kept(Round(event_id=event_id, code="REMOTE", title=TITLE, weight=1, blind=True, **opened))
        common = {"nomination_id": nomination.id, "title": TITLE, "code": "R1"}
        kept(Criterion(stage_id=round_.id, max_points=10, weight=1, **common))
        entries = []
        for number in (1, 2, 3):
            author = person(f"teacher{number + 20:04}")
            given = {"number": number, "title": "Жұмыс", "status": ADMITTED, "submitted_at": now}
            place = {"event_id": event_id, "nomination_id": nomination.id, "author_id": author.id}
            entries.append(kept(Entry(**place, **given, **who(author))))
            if number < 3:  # the third came late: it takes part in no stage
                kept(StageEntry(stage_id=round_.id, entry_id=entries[-1].id))
        members = []
        for name in MEMBERS.get(organiser, MEMBERS[""]):
            juror = person(name)
            role = MEMBER if members else CHAIR
            members.append(kept(JuryMember(event_id=event_id, person_id=juror.id, role=role, **who(juror))))
        sheet = kept(Assignment(stage_id=round_.id, entry_id=entries[0].id, member_id=members[1].id))
        kept(Conflict(member_id=members[1].id, entry_id=entries[2].id, kind=DECLARED))
        ids = {
            "court": event["slug"],
            "court_stage": round_.id,
            "member": members[2].id,
            "sheet": sheet.id,
            "work": entries[1].id,
            "barred": entries[2].id,
        }
    path = f"/api/v1/contests/{ids['court']}/stages/{ids['court_stage']}/assignments/propose"
    return {**ids, "deal": str(do(stage, organiser, "POST", path, {})["id"])}
