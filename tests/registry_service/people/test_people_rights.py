"""Who may keep whom, and what becomes of the sessions of those whose rights change."""

import pytest

from registry_service.db import db
from registry_service.people import signing_in
from registry_service.people.models import Person, PersonRole
from tests.registry_service.people.scene import (
    PEOPLE,
    add,
    count,
    other_district,
    patch,
    person,
    school,
    teacher,
    teacher_id,
)

pytestmark = pytest.mark.either_engine


def test_coordinator_keeps_the_teachers_of_her_district(suite, coordinator):
    found = teacher_id(suite)
    for changed in ({"name": "Б"}, {"email": "other@example.invalid"}, {"language": "en"}, {"active": False}):
        assert patch(suite, coordinator, found, changed).status_code == 200, changed


def test_coordinator_neither_sees_nor_changes_other_districts(suite, coordinator):
    other = teacher(suite, 1)
    assert other["district"] != "ABA"
    unknown = patch(suite, coordinator, "0" * 16, {"name": "X"})
    refused = patch(suite, coordinator, other["id"], {"name": "X"})
    assert refused.status_code == unknown.status_code == 404
    assert suite.json("GET", f"{PEOPLE}/{other['id']}", as_=coordinator).status_code == 404
    assert suite.get(f"/registry/people/{other['id']}/edit", as_=coordinator).status_code == 404
    items = suite.json("GET", f"{PEOPLE}?limit=200", as_=coordinator).get_json()["items"]
    assert {item["district"] for item in items} == {"ABA"}


def test_coordinator_moves_nobody_beyond_her_district(suite, coordinator):
    own, other = school(suite, "ABA"), school(suite, other_district(suite))
    assert patch(suite, coordinator, teacher(suite)["id"], {"school_id": other}).status_code == 422
    assert add(suite, coordinator, school_id=other).status_code == 422
    assert add(suite, coordinator, school_id=None).status_code == 422
    assert add(suite, coordinator, school_id=own).status_code == 201


def test_coordinator_gives_no_roles(suite, coordinator):
    own, held = school(suite, "ABA"), count(suite, PersonRole)
    for word in ("registrar", "coordinator:ABA", "organiser:UMC", "official"):
        assert add(suite, coordinator, school_id=own, roles=[word]).status_code == 403, word
        assert patch(suite, coordinator, teacher_id(suite), {"roles": [word]}).status_code == 403, word
    assert count(suite, PersonRole) == held


def test_coordinator_cannot_take_over_whoever_holds_more_than_a_school(suite, registrar, coordinator):
    """Her address would let a coordinator sign in as a registrar who teaches in the district."""
    found = teacher(suite)
    assert patch(suite, registrar, found["id"], {"roles": ["registrar"]}).status_code == 200
    assert patch(suite, coordinator, found["id"], {"email": "mine@example.invalid"}).status_code == 403
    browser = suite.browser("ru", coordinator)
    browser.get(f"/registry/people/{found['id']}/edit")
    assert browser.tree.find(".//input[@id='f-email']") is None


def test_people_are_closed_to_everybody_else(suite):
    for role in ("teacher", "organiser", "official", "juror", "chair"):
        token = suite.sign_in(role)
        assert suite.json("GET", PEOPLE, as_=token).status_code == 403, role
        assert add(suite, token).status_code == 403, role
        assert suite.get("/registry/people", as_=token).status_code == 403, role


def test_people_are_closed_to_strangers(suite):
    assert suite.json("GET", PEOPLE).status_code == 401
    assert suite.browser("ru").get("/registry/people", follow=False).location.startswith("/registry/sign-in?next=")


def test_change_of_what_a_person_may_do_ends_her_sessions(suite, registrar):
    found = person(suite, "coordinator1@example.invalid")
    for change in (
        {"school_id": school(suite, "ABA")},
        {"email": "z@example.invalid"},
        {"roles": []},
        {"active": False},
    ):
        with suite.registry.app_context(), db.transaction() as session:
            token, _end = signing_in.open_session(session, session.get(Person, found["id"]))
        assert patch(suite, registrar, found["id"], change).status_code == 200, change
        assert suite.json("POST", PEOPLE, {}, as_=token).status_code == 401, change


def test_change_of_a_name_leaves_sessions_alone(suite, registrar, coordinator):
    patch(suite, registrar, person(suite, "coordinator0@example.invalid")["id"], {"name": "Басқа Есім"})
    assert add(suite, coordinator).status_code == 422


def test_registrar_cannot_lock_herself_out(suite, registrar):
    me = person(suite, "registrar0@example.invalid")
    assert patch(suite, registrar, me["id"], {"active": False}).status_code == 409
    assert patch(suite, registrar, me["id"], {"roles": []}).status_code == 409
    assert patch(suite, registrar, me["id"], {"language": "en"}).status_code == 200


def test_role_that_is_none_is_refused(suite, registrar):
    teacher_ = teacher_id(suite)
    for word in (
        "organiser",
        "coordinator",
        "coordinator:NOWHERE",
        "organiser:ABA",
        "registrar:ABA",
        "juror",
        "admin",
        ":",
    ):
        reply = patch(suite, registrar, teacher_, {"roles": [word]})
        assert (reply.status_code, list(reply.get_json()["errors"])) == (422, ["roles"]), word
