"""A contest written straight into the rows, so that a test begins where its own work begins.

Entrants are the demonstration's teachers 0, 1, 2, …, jurors its juror0 to juror6 and chair0.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from demo.facts import rows_of
from demo.people import stable_id
from events_service.contests.models import CLOSED, CONTEST, OPEN, Contest, Criterion, Nomination, Stage
from events_service.contests.rules import Rules, written
from events_service.db import Audit, db
from events_service.directory.models import Person, School
from events_service.directory.queries import is_small
from events_service.entries.models import ADMITTED, Entry, StageEntry
from events_service.events.models import PUBLISHED, Event, new_uid
from events_service.events.seats import QUEUE
from events_service.jury.models import CHAIR, MEMBER, Assignment, JuryMember
from events_service.scoring.models import Score
from services import ledger
from services.database import utcnow
from services.fields import today
from tests.events_service.scene import TITLE
from tests.support.suite import Suite

SLUG = "best-teacher"


@dataclass
class Arena:
    """Ids of what was written; everything else is read from the rows."""

    suite: Suite
    organiser: str
    event_id: str
    nominations: dict[str, str]
    stages: dict[str, str]
    entries: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    assignments: list[str] = field(default_factory=list)

    @property
    def api(self) -> str:
        return f"/api/v1/contests/{SLUG}"

    def juror(self, number: int) -> str:
        """A token of the n-th member of the jury; member 0 is the chair."""
        return self.suite.sign_in("juror", number - 1) if number else self.suite.sign_in("chair", 0)


def build(
    suite: Suite,
    nominations: int = 2,
    entries: int = 0,
    jurors: int = 0,
    open_stage: str = "",
    deal: bool = False,
    seed: int = 1,
    days: int | None = None,
    **rules: object,
) -> Arena:
    """A published contest with rules, nominations and criteria of contest.csv; then as much as is asked for.

    `jurors` members: a chair and jurors, all of whom score. Entries are taken for so many `days` more, for ten, or
    not any longer where there are entries and jurors. `open_stage` (REMOTE or FINAL) is open with all
    entries in it, and the stages before it are closed. `deal`: everybody reads everything.
    """
    organiser = suite.sign_in("organiser")
    with suite.events.app_context(), db.transaction() as session:
        event = Event(
            id="c0ffee0000000001", slug=SLUG, uid=new_uid("qonyrau.test"), organisation="UMC",
            created_by=stable_id("organiser0@example.invalid"), kind=CONTEST, title=TITLE, status=PUBLISHED,
            starts_at=utcnow() + timedelta(days=40), ends_at=utcnow() + timedelta(days=41), published_at=utcnow(),
        )  # fmt: skip
        session.add(event)
        session.flush()
        ledger.audit(session, Audit, QUEUE, "event.published", "event", event.id, new={"status": event.status})
        session.add(Contest(
            event_id=event.id, code="BEST_TEACHER_2021", rules=written(Rules(**rules)), ground_number="12",
            ground_date=today(), entries_open_at=utcnow() - timedelta(days=1),
            entries_close_at=utcnow() + timedelta(days=(0 if entries and jurors else 10) if days is None else days),
            frozen_at=utcnow() if open_stage else None,
        ))  # fmt: skip
        arena = Arena(suite, organiser, event.id, *_rubric(session, event.id, nominations))
        _enter(session, arena, entries, random.Random(seed))
        _seat(session, arena, jurors)
        if open_stage:
            _open(session, arena, open_stage)
        if deal:
            for entry_id in arena.entries:
                for member_id in arena.members:
                    row = Assignment(stage_id=arena.stages[open_stage], entry_id=entry_id, member_id=member_id)
                    session.add(row)
                    session.flush()
                    arena.assignments.append(row.id)
    return arena


def score(arena: Arena, seed: int = 1, sign: bool = True, assignments: list[str] | None = None) -> None:
    """Fill sheets with points drawn from a seed, and sign them."""
    draw = random.Random(seed)
    with arena.suite.events.app_context(), db.transaction() as session:
        for assignment_id in assignments or arena.assignments:
            sheet = session.get_one(Assignment, assignment_id)
            lines = select(Criterion).where(
                Criterion.stage_id == sheet.stage_id, Criterion.nomination_id == sheet.entry.nomination_id
            )
            for line in session.scalars(lines.order_by(Criterion.position)):
                points = Decimal(draw.randint(0, int(line.max_points)))
                row = Score(assignment_id=sheet.id, criterion_id=line.id, version=2, points=points, by_id="test")
                session.add(row)
            session.flush()
            sheet.version, sheet.signed_at = 2, utcnow() if sign else None


def close(arena: Arena, code: str) -> None:
    with arena.suite.events.app_context(), db.transaction() as session:
        stage = session.get_one(Stage, arena.stages[code])
        stage.status, stage.closed_at = CLOSED, utcnow()


def _rubric(session, event_id: str, most: int) -> tuple[dict[str, str], dict[str, str]]:
    nominations: dict[str, str] = {}
    stages: dict[str, str] = {}
    for row in rows_of("contest"):
        code, stage = row["nomination_code"], row["stage_code"]
        if code not in nominations and len(nominations) == most:
            continue
        if code not in nominations:
            made = Nomination(event_id=event_id, code=code, position=len(nominations), title=_texts(row, "nomination"))
            session.add(made)
            session.flush()
            nominations[code] = made.id
        if stage not in stages:
            title = {"kk": "Кезең " + stage, "ru": "Этап " + stage}
            made = Stage(
                event_id=event_id, code=stage, position=int(row["stage_order"]), kind=stage.lower(), title=title,
                weight=Decimal(row["stage_weight"]), closes_at=utcnow() + timedelta(days=20),
                blind=stage == "REMOTE",
            )  # fmt: skip
            session.add(made)
            session.flush()
            stages[stage] = made.id
        session.add(Criterion(
            nomination_id=nominations[code], stage_id=stages[stage], code=row["criterion_code"],
            position=int(row["criterion_code"][1:]), title=_texts(row, "criterion"),
            max_points=Decimal(row["max_points"]), weight=Decimal(row["weight_in_stage"]),
        ))  # fmt: skip
    session.flush()
    return nominations, stages


def _enter(session, arena: Arena, count: int, draw: random.Random) -> None:
    kinds = list(arena.nominations.values())
    for number in range(count):
        person = session.scalars(select(Person).where(Person.email == f"teacher{number:04}@example.invalid")).one()
        school = session.get_one(School, person.school_id)
        entry = Entry(
            event_id=arena.event_id, nomination_id=kinds[number % len(kinds)], number=number + 1,
            author_id=person.id, name=person.name, email=person.email, language=person.language,
            school_id=school.id, district=school.territory_code, small_class=is_small(school.id, today()),
            title=f"Жұмыс {number + 1}", summary="Түйін", original=True, consent=True, status=ADMITTED,
            receipt=f"R-{number + 1}", submitted_at=utcnow(), admitted_at=utcnow(),
        )  # fmt: skip
        session.add(entry)
        session.flush()
        arena.entries.append(entry.id)
    session.get_one(Contest, arena.event_id).last_number = count


def _seat(session, arena: Arena, count: int) -> None:
    for number in range(count):
        address = f"juror{number - 1}@example.invalid" if number else "chair0@example.invalid"
        person = session.scalars(select(Person).where(Person.email == address)).one()
        member = JuryMember(
            event_id=arena.event_id, person_id=person.id, name=person.name, email=person.email,
            language=person.language, school_id=person.school_id, role=MEMBER if number else CHAIR,
        )  # fmt: skip
        session.add(member)
        session.flush()
        arena.members.append(member.id)


def _open(session, arena: Arena, code: str) -> None:
    for name, stage_id in arena.stages.items():
        stage = session.get_one(Stage, stage_id)
        stage.status, stage.opened_at = OPEN, utcnow()
        if name == code:
            for entry_id in arena.entries:
                session.add(StageEntry(stage_id=stage_id, entry_id=entry_id))
            session.flush()
            return
        stage.status, stage.closed_at = CLOSED, utcnow()


def _texts(row: dict[str, str], name: str) -> dict[str, str]:
    return {code: row[f"{name}_{code}"] for code in ("kk", "ru", "en") if row.get(f"{name}_{code}")}
