"""Who keeps whom in the register of people, and what a change leaves behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from registry_service.db import Audit, Change, db
from registry_service.people import signing_in
from registry_service.people.models import Person, PersonRole
from registry_service.schools.models import School
from services import identity

PEOPLE = "/registry/api/v1/people"


@pytest.fixture
def registrar(suite):
    return suite.sign_in("registrar")


@pytest.fixture
def coordinator(suite):
    """She keeps the district ABA."""
    return suite.sign_in("coordinator")


def scalars(suite, statement):
    with suite.registry.app_context():
        return db.session.scalars(statement).all()


def person(suite, email):
    return suite.json("GET", f"{PEOPLE}?q={email}", as_=suite.sign_in("registrar")).get_json()["items"][0]


def teacher(suite, number=0):
    return person(suite, f"teacher{number:04}@example.invalid")


def teacher_id(suite):
    return scalars(suite, select(Person.id).where(Person.email == "teacher0000@example.invalid"))[0]


def school(suite, district):
    return scalars(suite, select(School.id).where(School.territory_code == district).order_by(School.code))[0]


def add(suite, token, **changed):
    body = {"name": "Жаңа Мұғалім", "email": "new@example.invalid", "language": "kk", **changed}
    return suite.json("POST", PEOPLE, body, as_=token)


def patch(suite, token, person_id, body, **headers):
    return suite.json("PATCH", f"{PEOPLE}/{person_id}", body, as_=token, headers=headers)


def count(suite, model):
    return scalars(suite, select(func.count()).select_from(model))[0]


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
    own, other = school(suite, "ABA"), school(suite, _other(suite))
    assert patch(suite, coordinator, teacher(suite)["id"], {"school_id": other}).status_code == 422
    assert add(suite, coordinator, school_id=other).status_code == 422
    assert add(suite, coordinator, school_id=None).status_code == 422
    assert add(suite, coordinator, school_id=own).status_code == 201


def _other(suite):
    return scalars(suite, select(School.territory_code).where(School.territory_code != "ABA").limit(1))[0]


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
