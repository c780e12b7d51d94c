"""This year's contest of the demonstration: its rules from the report's files, an invented jury and entries."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.facts import DATA, Row, rows_of
from demo.people import address_of, stable_id
from events_service.contests import keeping, loading, queries, settling
from events_service.contests.models import Contest
from events_service.directory.models import Person, School
from events_service.directory.queries import is_small
from events_service.entries.models import ADMITTED, RETURNED, Entry
from events_service.events.models import Event
from events_service.jury.models import CHAIR, MEMBER, SECRETARY, JuryMember
from services.database import utcnow
from services.fields import midnight, today
from services.identity import Actor

CODE = "CT-NOW"
JURORS, FIRST_TEACHER = 7, 900
ORDER, REASON = "СИНТ-3", "Бейнесабақтың сілтемесі ашылмайды: сілтемені түзетіп, қайта жіберіңіз"
FILES = {"contest": "contest", "rules": "contest_rules"}
SETTINGS: dict[str, Any] = {"readers": 3, "anchors": 3}
LEVELS = (
    ("10", "Екі сынып та бүкіл сабақ бойы жұмыс істейді", "Оба класса заняты весь урок"),
    ("7", "Бір сынып кей кезде бос отырады", "Один класс временами без дела"),
    ("4", "Сабақ бір сыныпқа арналған", "Урок построен для одного класса"),
    ("0", "Жұмыс көрсетілмеген", "Работа не показана"),
)


def fill(session: Session, event: Event, organiser: Actor) -> None:
    """Rules through the verbs of organisers; then the jury and the entries as they would stand."""
    texts = {name: (DATA / f"{file}.csv").read_text(encoding="utf-8") for name, file in FILES.items()}
    loading.load(session, organiser, event.id, texts)
    dates = {"entries_open_at": midnight(today() - timedelta(days=5)), "entries_close_at": _end_of(20)}
    ground = {"ground_number": ORDER, "ground_date": today() - timedelta(days=12)}
    settling.settle(session, organiser, event.id, {**dates, **ground, "rules": SETTINGS})
    ends = {"REMOTE": _end_of(35), "FINAL": event.ends_at}
    for stage in queries.stages(event.id):
        keeping.change_stage(session, organiser, event.id, stage.id, {"closes_at": ends[stage.code]})
        for line in queries.criteria(stage.id):
            if line.code == "R2":
                line.levels = [{"points": points, "text": {"kk": kk, "ru": ru}} for points, kk, ru in LEVELS]
    _seat(session, event)
    _enter(session, event)


def _end_of(days: int) -> datetime:
    """23:59 so many days ahead."""
    return midnight(today() + timedelta(days=days + 1)) - timedelta(minutes=1)


def _seat(session: Session, event: Event) -> None:
    """A chair, a secretary who does not score, and members."""
    seats = [("chair", 0, CHAIR), ("organiser", 1, SECRETARY), *(("juror", number, MEMBER) for number in range(JURORS))]
    for role, number, seat in seats:
        person = session.scalars(select(Person).where(Person.email == address_of(role, number))).one()
        member = JuryMember(event_id=event.id, role=seat, scores=seat != SECRETARY, **_known(person))
        member.person_id = person.id
        session.add(member)


def _enter(session: Session, event: Event) -> None:
    """Entries of teachers of small-class schools, each with its receipt."""
    nominations = {row.code: row.id for row in queries.nominations(event.id)}
    teachers = _teachers(session)
    rows = rows_of("contest_entries_synthetic")
    for number, row in enumerate(rows, start=1):
        session.add(_entry(event, row, number, nominations[row["nomination"]], *next(teachers)))
    session.get_one(Contest, event.id).last_number = len(rows)


def _teachers(session: Session) -> Iterator[tuple[Person, School]]:
    wanted = [address_of("teacher", number) for number in range(FIRST_TEACHER, FIRST_TEACHER + 60)]
    found = select(Person, School).join(School, School.id == Person.school_id).where(Person.email.in_(wanted))
    pairs = session.execute(found.order_by(Person.email)).tuples()
    return ((person, school) for person, school in pairs if is_small(school.id, today()))


def _entry(event: Event, row: Row, number: int, nomination_id: str, person: Person, school: School) -> Entry:
    sent = utcnow() - timedelta(days=4, hours=number)
    return Entry(
        id=stable_id(f"entry:{CODE}:{number}"), event_id=event.id, nomination_id=nomination_id, number=number,
        author_id=person.id, district=school.territory_code, small_class=True, title=row["title"],
        summary=row["summary"], video_url=f"https://video.example.invalid/{CODE}/{number}", original=True, consent=True,
        status=row["state"], reason=REASON if row["state"] == RETURNED else "", receipt=f"{CODE}-{number:03}",
        submitted_at=sent, changed_at=sent, created_at=sent,
        admitted_at=sent + timedelta(days=1) if row["state"] == ADMITTED else None, **_known(person),
    )  # fmt: skip


def _known(person: Person) -> dict[str, Any]:
    return {"name": person.name, "email": person.email, "language": person.language, "school_id": person.school_id}
