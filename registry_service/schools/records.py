"""What every change of a school's facts has in common: its turn, its ground, its trace, its end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry_service.db import Audit, Change, Counter
from registry_service.orders.queries import ground_of
from registry_service.schools.models import School
from registry_service.schools.queries import Predicate
from services import ledger
from services.errors import Conflict, Invalid
from services.i18n import said_plain, short_day
from services.identity import Actor
from services.rows import Dated


@dataclass(frozen=True)
class Ground:
    """From which day a change holds, by which order, and why."""

    day: date
    order_id: str | None
    reason: str

    @classmethod
    def of(cls, data: dict[str, Any], field: str = "valid_from") -> "Ground":
        """The ground a loaded body names; Invalid when it names no day or no known order."""
        day = data.get(field)
        if day is None:
            raise Invalid({field: [_("Say from which day this holds")]})
        return cls(day, ground_of(data.get("order_id")), data["reason"])


def take_turns(session: Session, *ids: str) -> dict[str, School]:
    """Make writers of these schools wait for each other; answers the schools as they are now."""
    for school_id in sorted(set(ids)):
        turn = update(School).where(School.id == school_id).values(version=School.version + 1)
        session.execute(turn, execution_options={"synchronize_session": False})  # read anew below
    found = session.scalars(select(School).where(School.id.in_(ids)).execution_options(populate_existing=True))
    return {school.id: school for school in found}


def holds(session: Session, school: School, *conditions: Predicate) -> bool:
    """Does all this hold of the school?"""
    statement = select(School.id).where(School.id == school.id, *conditions)
    return session.scalar(statement) is not None


def live_from(links: Collection[Dated], day: date) -> Dated | None:
    """The first of these facts that holds on that day or begins later."""
    live = [link for link in links if link.valid_to is None or link.valid_to > day]
    return min(live, key=lambda link: link.valid_from, default=None)


def finish(fact: Dated, day: date, field: str = "valid_from") -> None:
    """A fact holds no more from that day on. Conflict when it has ended or begins only then."""
    if fact.valid_to is not None and fact.valid_to <= day:
        raise Conflict(_("This ended on %(day)s already", day=short_day(fact.valid_to)), field=field)
    if day <= fact.valid_from:
        begun = short_day(fact.valid_from)
        raise Conflict(_("This has held since %(day)s: name a later day", day=begun), field=field)
    fact.valid_to = day


def record(
    session: Session,
    actor: Actor,
    action: str,
    school: School,
    ground: Ground,
    old: dict[str, Any],
    new: dict[str, Any],
) -> None:
    """Leave history and tell whoever copies the register."""
    ledger.audit(
        session,
        Audit,
        actor,
        action,
        "school",
        school.id,
        old=old,
        new=new,
        valid_from=ground.day,
        order_id=ground.order_id,
        reason=ground.reason,
    )
    ledger.change(session, Change, Counter, "school", school.id)


def called(school: School) -> str:
    """The school's name in a sentence."""
    return said_plain(school.name)
