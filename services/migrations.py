"""Running numbered migrations: one transaction each, taken as a writer, on both engines."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from flask_migrate import upgrade as _upgrade

from services.app import Service
from services.database import Instant, Texts


def upgrade() -> None:
    """Bring the current app's database to the newest migration."""
    service: Service = current_app.config["SERVICE"]
    _upgrade(directory=str(service.package / "migrations"))


def run() -> None:
    """What a service's `migrations/env.py` calls."""
    service: Service = current_app.config["SERVICE"]
    engine = service.db.engine
    with service.db.writing(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '2s'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=service.db.metadata,
            render_as_batch=True,
            transaction_per_migration=True,
            compare_type=True,
            render_item=_plain_types,
        )
        with context.begin_transaction():
            context.run_migrations()


def _plain_types(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Migrations name SQL's own types, so that they never depend on the code of a later day."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Texts):
        return "sa.JSON()"
    return False
