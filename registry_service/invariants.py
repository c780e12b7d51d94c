"""What must hold of the register's rows (docs/decisions/0011)."""

from functools import cache
from typing import Any

from sqlalchemy import func, or_, select

from registry_service import db as rows
from registry_service.db import Audit, Change, Counter, Notification
from registry_service.people import passwords
from registry_service.people.models import Person, SignInLink
from registry_service.people.signing_in import LETTER
from services.invariants import Invariant, of_rows


@cache
def invariants() -> list[Invariant]:
    """All of this service, in the order of their names."""
    told = _count(Notification.subject_ref, Notification.kind == LETTER)
    links = SignInLink.__table__.outerjoin(told, told.c.of == SignInLink.id)
    changed = _count(Audit.entity_id, Audit.entity == "person", Audit.action == "person.changed")
    people = Person.__table__.outerjoin(changed, changed.c.of == Person.id)
    found = [
        Invariant("I4", "one message for each link", links, SignInLink.id, func.coalesce(told.c.count, 0) != 1),
        Invariant(
            "I12",
            "one line of history for each change of a person",
            people,
            Person.id,
            func.coalesce(changed.c.count, 0) != Person.version - 1,
        ),
        *(_announced(kind) for kind in ("person", "school")),
        _numbered(),
        *of_rows(rows),
    ]
    return sorted(found, key=lambda one: int(one.name[1:]))


def _numbered() -> Invariant:
    """The numbers of the change feed: none left out, none past its counter."""
    before = func.coalesce(func.lag(Change.seq).over(order_by=Change.seq), 0)
    lines = select(Change.seq, before.label("before")).subquery()
    last = select(Counter.value).where(Counter.name == "changes").scalar_subquery()
    lost = or_(lines.c.seq != lines.c.before + 1, lines.c.seq > func.coalesce(last, 0))
    return Invariant("I9", "the change feed has every number", lines, lines.c.seq, lost)


def _announced(kind: str) -> Invariant:
    """Whatever has history was announced to the copies as often; a password is not copied."""
    copied = Audit.entity == kind, Audit.action.not_in(passwords.ACTIONS)
    written, said = _count(Audit.entity_id, *copied), _count(Change.entity_id, Change.kind == kind)
    among = written.outerjoin(said, said.c.of == written.c.of)
    fewer = func.coalesce(said.c.count, 0) < written.c.count
    return Invariant("I9", f"each change of a {kind} is in the feed", among, written.c.of, fewer)


def _count(of: Any, *where: Any) -> Any:
    return select(of.label("of"), func.count().label("count")).where(*where).group_by(of).subquery()
