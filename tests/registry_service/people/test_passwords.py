"""Passwords, for those who want one: set, used, changed, removed, and what is refused."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from registry_service.db import Audit, db
from registry_service.people import passwords
from registry_service.people.models import Password, Person, SignInSession
from services import identity
from services.database import utcnow
from services.errors import Invalid
from tests.registry_service.people.scene import TEACHER, ask, cookie, last_path, scalar, write

pytestmark = pytest.mark.either_engine

GOOD, OTHER = "төрт түлік мал 4", "жеті қазына 7 ай"
PAGE, LONG = "/registry/my/password", " ".join(map(str, range(900, 950)))
AIGERIM = ("Айгерім Сейтқалиева", "aigerim.seitkali@mektep.example")


def by_link(suite, email=TEACHER):
    """A browser that has just signed in by a link."""
    ask(suite, email)
    browser = suite.browser("ru")
    browser.get(last_path(suite))
    browser.submit(follow=False)
    assert cookie(browser)
    return browser


def set_password(suite, given=GOOD):
    browser = by_link(suite)
    browser.get(PAGE)
    browser.submit(password=given)
    assert browser.url == "/registry/my/sessions"
    return browser


def try_password(suite, given, email=TEACHER):
    browser = suite.browser("ru")
    browser.get("/registry/sign-in?next=/my")
    browser.submit(email=email, password=given, follow=False)
    return browser


def refused(suite, browser):
    assert (browser.response.status_code, cookie(browser)) == (422, "")


def letters(suite):
    suite.drain()
    return [mail for mail in suite.mails() if "/my/password" in mail.get_body(("plain",)).get_content()]


def grow_old(suite):
    """The link was spent eleven minutes ago."""
    write(suite, update(SignInSession).values(created_at=utcnow() - passwords.signing_in.LINK_LIFE))


def test_nobody_has_a_password_to_begin_with(suite):
    assert scalar(suite, select(func.count()).select_from(Password)) == 0


def test_password_signs_in_and_leads_back(suite):
    set_password(suite)
    browser = try_password(suite, GOOD)
    assert (browser.response.status_code, browser.response.location) == (303, "/my")
    who = identity.read(suite.settings, cookie(browser))
    assert who.id == scalar(suite, select(Person.id).where(Person.email == TEACHER))
    assert scalar(suite, select(SignInSession.opened_by).where(SignInSession.id == who.session)) == "password"


def test_password_is_kept_as_argon2id_only(suite):
    set_password(suite)
    digest = scalar(suite, select(Password.digest))
    assert digest.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert GOOD not in digest


def test_wrong_password_is_refused_and_never_shown_again(suite):
    set_password(suite)
    for given in ("wrong " + GOOD, GOOD.upper(), "'--", "қате құпия"):
        browser = try_password(suite, given)
        refused(suite, browser)
        assert given not in browser.html
        assert browser.tree.find(".//input[@id='f-email']").get("value") == TEACHER
        assert browser.tree.find(".//details").get("open") is not None


def test_password_of_who_may_not_come_in_is_refused(suite):
    set_password(suite)
    write(suite, update(Person).where(Person.email == TEACHER).values(active=False))
    refused(suite, try_password(suite, GOOD))


def test_without_a_password_a_link_is_sent(suite):
    set_password(suite)
    assert ask(suite).url == "/registry/sign-in/sent"


def test_new_password_that_is_missing_short_long_or_common_is_refused_at_its_field(suite):
    browser = by_link(suite)
    browser.get(PAGE)
    for given in ("", "short 7", "ж" * 201, "password1"):
        browser.submit(password=given)
        assert browser.response.status_code == 422, given
        assert browser.tree.find(".//input[@id='f-password']").get("aria-invalid") == "true", given
    assert scalar(suite, select(func.count()).select_from(Password)) == 0


@pytest.mark.parametrize(
    "given",
    ["password", "password1", "Qwerty123456", "йцукенгш", "пароль12", "gfhjkm12", "aaaaaaaaaaaa", "19850412",
     "алматы2024", "қазақстан1", "айгерім1990", "Сейтқалиева7", "aigerim.seitkali", "aigerim2024", "Mektep2026"],
)  # fmt: skip
def test_password_that_is_guessed_first_is_refused_also_one_of_her_name(given):
    with pytest.raises(Invalid):
        passwords.check(*AIGERIM, given)


@pytest.mark.parametrize("given", [GOOD, OTHER, "K7!xp2Qz", "correct horse battery", "🐎🐫🐄🐑 төртеу", LONG])
def test_password_nobody_guesses_is_taken_whatever_it_is_made_of(given):
    passwords.check(*AIGERIM, given)


def test_change_asks_for_the_old_one_unless_she_came_by_a_link_now(suite):
    browser = set_password(suite)
    browser.get(PAGE)
    browser.submit(password=OTHER)
    assert browser.response.status_code == 422
    browser.submit(current="wrong", password=OTHER)
    assert browser.response.status_code == 422
    browser.submit(current=GOOD, password=OTHER)
    assert browser.url == "/registry/my/sessions"
    refused(suite, try_password(suite, GOOD))
    assert cookie(try_password(suite, OTHER))
    fresh = by_link(suite)
    fresh.get(PAGE)
    fresh.submit(password=GOOD)
    assert cookie(try_password(suite, GOOD))


def test_first_password_needs_a_link_spent_a_moment_ago(suite):
    browser = by_link(suite)
    grow_old(suite)
    browser.get(PAGE)
    assert browser.tree.find(".//input[@type='password']") is None
    token = browser.tree.find(".//input[@name='csrf_token']").get("value")
    assert browser.post(PAGE, {"csrf_token": token, "password": GOOD}).status_code == 403
    assert scalar(suite, select(func.count()).select_from(Password)) == 0


def test_change_ends_her_other_sessions_and_gives_this_one_a_new_name(suite):
    browser = by_link(suite)
    elsewhere, mine = by_link(suite), cookie(browser)
    browser.get(PAGE)
    browser.submit(password=GOOD)
    assert cookie(browser) not in ("", mine)
    for token in (mine, cookie(elsewhere)):
        assert suite.browser("ru", token).get(PAGE, follow=False).status_code == 302
    assert suite.browser("ru", cookie(browser)).get(PAGE).status_code == 200


def test_change_and_removal_are_told_by_letter_and_in_her_history(suite):
    browser = set_password(suite)
    browser.get(PAGE)
    browser.submit(button="remove", current=GOOD)
    assert [mail["To"].addresses[0].addr_spec for mail in letters(suite)] == [TEACHER] * 2
    assert not any(GOOD in str(mail) for mail in suite.mails())
    with suite.registry.app_context():
        rows = db.session.scalars(select(Audit).where(Audit.action.like("person.password%")).order_by(Audit.id)).all()
    assert [(row.action, row.new) for row in rows] == [
        ("person.password_set", {"password": True}),
        ("person.password_removed", {"password": False}),
    ]
    refused(suite, try_password(suite, GOOD))


def test_hash_made_with_other_parameters_is_made_anew_when_it_is_used(suite):
    set_password(suite)
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    write(suite, update(Password).values(digest=old))
    assert cookie(try_password(suite, GOOD))
    assert scalar(suite, select(Password.digest)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_password_changed_while_it_was_checked_opens_no_session(suite):
    set_password(suite)
    with suite.registry.app_context():
        row = passwords.verified(TEACHER, GOOD)
        with db.transaction() as session:
            session.execute(update(Password).values(digest="another"))
        with db.transaction() as session:
            assert passwords.sign_in(session, row, row.digest, "/") is None


def test_password_form_without_its_token_changes_nothing(suite):
    browser = by_link(suite)
    assert browser.post(PAGE, {"password": GOOD}).status_code == 400
    assert scalar(suite, select(func.count()).select_from(Password)) == 0
