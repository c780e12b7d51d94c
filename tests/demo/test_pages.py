"""The ways in that only the demonstration has: its people and its letters."""

import dataclasses
from pathlib import Path

import pytest

import registry_service
from services import identity
from tests.support.region import dispose

pytestmark = pytest.mark.either_engine

SESSION = "/registry/api/v1/demo/session"


def who(suite, token):
    return identity.read(suite.settings, token)


def open_session(suite, role, number=0):
    return suite.json("POST", SESSION, {"role": role, "number": number})


def test_each_demo_role_signs_in_as_what_it_says(suite):
    roles = {
        "organiser": {"organiser:UMC"},
        "teacher": {"teacher"},
        "coordinator": {"coordinator:ABA"},
        "official": {"official:KRG"},
        "registrar": {"registrar"},
        "juror": {"teacher"},
        "chair": {"teacher"},
    }
    for role, words in roles.items():
        answer = open_session(suite, role).get_json()
        assert set(answer["person"]) == {"id", "name", "email", "school_id", "district", "language"}
        assert who(suite, answer["token"]).id == answer["person"]["id"]
        assert who(suite, answer["token"]).roles == words
    assert open_session(suite, "teacher", 1999).get_json()["person"]["email"] == "teacher1999@example.invalid"
    assert open_session(suite, "coordinator").get_json()["person"]["district"] == "ABA"


def test_demo_person_who_is_none_is_refused(suite):
    for body in (
        {"role": "teacher", "number": 9000},
        {"role": "registrar", "number": 9},
        {"role": "nobody"},
        {},
        {"role": "teacher", "number": -1},
    ):
        assert suite.json("POST", SESSION, body).status_code == 422, body


def test_sign_in_page_of_the_demonstration_lets_anybody_of_its_list_in(suite):
    browser = suite.browser("ru")
    browser.get("/demo/sign-in?next=/registry/territories")
    assert len(list(browser.tree.find(".//main").iter("button"))) == 19
    fields = {"role": "coordinator", "number": "1", "next": "/registry/territories"}
    token = next(e.get("value") for e in browser.tree.iter("input") if e.get("name") == "csrf_token")
    browser.post("/registry/demo/sign-in", {**fields, "csrf_token": token}, follow=True)
    assert browser.url == "/registry/territories"
    cookie = browser.client.get_cookie("qonyrau", domain="127.0.0.1").value
    assert who(suite, cookie).has("coordinator")


def test_sign_in_page_of_the_demonstration_wants_its_own_form(suite):
    browser = suite.browser("ru")
    assert browser.post("/registry/demo/sign-in", {"role": "registrar", "number": 0}).status_code == 400
    assert browser.client.get_cookie("qonyrau", domain="127.0.0.1") is None


def test_demonstration_is_not_there_outside_of_it(suite, engine):
    settings = dataclasses.replace(suite.settings, env="test")
    app = registry_service.create_app(settings)
    client = app.test_client()
    assert client.post(SESSION, json={"role": "registrar"}, base_url="http://127.0.0.1:8000").status_code == 404
    assert client.get("/demo/mail", base_url="http://127.0.0.1:8000").status_code == 404
    dispose(app)


def test_letters_are_listed_the_newest_first_and_shown_as_text(suite):
    for number in (1, 2):
        browser = suite.browser("ru")
        browser.get("/registry/sign-in")
        browser.submit(email=f"teacher000{number}@example.invalid")
        suite.drain()
    browser = suite.browser("ru")
    browser.get("/demo/mail")
    rows = [link.get("href") for link in browser.tree.find(".//main").iter("a")]
    assert browser.text.index("teacher0002@") < browser.text.index("teacher0001@")
    browser.get(rows[0])
    assert "/registry/sign-in/" in browser.text
    link = next(a.get("href") for a in browser.tree.find(".//main").iter("a") if "/registry/sign-in/" in a.get("href"))
    assert suite.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    raw = browser.client.get(f"{rows[0]}/raw", base_url="http://127.0.0.1:8000")
    assert raw.mimetype == "message/rfc822"
    assert b"teacher0002@example.invalid" in raw.data


def test_letters_with_invitations_show_the_calendar_part(suite):
    token = suite.sign_in("teacher", 7)
    items = suite.json("GET", "/api/v1/events?limit=200").get_json()["items"]
    replies = [suite.json("POST", f"/api/v1/events/{item['id']}/registrations", {}, as_=token) for item in items[:60]]
    assert 201 in {reply.status_code for reply in replies}
    suite.drain()
    browser = suite.browser("ru")
    browser.get("/demo/mail")
    pages = [link.get("href") for link in browser.tree.find(".//main").iter("a")][:60]
    assert any("BEGIN:VCALENDAR" in (browser.get(page), browser.text)[1] for page in pages)


def test_names_beyond_the_folder_are_not_found(suite):
    mail = Path(suite.settings.mail_url.removeprefix("file:"))
    (mail.parent / "secret.eml").write_text("x")
    for name in (
        "..",
        "../secret.eml",
        "..%2fsecret.eml",
        "%2e%2e%2fsecret.eml",
        "secret.eml",
        ".x.part",
        "%00.eml",
        "a" * 3000,
    ):
        assert suite.json("GET", f"/demo/mail/{name}").status_code == 404, name
        assert suite.json("GET", f"/demo/mail/{name}/raw").status_code == 404, name
