"""What must hold of the rows at any time, checked by tests after each fault and by operators.

Each service says its own in `invariants.py`; here is the form, and what holds of the kit's rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, bindparam, func, literal, or_, select, union_all

from services.database import Instant, utcnow
from services.rows import STATUSES

# A system that is up settles what is due long before; a sender may have died a moment ago.
PATIENCE = timedelta(minutes=5)
SHOWN = 20


@dataclass(frozen=True)
class Invariant:
    """`broken` is true of the rows of `among` that break it; `key` is how such a row is named."""

    name: str
    says: str
    among: FromClause
    key: Any
    broken: ColumnElement[bool]


@dataclass(frozen=True)
class Finding:
    """How many rows an invariant was asked of, how many break it, and the first of these."""

    of: Invariant
    checked: int
    broken: int
    ids: tuple[str, ...]

    def __str__(self) -> str:
        end = f"{self.broken} BROKEN: {', '.join(self.ids)}" if self.broken else "0 broken"
        return f"{self.of.name:<4} {self.of.says}: {self.checked} checked, {end}"


def ago(past: timedelta) -> ColumnElement[Any]:
    """The instant so long before the statement is executed, whenever it was written."""
    return bindparam(None, callable_=lambda: utcnow() - past, type_=Instant())


def counting(invariants: Sequence[Invariant]) -> Any:
    """One statement that asks each of all rows: its number, how many rows, and how many of them break it."""
    counts = [
        select(literal(number), func.count(), func.count().filter(one.broken)).select_from(one.among)
        for number, one in enumerate(invariants)
    ]
    return union_all(*counts)


def check(connection: Connection, invariants: Sequence[Invariant], asked: Any = None) -> list[Finding]:
    """Ask each invariant, `asked` being `counting` of them compiled ahead; what is broken is looked at again."""
    found = connection.execute(counting(invariants) if asked is None else asked).tuples()
    return [
        Finding(invariants[number], checked, broken, _first(connection, invariants[number]) if broken else ())
        for number, checked, broken in sorted(found)
    ]


def _first(connection: Connection, one: Invariant) -> tuple[str, ...]:
    found = select(one.key).select_from(one.among).where(one.broken).order_by(one.key).limit(SHOWN)
    return tuple(str(key) for key in connection.scalars(found))


def of_rows(db: Any) -> list[Invariant]:
    """What holds of the outbox and the kept answers of a service's `db` module."""
    mail, kept, late = db.Notification, db.IdempotencyKey, ago(PATIENCE)
    table = mail.__table__
    stuck = or_(
        and_(mail.status == "queued", mail.due_at < late),
        and_(mail.status == "sending", or_(mail.lease_until.is_(None), mail.lease_until < late)),
        mail.status.not_in(STATUSES),
    )
    untold = and_(mail.status == "sent", or_(mail.sent_at.is_(None), mail.attempts < 1))
    return [
        Invariant("I5", "no message overdue, none claimed past its lease", table, mail.id, stuck),
        Invariant("I6", "a sent message has a time and a try", table, mail.id, untold),
        Invariant("I9", "a kept answer is whole", kept.__table__, kept.id, kept.status < 200),
    ]
