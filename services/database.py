"""One `db` per service, with the same transaction rules on SQLite and PostgreSQL.

Reads run in a deferred transaction. Writes happen only inside `db.transaction()`, which on
SQLite begins IMMEDIATE, so that a writer takes its turn instead of failing half-way.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from services.errors import CsrfRefused
from services.failpoints import failpoint

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
POSTGRES_OPTIONS = "-c lock_timeout=3000 -c statement_timeout=10000 -c idle_in_transaction_session_timeout=15000"


def utcnow() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random public id: 16 hexadecimal characters, 64 bits; the unique index is the judge."""
    return secrets.token_hex(8)


class Instant(TypeDecorator[datetime]):
    """An aware instant; stored in UTC on both engines (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Texts(TypeDecorator[dict[str, str]]):
    """One text in several languages: `{"kk": …, "ru": …, "en": …}`, at least one of them."""

    impl = JSON(none_as_null=True)
    cache_ok = True


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with one way to write."""

    def __init__(self) -> None:
        class Base(DeclarativeBase):
            metadata = MetaData(naming_convention=NAMING)

        super().__init__(model_class=Base, session_options={"expire_on_commit": False})
        self._writing: ContextVar[bool] = ContextVar("writing", default=False)

    def init_app(self, app: Flask) -> None:
        """Bind the app's database and teach its engine the rules of the module docstring."""
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
        super().init_app(app)
        with app.app_context():
            engine = self.engine
            if engine.dialect.name == "sqlite":
                _prepare_sqlite(engine, self._writing)
        if not event.contains(self.session.session_factory, "before_flush", self._refuse_stray_write):
            event.listen(self.session.session_factory, "before_flush", self._refuse_stray_write)
        app.teardown_appcontext(self._let_go)  # after the extension's own, and so called before it

    def _let_go(self, _error: BaseException | None) -> None:
        """End the reads. A server that has gone by then costs nobody the answer, which is ready."""
        try:
            self.session.remove()
        except DBAPIError:  # the pool has thrown it away already
            self.session.registry.clear()

    def _refuse_stray_write(self, session: Session, *_: object) -> None:
        if not self._writing.get():
            raise RuntimeError("a write outside db.transaction()")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Mark what begins inside as a writer (migrations use this alone)."""
        token = self._writing.set(True)
        try:
            yield
        finally:
            self._writing.reset(token)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """The one commit, at the edge. Ends an open read first; rolls back on any error.

        Callbacks added with `after_commit` run once the rows are there to be seen.
        """
        if self._writing.get():
            raise RuntimeError("transactions do not nest")
        if has_request_context() and g.get("csrf_refused"):
            raise CsrfRefused
        session = self.session()
        _end_read(session)
        with self.writing():
            try:
                yield session
                failpoint("before_commit")
                session.commit()
            except BaseException:
                session.rollback()
                session.info.pop("after_commit", None)
                raise
        failpoint("after_commit")
        for callback in session.info.pop("after_commit", {}).values():
            callback()

    def after_commit(self, name: str, callback: Callable[[], object]) -> None:
        """Run `callback` once after the present transaction has committed; one per name."""
        self.session().info.setdefault("after_commit", {})[name] = callback


def _end_read(session: Session) -> None:
    """Forget what was read, as the verbs read again after taking their turn.

    On PostgreSQL (READ COMMITTED) every statement sees the newest rows, and a new transaction would only
    cost three more round trips. SQLite must begin anew, as a writer.
    """
    if _goes_on(session):
        session.expire_all()
    else:
        session.rollback()


def _goes_on(session: Session) -> bool:
    """Can the transaction of the reads be written in: on PostgreSQL, and neither failed nor cut off?"""
    if not session.in_transaction() or not session.is_active or session.new or session.deleted:
        return False
    held = session.connection()
    if held.dialect.name != "postgresql" or held.invalidated:
        return False
    driver: Any = held.connection.driver_connection
    return bool(driver.info.transaction_status.name == "INTRANS")


def _engine_options(url: str) -> dict[str, Any]:
    # Parameters stay out of errors, and so out of logs: they hold addresses and links to sign in with.
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 5}, "pool_size": 20, "hide_parameters": True}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": 5,
        "connect_args": {"options": POSTGRES_OPTIONS, "connect_timeout": 5},
    }


def _prepare_sqlite(engine: Engine, writing: ContextVar[bool]) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred: we say it ourselves
        connection.create_function("lower", 1, _lower, deterministic=True)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value
