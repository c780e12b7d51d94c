"""Signing out ends a session everywhere, whatever page the button stood on."""

import pytest
from sqlalchemy import select

from registry_service.db import Change, db
from registry_service.people import signing_in
from services import identity
from tests.registry_service.people.scene import TEACHER, cookie, last_path, scalar

pytestmark = pytest.mark.either_engine


def test_signing_out_ends_the_session_for_every_copy_of_its_token(suite):
    token = suite.sign_in("registrar")
    browser = suite.browser("ru", token)
    browser.get("/registry/sign-out")
    browser.submit()
    assert not cookie(browser)
    reply = suite.json("POST", "/registry/api/v1/people", {"name": "A", "email": "a@b.example"}, as_=token)
    assert reply.status_code == 401
    sid = identity.read(suite.settings, token).session
    assert scalar(suite, select(Change.op).where(Change.kind == "session", Change.entity_id == sid)) == "revoked"


def test_signing_out_from_a_page_of_events_asks_once_more(suite):
    browser = suite.browser("ru", suite.sign_in("teacher"))
    assert browser.post("/registry/sign-out", {"csrf_token": "of-another-service"}).status_code == 400
    browser.submit()
    assert not cookie(browser)


def test_signing_out_by_a_button_of_this_site_needs_no_second_press(suite):
    browser = suite.browser("ru", suite.sign_in("teacher"))
    reply = browser.client.post(
        "/registry/sign-out", base_url="http://127.0.0.1:8000", headers={"Origin": "http://127.0.0.1:8000"}
    )
    assert reply.status_code == 303
    assert not cookie(browser)


def test_signing_out_is_refused_to_other_sites(suite):
    token = suite.sign_in("teacher")
    browser = suite.browser("ru", token)
    reply = browser.client.post(
        "/registry/sign-out", base_url="http://127.0.0.1:8000", headers={"Origin": "http://evil.example"}
    )
    assert reply.status_code == 400
    assert cookie(browser) == token


def test_one_can_sign_in_anew_with_the_cookie_of_an_ended_session(suite):
    token = suite.sign_in("teacher", 3)
    with suite.registry.app_context(), db.transaction() as session:
        signing_in.end_session(session, identity.read(suite.settings, token).session)
    browser = suite.browser("ru", token)
    browser.get("/registry/sign-in")
    browser.submit(email=TEACHER)
    assert browser.url == "/registry/sign-in/sent"
    browser.get(last_path(suite))
    browser.submit()
    assert cookie(browser) not in ("", token)
