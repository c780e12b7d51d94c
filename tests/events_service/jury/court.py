"""What tests of the jury do with a contest of arena.py: calls as JSON, and looks into the rows."""

from typing import Any

from sqlalchemy import select, update

from events_service.db import Audit, Notification, db
from events_service.entries.models import Entry
from events_service.jury.models import ACTIVE, Assignment
from events_service.notifications import letters
from services.mail import Letter
from tests.events_service.arena import Arena

REMOTE = "REMOTE"


def call(arena: Arena, method: str, path: str, body: Any = None, as_: str = "", want: int = 200) -> Any:
    """A JSON call below the contest, by the organiser unless another is named."""
    reply = arena.suite.json(method, arena.api + path, body, as_=as_ or arena.organiser)
    assert reply.status_code == want, (method, path, reply.status_code, reply.text)
    return reply.get_json() if reply.data else None


def stage_path(arena: Arena, step: str, stage: str = REMOTE) -> str:
    return f"/stages/{arena.stages[stage]}/{step}"


def deal(arena: Arena, stage: str = REMOTE) -> Any:
    """Propose and accept; answers the deal."""
    proposed = call(arena, "POST", stage_path(arena, "assignments/propose", stage), {}, want=201)
    return call(arena, "POST", stage_path(arena, "assignments/accept", stage), {"deal": proposed["id"]})


def open_remote(arena: Arena) -> None:
    deal(arena)
    call(arena, "POST", stage_path(arena, "open"), {})


def dealt(arena: Arena, stage: str = REMOTE) -> list[Any]:
    return call(arena, "GET", stage_path(arena, "assignments", stage))["items"]


def first_of(arena: Arena, juror: int, status: str = ACTIVE) -> str:
    """The id of an assignment of the n-th member."""
    with arena.suite.events.app_context():
        of = Assignment.member_id == arena.members[juror], Assignment.status == status
        rows = select(Assignment.id).join(Assignment.entry).where(*of).order_by(Entry.number)
        return db.session.scalars(rows).first() or ""


def row_of(arena: Arena, assignment_id: str) -> Assignment:
    with arena.suite.events.app_context():
        return db.session.get_one(Assignment, assignment_id)


def put(arena: Arena, model: type, row_id: str, **values: Any) -> None:
    with arena.suite.events.app_context(), db.transaction() as session:
        session.execute(update(model).where(model.id == row_id).values(**values))


def audited(arena: Arena, action: str) -> list[Audit]:
    with arena.suite.events.app_context():
        return list(db.session.scalars(select(Audit).where(Audit.action == action).order_by(Audit.id)))


def owed(arena: Arena, kind: str) -> list[Notification]:
    with arena.suite.events.app_context():
        return list(db.session.scalars(select(Notification).where(Notification.kind == kind).order_by(Notification.id)))


def letter(arena: Arena, message: Notification, language: str = "ru") -> Letter | None:
    with arena.suite.events.app_context():
        found = db.session.get_one(Notification, message.id)
        db.session.expunge(found)
        found.language = language
        return letters.render(found)
