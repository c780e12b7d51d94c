"""The register's command line for people."""

from sqlalchemy import select

from registry_service.db import Audit, Change, db
from registry_service.people.models import Person


def run(suite, *words):
    return suite.registry.test_cli_runner().invoke(args=["people", "add", *words])


def test_first_registrar_is_added_and_may_sign_in(suite):
    result = run(suite, "Айгүл Серікқызы", "Registrar@Example.kz")
    assert result.exit_code == 0, result.output
    assert result.output == "Айгүл Серікқызы <registrar@example.kz> may sign in: registrar\n"
    with suite.registry.app_context():
        person = db.session.scalars(select(Person).where(Person.email == "registrar@example.kz")).one()
        line = db.session.scalars(select(Audit).where(Audit.entity_id == person.id)).one()
        assert (line.action, line.actor_name) == ("person.created", "command line")
        assert db.session.scalar(select(Change.op).where(Change.entity_id == person.id)) == "upsert"
    browser = suite.browser("ru")
    browser.get("/registry/sign-in")
    browser.submit(email="registrar@example.kz")
    suite.drain()
    assert [mail["To"] for mail in suite.mails()] == ["Айгүл Серікқызы <registrar@example.kz>"]


def test_command_says_what_is_wrong_and_adds_nobody(suite):
    for words, said in (
        (("Айгүл", "no-address"), "email: "),
        (("Айгүл", "teacher0003@example.invalid"), "email: Another person has this address already"),
        (("Айгүл", "a@example.kz", "--role", "queen"), "roles: There is no such role: queen"),
        (("Айгүл", "a@example.kz", "--role", "organiser"), "roles: "),
        (("Айгүл", "a@example.kz", "--language", "de"), "language: "),
    ):
        result = run(suite, *words)
        assert result.exit_code == 1, words
        assert said in result.output
    with suite.registry.app_context():
        assert db.session.scalar(select(Person).where(Person.email == "a@example.kz")) is None
