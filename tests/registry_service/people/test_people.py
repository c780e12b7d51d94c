"""Who keeps whom in the register of people, and what a change leaves behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from registry_service.db import Audit, Change
from registry_service.people.models import Person
from services import identity
from tests.registry_service.people.scene import (
    PEOPLE,
    add,
    count,
    patch,
    person,
    scalars,
    teacher,
)

pytestmark = pytest.mark.either_engine


def test_new_person_leaves_a_history_line_and_a_change_row(suite, registrar):
    changes = count(suite, Change)
    reply = add(suite, registrar, email="New@Example.invalid", roles=["organiser:UMC"])
    made = reply.get_json()
    assert reply.status_code == 201
    assert (made["email"], made["roles"], made["version"]) == ("new@example.invalid", ["organiser:UMC"], 1)
    row = scalars(suite, select(Audit).where(Audit.entity_id == made["id"]))[0]
    assert (row.action, row.old, row.new["email"]) == ("person.created", None, "new@example.invalid")
    assert count(suite, Change) == changes + 1


def test_history_tells_old_and_new_address(suite, registrar):
    found = teacher(suite)
    patch(suite, registrar, found["id"], {"email": "moved@example.invalid"})
    lines = suite.json("GET", f"{PEOPLE}/{found['id']}/history", as_=registrar).get_json()["items"]
    assert [(line["old"], line["new"]) for line in lines] == [
        ({"email": "teacher0000@example.invalid"}, {"email": "moved@example.invalid"})
    ]
    page = suite.browser("ru", registrar)
    page.get(f"/registry/people/{found['id']}/edit")
    assert "teacher0000@example.invalid → moved@example.invalid" in page.text


def test_same_content_again_changes_nothing(suite, registrar):
    found, changes = teacher(suite), count(suite, Change)
    reply = patch(suite, registrar, found["id"], {"name": found["name"], "email": found["email"].upper()})
    assert reply.get_json() == found
    assert (count(suite, Change), count(suite, Audit)) == (changes, 0)


def test_address_somebody_has_is_refused_at_its_field(suite, registrar):
    reply = add(suite, registrar, email="TEACHER0001@example.invalid")
    assert reply.status_code == 409
    assert list(reply.get_json()["errors"]) == ["email"]
    changed = patch(suite, registrar, teacher(suite)["id"], {"email": "teacher0001@example.invalid"})
    assert changed.status_code == 409
    browser = suite.browser("ru", registrar)
    browser.get("/registry/people/new")
    browser.submit(name="Кто-то", email="teacher0001@example.invalid")
    assert browser.response.status_code == 409
    field = browser.tree.find(".//input[@id='f-email']")
    assert (field.get("value"), field.get("aria-invalid")) == ("teacher0001@example.invalid", "true")


def test_address_typed_in_by_six_at_once_belongs_to_one(suite, registrar):
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda n: add(suite, registrar, name=f"N{n}").status_code, range(6)))
    assert sorted(replies) == [201] + [409] * 5


def test_stale_version_is_refused_and_nothing_typed_is_lost(suite, registrar):
    found = teacher(suite)
    browser = suite.browser("ru", registrar)
    edit = f"/registry/people/{found['id']}/edit"
    browser.get(edit)
    assert patch(suite, registrar, found["id"], {"language": "en"}, **{"If-Match": '"1"'}).status_code == 200
    assert patch(suite, registrar, found["id"], {"language": "ru"}, **{"If-Match": '"1"'}).status_code == 412
    browser.submit(edit, name="Өзгерген Есім")
    assert browser.response.status_code == 412
    assert browser.tree.find(".//input[@id='f-name']").get("value") == "Өзгерген Есім"
    browser.submit(edit, language="en")
    assert teacher(suite)["name"] == "Өзгерген Есім"


def test_fields_that_are_nobodys_to_set_change_nothing(suite, registrar):
    found = teacher(suite)
    sent = dict.fromkeys(("id", "version", "is_synthetic", "demo_number", "sort_key", "search", "district"), 77)
    reply = patch(suite, registrar, found["id"], sent)
    assert (reply.status_code, reply.get_json()) == (200, found)


BAD = [
    ("name", "a\x00b"), ("name", "x" * 201), ("name", ""), ("name", None), ("name", 5), ("name", "a\nb"),
    ("email", "nobody"), ("email", "a@b@c.example"), ("email", None), ("email", "x" * 330 + "@c.example"),
    ("language", "de"), ("language", None), ("school_id", "nowhere"), ("school_id", 2**63 + 1),
    ("school_id", "y" * 10_000), ("active", "perhaps"), ("roles", None), ("roles", [None, 5]), ("roles", {}),
    ("roles", "registrar"),
]  # fmt: skip


def test_bad_data_is_refused_at_its_field(suite, registrar):
    found = teacher(suite)
    for field, value in BAD:
        reply = patch(suite, registrar, found["id"], {field: value})
        assert (reply.status_code, list(reply.get_json()["errors"])) == (422, [field]), (field, str(value)[:20])
    assert teacher(suite) == found


def test_repeated_request_with_a_key_adds_one_person(suite, registrar):
    body, key = {"name": "А Б", "email": "once@example.invalid"}, {"Idempotency-Key": "k1"}
    replies = [suite.json("POST", PEOPLE, body, as_=registrar, headers=key) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 201]
    assert replies[0].get_json() == replies[1].get_json()


def test_list_is_found_by_name_address_district_role_and_access(suite, registrar):
    def total(query):
        return suite.json("GET", f"{PEOPLE}?{query}", as_=registrar).get_json()["total"]

    assert total("q=coordinator") == total("role=coordinator") == 9
    assert total("role=registrar") == 2
    assert total("district=ABA") == total("district=ABA&role=teacher") > 50
    patch(suite, registrar, teacher(suite)["id"], {"active": False})
    assert (total("active=false"), total("q=teacher0000&active=true")) == (1, 0)
    assert total("q=%25") == 0


def test_form_adds_a_person_with_roles_and_takes_them_away(suite, registrar):
    browser = suite.browser("ru", registrar)
    browser.get("/registry/people/new")
    browser.submit_fields(
        {"name": "Әлия Қ", "email": "aliya@example.invalid", "roles[]": ["", "official:KRG", "registrar"]}
    )
    found = person(suite, "aliya@example.invalid")
    assert found["roles"] == ["official:KRG", "registrar"]
    browser.get(f"/registry/people/{found['id']}/edit")
    browser.submit_fields({"roles[]": [""]}, action=f"/registry/people/{found['id']}/edit")
    assert person(suite, "aliya@example.invalid")["roles"] == []


def test_access_is_closed_and_opened_again_by_buttons(suite, coordinator):
    found = teacher(suite)
    browser = suite.browser("ru", coordinator)
    edit = f"/registry/people/{found['id']}/edit"
    browser.get(edit)
    browser.submit(f"/registry/people/{found['id']}/close")
    assert browser.url == edit
    assert teacher(suite)["active"] is False
    browser.submit(f"/registry/people/{found['id']}/open")
    assert teacher(suite)["active"] is True


def test_form_without_its_token_changes_nothing(suite, registrar):
    found, people = teacher(suite), count(suite, Person)
    fields = {"name": "X", "email": "x@example.invalid", "language": "kk", "version": 1}
    for path in ("new", f"{found['id']}/edit", f"{found['id']}/close", f"{found['id']}/open"):
        assert suite.browser("ru", registrar).post(f"/registry/people/{path}", fields).status_code == 400, path
    assert (teacher(suite), count(suite, Person)) == (found, people)


def test_token_names_the_roles_and_the_school(suite):
    who = identity.read(suite.settings, suite.sign_in("coordinator"))
    assert (who.roles, who.scopes("coordinator"), who.unit) == ({"coordinator:ABA"}, {"ABA"}, "")
    found = teacher(suite, 5)
    who = identity.read(suite.settings, suite.sign_in("teacher", 5))
    assert (who.id, who.unit, who.roles) == (found["id"], found["school_id"], {"teacher"})


def test_form_of_a_teacher_changes_what_was_typed_and_nothing_else(suite, coordinator, registrar):
    found, token = teacher(suite), suite.sign_in("teacher")
    edit = f"/registry/people/{found['id']}/edit"
    for who, name in ((coordinator, "Бірінші Есім"), (registrar, "Екінші Есім")):
        browser = suite.browser("ru", who)
        browser.get(edit)
        browser.submit(edit, name=name)
        assert teacher(suite) == {**found, "name": name, "version": teacher(suite)["version"]}
    assert suite.json("POST", PEOPLE, {}, as_=token).status_code == 403
