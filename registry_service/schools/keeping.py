"""Keeping the register of schools: the only writer of schools.

Small-class and resource-centre status are dated: a change names the day from which it holds and
leaves the days before as they were (`statuses`). Each change leaves history with its reason.
"""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry_service import rights
from registry_service.orders.queries import ground_of
from registry_service.schools import queries, statuses
from registry_service.schools.models import PATRON_KINDS, School
from registry_service.schools.records import Ground, record, take_turns
from registry_service.territories.models import Territory
from services import ledger
from services.errors import Conflict, Invalid, Stale
from services.fields import today
from services.i18n import short_day
from services.identity import Actor
from services.text import fold, sort_key

PLAIN = {"name": "name", "kind": "kind", "district": "territory_code", "closed_on": "closed_on"}


def create(session: Session, actor: Actor, data: dict[str, Any]) -> School:
    """A new school, with its statuses from its first day."""
    _take_district(session, data["district"])
    rights.need_keeper(actor, data["district"])
    opened = data.get("opened_on") or data.get("valid_from") or today()
    ground = Ground(opened, ground_of(data.get("order_id")), data["reason"])
    school = School(code=_free_code(session, data), opened_on=opened)
    _write(school, data)
    _check_closing(session, school)
    session.add(school)
    session.flush()
    flags = [field for field in statuses.FLAGS if data.get(field)]
    for field in flags:
        statuses.begin(session, school, field, ground)
    new = {"code": school.code, **_snapshot(school), **dict.fromkeys(flags, True)}
    _, said = ledger.differences({}, {name: value for name, value in new.items() if value})
    record(session, actor, "school.created", school, ground, {}, said)
    return school


def change(session: Session, actor: Actor, ref: str, data: dict[str, Any], version: int | None = None) -> School:
    """Change what `data` names. Raises Stale when `version` is not the present one."""
    school_id = queries.by_ref(ref).id
    school = take_turns(session, school_id)[school_id]
    if version is not None and school.version != version + 1:
        raise Stale
    rights.need_keeper(actor, school.territory_code, data.get("district") or school.territory_code)
    _change_plain(session, actor, school, data)
    statuses.set_flags(session, actor, school, data)
    session.flush()
    session.refresh(school)
    return school


def _change_plain(session: Session, actor: Actor, school: School, data: dict[str, Any]) -> None:
    before = _snapshot(school)
    if data.get("district"):
        _take_district(session, data["district"])
    _write(school, data)
    old, new = ledger.differences(before, _snapshot(school))
    if not new:
        return
    _check_closing(session, school)
    day = data.get("valid_from") or today()
    if "kind" in new and school.kind not in PATRON_KINDS:
        statuses.refuse_while_needed(session, school, day, "kind")
    ground = Ground(day, ground_of(data.get("order_id")), data["reason"])
    record(session, actor, "school.changed", school, ground, old, new)


def _write(school: School, data: dict[str, Any]) -> None:
    for field, column in PLAIN.items():
        if field in data and (data[field] is not None or field == "closed_on"):
            setattr(school, column, data[field])
    names = [school.name[code] for code in ("kk", "ru", "en") if school.name.get(code)]
    if not names:
        raise Invalid({"name": {"kk": [_("Write it in one language at least")]}})
    school.sort_key = sort_key(names[0])
    school.search = " ".join(fold(text) for text in [*names, school.code])[:800]


def _snapshot(school: School) -> dict[str, Any]:
    return {field: getattr(school, column) for field, column in PLAIN.items()}


def _take_district(session: Session, code: str) -> None:
    touch = update(Territory).where(Territory.code == code).values(position=Territory.position)
    if not session.execute(touch).rowcount:  # type: ignore[attr-defined]
        raise Invalid({"district": [_("Choose one of the list")]})


def _free_code(session: Session, data: dict[str, Any]) -> str:
    """The code asked for, or the next number of the district."""
    wanted = data.get("code")
    if wanted and session.scalar(select(School.id).where(School.code == wanted)):
        raise Conflict(_("Another school has this code"), field="code")
    if wanted:
        return str(wanted)
    taken = set(session.scalars(select(School.code).where(School.code.startswith(f"{data['district']}-"))))
    numbered = (f"{data['district']}-{number:03}" for number in range(1, len(taken) + 2))
    return next(code for code in numbered if code not in taken)


def _check_closing(session: Session, school: School) -> None:
    if school.closed_on is None:
        return
    if school.closed_on <= school.opened_on:
        opened = short_day(school.opened_on)
        raise Conflict(_("The school opened on %(day)s: name a later day", day=opened), field="closed_on")
    if school.id:
        statuses.refuse_while_needed(session, school, school.closed_on, "closed_on")
