"""Running numbered migrations: one transaction each, taken as a writer, on both engines.

One that is killed leaves nothing of itself, so running them again completes the work.
"""

from functools import cache
from typing import Any, Literal

from alembic import context
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade as _upgrade

from services.app import Service
from services.database import Instant, Texts
from services.errors import Unavailable


def upgrade() -> None:
    """Bring the current app's database to the newest migration."""
    service: Service = current_app.config["SERVICE"]
    _upgrade(directory=str(service.package / "migrations"))


def state() -> dict[str, str]:
    """`{"schema": "ok"}`. Raises Unavailable when the current app's database is older than its code.

    A newer one is none of our concern: while an upgrade goes on, old code serves beside the new.
    """
    service: Service = current_app.config["SERVICE"]
    newest, *older = _revisions(str(service.package / "migrations"))
    held = MigrationContext.configure(service.db.session.connection()).get_current_revision()
    if held is None or held in older:
        raise Unavailable(f"the {service.name} database is at {held or 'nothing'}, its code needs {newest}: migrate it")
    return {"schema": "ok"}


@cache
def _revisions(folder: str) -> tuple[str, ...]:
    """The migrations this code knows, newest first."""
    return tuple(script.revision for script in ScriptDirectory(folder).walk_revisions())


def run() -> None:
    """What a service's `migrations/env.py` calls."""
    service: Service = current_app.config["SERVICE"]
    engine = service.db.engine
    with service.db.writing(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '2s'")
            connection.commit()
        else:  # making a table anew, as SQLite must, would take the rows that point to it along
            connection.detach()  # closed afterwards: the pool must not hand out one with other rules
            connection.connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]
        context.configure(
            connection=connection,
            target_metadata=service.db.metadata,
            render_as_batch=True,
            transaction_per_migration=True,
            compare_type=True,
            render_item=_plain_types,
            on_version_apply=_refuse_lost_references,
        )
        with context.begin_transaction():
            context.run_migrations()


def _refuse_lost_references(ctx: MigrationContext, *_: Any, **_more: Any) -> None:
    """Before a migration commits: does every reference still point somewhere?"""
    assert ctx.connection is not None
    if ctx.dialect.name == "sqlite" and (lost := ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"rows would point to nothing: {lost[:5]}")


def _plain_types(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Migrations name SQL's own types, so that they never depend on the code of a later day."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Texts):
        return "sa.JSON()"
    return False
