"""Alembic's entry: the kit knows the rest."""

from services.migrations import run

run()
