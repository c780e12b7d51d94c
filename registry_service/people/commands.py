"""The register's command line for people: how the first registrar comes in, and the last one back."""

from collections.abc import Sequence

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from marshmallow import ValidationError

from registry_service.db import db
from registry_service.people import keeping
from registry_service.people.schemas import PersonBody
from services.errors import QonyrauError
from services.identity import Actor

people = AppGroup("people", help="People of the register.")
# Who types here holds the database in her hands already; the history says that it was done here.
CONSOLE = Actor("", "command line", frozenset({"registrar"}), "")


@people.command("add")
@click.argument("name")
@click.argument("email")
@click.option("--role", "roles", multiple=True, default=["registrar"], show_default=True, help="As often as needed.")
@click.option("--language", default="kk", show_default=True)
def add(name: str, email: str, roles: Sequence[str], language: str) -> None:
    """Add somebody who may sign in by a link sent to EMAIL."""
    given = {"name": name, "email": email, "roles": list(roles), "language": language}
    with force_locale("en"):
        try:
            body = PersonBody().load(given)
            with db.transaction() as session:
                person = keeping.create(session, CONSOLE, body)
        except (ValidationError, QonyrauError) as error:
            raise click.ClickException(_told(error)) from None
    click.echo(f"{person.name} <{person.email}> may sign in: {', '.join(person.role_words)}")


def _told(error: ValidationError | QonyrauError) -> str:
    faults = error.normalized_messages() if isinstance(error, ValidationError) else error.errors
    said = [f"{field}: {' '.join(map(str, words))}" for field, words in (faults or {}).items()]
    return "; ".join(said) or str(getattr(error, "detail", "") or error)
