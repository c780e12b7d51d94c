"""What every write leaves behind: an audit row, a change row, and the right to repeat a request.

The verbs here never commit; they join the transaction of their cause.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, g, has_request_context, jsonify, request
from sqlalchemy import Dialect, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.database import Database
from services.errors import Invalid
from services.identity import Actor, actor
from services.rows import AuditRow, ChangeRow, CounterRow, IdempotencyRow
from services.text import UNSAFE


def request_id() -> str:
    return str(g.get("request_id", "")) if has_request_context() else ""


def audit(
    session: Session,
    model: type[AuditRow],
    by: Actor,
    action: str,
    entity: str,
    entity_id: str,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    valid_from: date | None = None,
    order_id: str | None = None,
    reason: str = "",
) -> None:
    """Write down one change of state. `old` and `new` hold only the fields that differ."""
    values = {
        "actor_id": by.id,
        "actor_name": by.name,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "old": dict(old) if old else None,
        "new": dict(new) if new else None,
        "valid_from": valid_from,
        "order_id": order_id,
        "reason": reason,
        "request_id": request_id(),
    }
    session.connection().execute(insert(model), values)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, as JSON can hold it."""
    changed = [key for key in new if old.get(key) != new[key]]
    return {key: plain(old.get(key)) for key in changed}, {key: plain(new[key]) for key in changed}


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def next_number(session: Session, model: type[CounterRow], name: str) -> int:
    """The next value of a counter; the UPDATE makes writers take turns until the commit."""
    taken = update(model).where(model.name == name).values(value=model.value + 1).returning(model.value)
    value = session.scalar(taken, execution_options={"synchronize_session": False})
    if value is None:
        session.execute(insert(model).values(name=name, value=1))
        return 1
    return value


def change(
    session: Session, model: type[ChangeRow], counter: type[CounterRow], kind: str, entity_id: str, op: str = "upsert"
) -> None:
    """Announce that a row is new, different or gone, to whoever copies this service's rows."""
    session.flush()
    seq = next_number(session, counter, "changes")
    session.execute(insert(model).values(seq=seq, kind=kind, entity_id=entity_id, op=op))


def insert_once(session: Session, model: type[Any], values: Mapping[str, Any]) -> bool:
    """INSERT unless a unique index says it is there already; True when it went in."""
    connection = session.connection()
    statement = _insert_new(model.__table__, tuple(values), connection.dialect)
    # without preserve_rowcount the count of an INSERT is unknown (-1) on PostgreSQL
    return connection.execute(statement, values, execution_options={"preserve_rowcount": True}).rowcount == 1


@lru_cache
def _insert_new(table: Any, columns: tuple[str, ...], dialect: Dialect) -> Any:
    """Compiled once: SQLAlchemy keeps no compiled form of a statement with ON CONFLICT."""
    kind = postgresql if dialect.name == "postgresql" else sqlite
    statement = kind.insert(table).on_conflict_do_nothing().inline()
    return statement.compile(dialect=dialect, column_keys=list(columns))


def once(db: Database, model: type[IdempotencyRow], effect: Callable[[], tuple[Any, int]]) -> Response:
    """Run `effect` (answers body and status) in one transaction; with an Idempotency-Key, only ever once.

    The key is inserted first: a second request with it waits for the first and replays its answer.
    """
    key = _key()
    if not key:
        with db.transaction():
            body, status = effect()
        return _reply(body, status)
    with db.transaction() as session:
        who = actor()
        values = {"actor_id": who.id if who else "", "route": _route(), "key": key, "digest": _digest()}
        if insert_once(session, model, {**values, "status": 0}):
            body, status = effect()
            session.execute(update(model).where(*_named(model, values)).values(status=status, body=_jsonable(body)))
            return _reply(body, status)
        row = session.scalars(select(model).where(*_named(model, values))).one()
        if row.digest != values["digest"]:
            raise Invalid(detail="this Idempotency-Key was used with another body")
    response = _reply(row.body, row.status)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _named(model: type[IdempotencyRow], values: Mapping[str, Any]) -> list[Any]:
    return [getattr(model, name) == values[name] for name in ("actor_id", "route", "key")]


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 200 or UNSAFE.search(key):
        raise Invalid(detail="an Idempotency-Key has at most 200 plain characters")
    return key


def _route() -> str:
    return f"{request.method} {request.path}"[:120]


def _digest() -> str:
    return hashlib.sha256(request.get_data(cache=True)).hexdigest()


def _jsonable(body: Any) -> Any:
    return json.loads(json.dumps(body, default=plain))


def _reply(body: Any, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response
