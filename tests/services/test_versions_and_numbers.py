"""Versions and numbers as clients really send them: compressed ETags, odd digits, numbers past every limit."""

import pytest
from sqlalchemy import text

from services.errors import QonyrauError
from services.fields import Whole
from tests.events_service.scene import play

pytestmark = pytest.mark.either_engine


def test_version_of_a_compressed_answer_is_taken_back(suite):
    scene = play(suite)
    tag = suite.json("GET", scene.path(), headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    for sent, status in ((tag, 200), (tag, 412)):
        sent_back = {"If-Match": sent}
        reply = suite.json("PATCH", scene.path(), {"subject": "Физика"}, as_=scene.organiser, headers=sent_back)
        assert reply.status_code == status


@pytest.mark.parametrize("tag", ['"\u00b2"', '"x"', '"1", "2"', '"9999999999"', '"1:br"'])
def test_version_that_is_not_ours_is_stale(suite, tag):
    scene, registrar = play(suite), suite.sign_in("registrar")
    school = suite.json("GET", "/registry/api/v1/schools?limit=1").get_json()["items"][0]["id"]
    calls = (
        (scene.path(), {"subject": "x"}, scene.organiser),
        (f"/registry/api/v1/schools/{school}", {"reason": "x", "kind": "lyceum"}, registrar),
    )
    for path, body, token in calls:
        assert suite.json("PATCH", path, body, as_=token, headers={"If-Match": tag}).status_code == 412


@pytest.mark.parametrize("number", ["--5", "\u00b2", "٣", "1_0", "- 1", "9" * 5000])
def test_number_that_is_none_is_refused(suite, number):
    assert suite.json("GET", f"/api/v1/events?limit={number}").status_code == 422


def test_number_typed_with_spaces_is_read():
    assert Whole(least=-9).deserialize(" -7 ") == -7


@pytest.mark.parametrize("version", ["9" * 5000, "\u00b2", "", "1"])
def test_form_of_an_unknown_version_changes_nothing(suite, version):
    scene = play(suite)
    browser = suite.browser("ru", scene.organiser)
    browser.get(f"/events/{scene.event['slug']}/edit")
    reply = browser.submit_fields({"version": version, "subject": "Химия"}, follow=False)
    assert reply.status_code == 412
    assert suite.json("GET", scene.path()).get_json()["subject"] == ""


def test_form_with_odd_numbers_of_lines_is_shown_again(suite):
    browser = suite.browser("ru", suite.sign_in("organiser"))
    browser.get("/events/new")
    assert browser.submit_fields({"agenda.\u00b2.title.kk": "x"}, follow=False).status_code == 422


@pytest.mark.parametrize("number", [2**31, 10**22])
def test_message_past_every_number_is_not_found(suite, number):
    browser = suite.browser("ru", suite.sign_in("organiser"))
    browser.get("/events/new")
    token = next(e.get("value") for e in browser.tree.iter("input") if e.get("name") == "csrf_token")
    assert browser.post(f"/notifications/{number}/again", {"csrf_token": token}).status_code == 404


def test_error_of_the_database_tells_no_parameters(suite):
    """Errors are logged, and parameters hold addresses and links to sign in with."""
    with suite.registry.app_context():
        session = suite.registry.config["SERVICE"].db.session
        with pytest.raises(Exception, match="missing") as caught:
            session.execute(text("SELECT :word FROM missing"), {"word": "secret-canary"})
        assert not isinstance(caught.value, QonyrauError)
        assert "secret-canary" not in str(caught.value)


def test_letters_that_grow_in_lower_case_are_no_error(suite):
    """«İ» becomes two characters, and PostgreSQL counts them."""
    long = "a@" + ".".join(["İ" * 20] * 14)
    guest = {"guest": {"name": "İ", "email": long}}
    assert suite.json("POST", play(suite).path("/registrations"), guest).status_code == 422
    person = {"name": "İ" * 200, "email": "a" * 60 + "@" + ".".join(["b" * 60] * 4)}
    reply = suite.json("POST", "/registry/api/v1/people", person, as_=suite.sign_in("registrar"))
    assert reply.status_code == 201


def test_agenda_goes_by_the_clock_of_its_event(suite):
    at = "2027-01-26T10:00"
    line = {"title": {"kk": "Кіріспе"}, "starts_at": at}
    times = {"time_zone": "Europe/London", "starts_at": at, "ends_at": "2027-01-26T12:00", "agenda": [line, 7]}
    body = {"kind": "webinar", "title": {"kk": "Сабақ"}, **times}
    organiser = suite.sign_in("organiser")
    assert suite.json("POST", "/api/v1/events", body, as_=organiser).status_code == 422
    made = suite.json("POST", "/api/v1/events", {**body, "agenda": [line]}, as_=organiser).get_json()
    assert made["starts_at"] == made["agenda"][0]["starts_at"] == "2027-01-26T10:00:00Z"
