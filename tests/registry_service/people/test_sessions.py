"""Sessions: new at every sign-in, seen in a list, ended everywhere, refused when replayed."""

import pytest
from sqlalchemy import select

from registry_service.people.models import SignInSession
from services import identity
from tests.registry_service.people.scene import PEOPLE, TEACHER, ask, cookie, last_path, patch, scalar, teacher_id
from tests.registry_service.people.test_passwords import by_link

pytestmark = pytest.mark.either_engine

MINE = "/registry/my/sessions"


def test_session_planted_before_signing_in_is_worthless_after(suite):
    planted = suite.sign_in("teacher", 7)
    ask(suite)
    browser = suite.browser("ru", planted)
    browser.get(last_path(suite))
    browser.submit(follow=False)
    assert identity.read(suite.settings, cookie(browser)).session != identity.read(suite.settings, planted).session
    assert suite.get(MINE, planted).request.path == "/registry/sign-in"


def test_list_shows_where_one_is_signed_in_and_which_is_this_device(suite):
    by_link(suite)
    browser = by_link(suite)
    browser.get(MINE)
    assert browser.text.count("По ссылке из письма") == 2
    assert browser.text.count("Это устройство") == 1


def test_signing_out_everywhere_ends_all_sessions_on_both_services(suite):
    browser, elsewhere = by_link(suite), cookie(by_link(suite))
    mine = cookie(browser)
    browser.get(MINE)
    browser.submit("/registry/my/sessions/end")
    assert not cookie(browser)
    suite.pull()
    for token in (mine, elsewhere):
        for path in (MINE, "/my"):
            assert suite.browser("ru", token).get(path, follow=False).status_code == 302, path
    assert scalar(suite, select(SignInSession.id).where(SignInSession.revoked_at.is_(None)).limit(1)) is None


@pytest.mark.parametrize("end", ["sign-out", "everywhere"])
def test_ended_session_is_refused_by_the_register_at_once_also_for_reads(suite, end):
    token = suite.sign_in("registrar")
    assert suite.json("GET", PEOPLE, as_=token).status_code == 200
    browser = suite.browser("ru", token)
    browser.get("/registry/sign-out" if end == "sign-out" else MINE)
    browser.submit("" if end == "sign-out" else "/registry/my/sessions/end", follow=False)
    for method in ("GET", "POST"):
        assert suite.json(method, PEOPLE, {}, as_=token).status_code == 401, method


def test_change_of_role_ends_the_session_that_had_the_old_one(suite):
    token, registrar = suite.sign_in("teacher", 0), suite.sign_in("registrar")
    reply = patch(suite, registrar, teacher_id(suite), {"roles": ["official"]})
    assert reply.status_code == 200
    assert suite.browser("ru", token).get(MINE, follow=False).status_code == 302


def test_ended_session_still_reads_what_is_public(suite):
    token = suite.sign_in("teacher", 1)
    browser = suite.browser("ru", token)
    browser.get("/registry/sign-out")
    browser.submit()
    assert suite.get("/registry/territories", token).status_code == 200


def test_link_looked_at_by_programs_is_good_for_one_press(suite):
    ask(suite)
    path = last_path(suite)
    browser = suite.browser("ru")
    for method in ("HEAD", "OPTIONS", "GET", "GET", "GET"):
        assert browser.client.open(path, method=method, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    browser.get(path)
    browser.submit(follow=False)
    assert cookie(browser)
    again = suite.browser("ru")
    again.get("/registry/sign-in")
    token = again.tree.find(".//input[@name='csrf_token']").get("value")
    assert again.post(path, {"csrf_token": token}).status_code == 410
    assert not cookie(again)


def test_list_is_for_who_is_signed_in(suite):
    assert suite.browser("ru").get(MINE, follow=False).status_code == 302
    assert TEACHER not in suite.get(MINE, suite.sign_in("teacher", 3)).text
