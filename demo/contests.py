"""The demonstration's contests: rules from the report's files, an invented jury and entries (the rest: `judging`)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo import attachments
from demo.facts import DATA, Row, rows_of
from demo.people import address_of, stable_id
from events_service.contests import keeping, loading, queries, settling
from events_service.contests.models import Contest
from events_service.directory.models import Person, School
from events_service.directory.queries import is_small
from events_service.entries.models import ADMITTED, RETURNED, Entry
from events_service.events.models import Event
from events_service.jury.models import CHAIR, MEMBER, SECRETARY, JuryMember
from services.fields import midnight, today
from services.identity import Actor

CODES = ("CT-NOW", "CT-JURY", "CT-PAST")
JURORS, FIRST_TEACHER = 7, 900
ORDER, REASON = "СИНТ-3", "Бейнесабақтың сілтемесі ашылмайды: сілтемені түзетіп, қайта жіберіңіз"
FILES = {"contest": "contest", "rules": "contest_rules"}
SETTINGS: dict[str, Any] = {"readers": 3, "anchors": 3}
CAP = {"CT-PAST": {"district_cap": 2}}  # low enough to keep somebody back
WITH_FILES = 4
LEVELS = (
    ("10", "Екі сынып та бүкіл сабақ бойы жұмыс істейді", "Оба класса заняты весь урок"),
    ("7", "Бір сынып кей кезде бос отырады", "Один класс временами без дела"),
    ("4", "Сабақ бір сыныпқа арналған", "Урок построен для одного класса"),
    ("0", "Жұмыс көрсетілмеген", "Работа не показана"),
)


def fill(session: Session, event: Event, code: str, organiser: Actor, opened: int, closed: int) -> None:
    """Rules through the verbs of organisers; then the jury and the entries as they would stand.

    Entries are taken from the day `opened` to the end of the day `closed`, both counted from today.
    """
    texts = {name: (DATA / f"{file}.csv").read_text(encoding="utf-8") for name, file in FILES.items()}
    loading.load(session, organiser, event.id, texts)
    dates = {"entries_open_at": midnight(today() + timedelta(days=opened)), "entries_close_at": end_of(closed)}
    ground = {"ground_number": ORDER, "ground_date": today() + timedelta(days=opened - 7)}
    named = {} if code == CODES[0] else {"code": code}
    settling.settle(session, organiser, event.id, {**dates, **ground, **named, "rules": SETTINGS | CAP.get(code, {})})
    ends = {"REMOTE": end_of(closed + 15), "FINAL": event.ends_at}
    for stage in queries.stages(event.id):
        keeping.change_stage(session, organiser, event.id, stage.id, {"closes_at": ends[stage.code]})
        for line in queries.criteria(stage.id):
            if line.code == "R2":
                line.levels = [{"points": points, "text": {"kk": kk, "ru": ru}} for points, kk, ru in LEVELS]
    _seat(session, event, code)
    _enter(session, event, code, midnight(today() + timedelta(days=opened + 1)))
    session.flush()


def end_of(days: int) -> datetime:
    """23:59 so many days ahead."""
    return midnight(today() + timedelta(days=days + 1)) - timedelta(minutes=1)


def _seat(session: Session, event: Event, code: str) -> None:
    """A chair, a secretary who does not score, and members."""
    seats = [("chair", 0, CHAIR), ("organiser", 1, SECRETARY), *(("juror", number, MEMBER) for number in range(JURORS))]
    for role, number, seat in seats:
        address = address_of(role, number)
        person = session.scalars(select(Person).where(Person.email == address)).one()
        member = JuryMember(event_id=event.id, role=seat, scores=seat != SECRETARY, **_known(person))
        member.id, member.person_id = stable_id(f"jury:{code}:{address}"), person.id
        session.add(member)


def _enter(session: Session, event: Event, code: str, first: datetime) -> None:
    """Entries of teachers of small-class schools, each with its receipt."""
    nominations = {row.code: row.id for row in queries.nominations(event.id)}
    rows = [row for row in rows_of("contest_entries_synthetic") if row["code"] == code]
    for number, (row, (person, school)) in enumerate(zip(rows, _teachers(session), strict=False), start=1):
        entry = _entry(event, row, number, person, school)
        entry.nomination_id = nominations[row["nomination"]]
        entry.created_at = entry.changed_at = entry.submitted_at = first + timedelta(hours=9, minutes=25 * number)
        entry.admitted_at = entry.submitted_at + timedelta(days=1) if row["state"] == ADMITTED else None
        session.add(entry)
        if number <= WITH_FILES:
            attachments.attach(session, entry)
    session.get_one(Contest, event.id).last_number = len(rows)


def _teachers(session: Session) -> list[tuple[Person, School]]:
    wanted = [address_of("teacher", number) for number in range(FIRST_TEACHER, FIRST_TEACHER + 60)]
    found = select(Person, School).join(School, School.id == Person.school_id).where(Person.email.in_(wanted))
    pairs = session.execute(found.order_by(Person.email)).tuples()
    return [(person, school) for person, school in pairs if is_small(school.id, today())]


def _entry(event: Event, row: Row, number: int, person: Person, school: School) -> Entry:
    return Entry(
        id=stable_id(f"entry:{row['code']}:{number}"), event_id=event.id, number=number, author_id=person.id,
        district=school.territory_code, small_class=True, title=row["title"], summary=row["summary"],
        video_url=f"https://video.example.invalid/{row['code']}/{number}", original=True, consent=True,
        status=row["state"], reason=REASON if row["state"] == RETURNED else "",
        receipt=f"{row['code']}-{number:03}", **_known(person),
    )  # fmt: skip


def _known(person: Person) -> dict[str, Any]:
    return {"name": person.name, "email": person.email, "language": person.language, "school_id": person.school_id}
