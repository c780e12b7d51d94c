"""Signing in by a link: what the letter holds, how often, how long, and how it ends."""

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from registry_service.db import Notification, db
from registry_service.people import signing_in
from registry_service.people.models import Person, SignInLink, SignInSession
from services import identity
from services.database import utcnow
from tests.registry_service.people.scene import TEACHER, ask, cookie, last_path, links, scalar, write

pytestmark = pytest.mark.either_engine


def test_sign_in_by_the_link_of_the_letter_leads_back(suite):
    ask(suite, next_path="/registry/territories")
    browser = suite.browser("ru")
    path = last_path(suite)
    browser.get(path)
    browser.submit()
    assert browser.url == "/registry/territories"
    who = identity.read(suite.settings, cookie(browser))
    person = scalar(suite, select(Person).where(Person.email == TEACHER))
    assert (who.id, who.name, who.unit, who.roles) == (person.id, person.name, person.school_id, {"teacher"})


def test_looking_at_a_link_never_spends_it(suite):
    ask(suite)
    path = last_path(suite)
    for _ in range(3):
        assert suite.get(path).status_code == 200
    browser = suite.browser("ru")
    browser.get(path)
    browser.submit(follow=False)
    assert browser.response.status_code == 303
    assert cookie(browser)


def test_link_is_spent_once(suite):
    ask(suite)
    path = last_path(suite)
    first, second = suite.browser("ru"), suite.browser("ru")
    first.get(path)
    second.get(path)
    first.submit()
    second.submit()
    assert second.response.status_code == 410
    assert not cookie(second)
    assert suite.get(path).status_code == 410


def test_link_spent_by_eight_at_once_opens_one_session(suite):
    with suite.registry.app_context(), db.transaction() as session:
        signing_in.request_link(session, TEACHER, "/")
    token = scalar(suite, select(Notification.params).order_by(Notification.id.desc()))["token"]

    def spend(_):
        with suite.registry.app_context(), db.transaction() as session:
            return signing_in.spend(session, token)

    with ThreadPoolExecutor(8) as pool:
        found = [signed for signed in pool.map(spend, range(8)) if signed]
    assert len(found) == 1
    assert scalar(suite, select(func.count(SignInSession.id))) == 1


def test_link_older_than_ten_minutes_lets_nobody_in(suite):
    ask(suite)
    path = last_path(suite)
    browser = suite.browser("ru")
    browser.get(path)
    write(suite, update(SignInLink).values(expires_at=utcnow() - timedelta(seconds=1)))
    browser.submit()
    assert browser.response.status_code == 410
    assert "/registry/sign-in" in browser.html
    assert not cookie(browser)


def test_link_lives_ten_minutes(suite):
    ask(suite)
    link = scalar(suite, select(SignInLink))
    assert link.expires_at - link.created_at == timedelta(minutes=10)


def test_link_nobody_was_sent_is_a_dead_link(suite):
    browser = suite.browser("ru")
    for token in ("x", "0" * 43, "А" * 40, "a" * 5000, "'--", "sent "):
        assert browser.get(f"/registry/sign-in/{token}").status_code == 410, token
        assert browser.post(f"/registry/sign-in/{token}").status_code == 400, token


def test_answer_is_the_same_for_an_unknown_address(suite):
    known, unknown = ask(suite), ask(suite, "nobody@example.invalid")
    assert known.url == unknown.url == "/registry/sign-in/sent"
    strip = re.compile(r'value="[^"]+"')
    assert strip.sub("", known.html) == strip.sub("", unknown.html)
    assert links(suite) == 1
    suite.drain()
    assert [mail["To"].addresses[0].addr_spec for mail in suite.mails()] == [TEACHER]


def test_answer_takes_as_long_for_an_unknown_address(suite):
    def seconds(email):
        with suite.registry.app_context():
            start = time.perf_counter()
            with db.transaction() as session:
                signing_in.request_link(session, email, "/")
            return time.perf_counter() - start

    known = [f"teacher{number:04}@example.invalid" for number in range(60)]
    unknown = [f"nobody{number:04}@example.invalid" for number in range(60)]
    taken = {email: seconds(email) for pair in zip(known, unknown, strict=True) for email in pair}
    medians = [statistics.median(taken[email] for email in group) for group in (known, unknown)]
    assert abs(medians[0] - medians[1]) < 0.005


def test_address_is_known_however_it_is_written(suite):
    ask(suite, "  Teacher0003@EXAMPLE.invalid ")
    assert links(suite) == 1


def test_address_that_is_none_is_shown_again_with_its_error(suite):
    for email in ("", "nobody", "a@b", "a b@c.example", "a@c.example\x00", "x" * 400 + "@c.example"):
        browser = ask(suite, email)
        assert browser.response.status_code == 422, email
        assert browser.tree.find(".//input[@id='f-email']").get("aria-invalid") == "true", email
    assert links(suite) == 0


def test_letter_is_in_the_language_of_its_reader(suite):
    for number, language in enumerate(("kk", "ru", "en")):
        write(
            suite, update(Person).where(Person.email == f"teacher{number:04}@example.invalid").values(language=language)
        )
        ask(suite, f"teacher{number:04}@example.invalid")
    suite.drain()
    assert sorted(mail["Content-Language"] for mail in suite.mails()) == ["en", "kk", "ru"]


def test_token_is_kept_nowhere_once_it_is_sent(suite):
    ask(suite)
    token = last_path(suite).rpartition("/")[2]
    row = scalar(suite, select(Notification))
    assert (row.status, row.params, row.rendered) == ("sent", {}, None)
    link = scalar(suite, select(SignInLink))
    assert token not in (link.id, link.digest)
    assert len(token) >= 43


def test_letter_that_comes_too_late_is_not_sent(suite):
    ask(suite)
    write(suite, update(SignInLink).values(expires_at=utcnow()))
    suite.drain()
    assert suite.mails() == []
    assert scalar(suite, select(Notification.status)) == "superseded"


def test_person_whose_access_is_closed_gets_no_link_and_no_session(suite):
    ask(suite)
    path = last_path(suite)
    write(suite, update(Person).where(Person.email == TEACHER).values(active=False))
    browser = suite.browser("ru")
    browser.get(path)
    browser.submit()
    assert browser.response.status_code == 410
    ask(suite)
    assert links(suite) == 1


def test_form_without_its_token_signs_nobody_in(suite):
    ask(suite)
    path = last_path(suite)
    browser = suite.browser("ru")
    assert browser.post(path).status_code == 400
    assert not cookie(browser)
    assert suite.browser().post("/registry/sign-in", {"email": TEACHER}).status_code == 400
    assert links(suite) == 1
    browser.get(path)
    browser.submit()
    assert cookie(browser)


def test_signing_in_keeps_nothing_of_the_session_before(suite):
    ask(suite)
    path = last_path(suite)
    browser = suite.browser("ru")
    browser.get(path)
    planted = browser.client.get_cookie("qr_registry", domain="127.0.0.1", path="/registry").value
    browser.submit(follow=False)
    after = browser.client.get_cookie("qr_registry", domain="127.0.0.1", path="/registry")
    assert after is None or after.value != planted


def test_cookie_cannot_be_read_by_scripts_nor_sent_from_other_sites(suite):
    ask(suite)
    browser = suite.browser("ru")
    browser.get(last_path(suite))
    header = next(h for h in browser.submit(follow=False).headers.getlist("Set-Cookie") if h.startswith("qonyrau="))
    assert "HttpOnly" in header and "SameSite=Lax" in header and "Path=/" in header


def test_page_of_a_link_is_neither_kept_nor_told(suite):
    ask(suite)
    headers = suite.get(last_path(suite)).headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
