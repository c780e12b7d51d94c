"""Changing schools: dated statuses, history, who may, and what is refused."""

import pytest

from tests.registry_service.facts import (
    API,
    DAY,
    WHY,
    attachment_of,
    coordinator,
    district,
    history,
    last_change,
    official,
    order_id,
    registrar,
    school,
)

pytestmark = pytest.mark.either_engine

SMALL, CENTRE, ORDINARY = "SYN-ABA-001", "SYN-ABA-012", "SYN-ABA-020"
URL = f"{API}/schools"


def change(suite, code, body, as_=None, headers=None):
    return suite.json("PATCH", f"{URL}/{code}", body, as_=as_ or registrar(suite), headers=headers)


def test_status_ends_from_a_day_and_leaves_history(suite):
    order = order_id(suite)
    body = {"small": False, "valid_from": DAY, "order_id": order, **WHY}

    reply = change(suite, SMALL, body, as_=coordinator(suite))

    assert reply.status_code == 200, reply.text
    assert district(suite, "ABA", "2026-01-31")["small"] == 11
    assert district(suite, "ABA")["small"] == 10
    line = next(line for line in history(suite, SMALL) if line["new"] == {"small": False})
    assert line["old"] == {"small": True}
    assert (line["valid_from"], line["order_id"], line["reason"]) == (DAY, order, WHY["reason"])
    assert line["actor"]
    assert "499" in line["order"]
    assert last_change(suite) == ("school", school(suite, SMALL)["id"])


def test_status_that_ends_takes_its_links_with_it(suite):
    code = "SYN-ABA-003"
    assert school(suite, code)["programmes"] == ["USHQYR_OI"]

    change(suite, code, {"small": False, "valid_from": DAY, **WHY})

    after = school(suite, code)
    assert (after["small"], after["attached"], after["programmes"], after["twinned"]) == (False, False, [], True)
    row = district(suite, "ABA")
    assert (row["small"], row["attached"], row["debate"]) == (10, 10, 7)
    assert school(suite, code, "2026-01-31")["attached"] is True
    assert len(history(suite, code)) == 3


def test_status_begins_and_begins_again(suite):
    for day, wanted in (("2026-02-01", True), ("2026-03-01", False), ("2026-04-01", True)):
        assert change(suite, ORDINARY, {"small": wanted, "valid_from": day, **WHY}).status_code == 200

    held = {
        day: school(suite, ORDINARY, day)["small"] for day in ("2026-01-31", "2026-02-15", "2026-03-15", "2026-05-01")
    }

    assert held == {"2026-01-31": False, "2026-02-15": True, "2026-03-15": False, "2026-05-01": True}


def test_status_said_again_changes_nothing(suite):
    body = {"small": True, "valid_from": DAY, **WHY}

    assert change(suite, SMALL, body).status_code == 200
    assert history(suite, SMALL) == []


@pytest.mark.parametrize(
    "code, body, status, field",
    [
        (SMALL, {"small": False, **WHY}, 422, "valid_from"),
        (SMALL, {"small": False, "valid_from": DAY}, 422, "reason"),
        (SMALL, {"small": False, "valid_from": DAY, "reason": "  "}, 422, "reason"),
        (SMALL, {"small": False, "valid_from": "2019-09-01", **WHY}, 409, "valid_from"),
        (SMALL, {"small": True, "valid_from": "2018-01-01", **WHY}, 409, "valid_from"),
        (CENTRE, {"centre": False, "valid_from": DAY, **WHY}, 409, "centre"),
        (CENTRE, {"closed_on": DAY, **WHY}, 409, "closed_on"),
        ("SYN-P01", {"closed_on": DAY, **WHY}, 409, "closed_on"),
        ("SYN-P01", {"kind": "general", **WHY}, 409, "kind"),
        (SMALL, {"closed_on": "2000-09-01", **WHY}, 409, "closed_on"),
        (SMALL, {"small": False, "valid_from": DAY, "order_id": "nothing", **WHY}, 422, "order_id"),
        (SMALL, {"district": "XXX", **WHY}, 422, "district"),
        (SMALL, {"kind": "college", **WHY}, 422, "kind"),
        (SMALL, {"name": {}, **WHY}, 422, "name"),
        (SMALL, {"name": {"ru": "a\x00b"}, **WHY}, 422, "name"),
        (SMALL, {"name": {"ru": "ю" * 10240}, **WHY}, 422, "name"),
        (SMALL, {"name": 2**63 + 1, **WHY}, 422, "name"),
        (SMALL, {"small": "perhaps", "valid_from": DAY, **WHY}, 422, "small"),
        (SMALL, {"small": False, "valid_from": "0000-01-01", **WHY}, 422, "valid_from"),
        (SMALL, {"small": False, "valid_from": "2021-13-45", **WHY}, 422, "valid_from"),
        (SMALL, {"small": False, "valid_from": 2**63 + 1, **WHY}, 422, "valid_from"),
        (SMALL, {"closed_on": "soon", **WHY}, 422, "closed_on"),
        (SMALL, {"reason": "я" * 501}, 422, "reason"),
    ],
)  # fmt: skip
def test_bad_change_is_refused_at_its_field(suite, code, body, status, field):
    reply = change(suite, code, body)

    assert reply.status_code == status, reply.text
    assert field in reply.get_json()["errors"]
    assert history(suite, code) == []


def test_unknown_school_is_404(suite):
    assert change(suite, "SYN-XXX-001", {"small": False, "valid_from": DAY, **WHY}).status_code == 404
    assert suite.json("GET", f"{URL}/SYN-XXX-001").status_code == 404
    assert suite.get("/registry/schools/SYN-XXX-001").status_code == 404


def test_only_its_keepers_change_a_school(suite):
    body = {"small": False, "valid_from": DAY, **WHY}
    statuses = {
        "nobody": suite.json("PATCH", f"{URL}/{SMALL}", body).status_code,
        "teacher": change(suite, SMALL, body, as_=suite.sign_in("teacher", 0)).status_code,
        "organiser": change(suite, SMALL, body, as_=suite.sign_in("organiser", 0)).status_code,
        "official": change(suite, SMALL, body, as_=official(suite)).status_code,
        "another district": change(suite, SMALL, body, as_=coordinator(suite, "KAR")).status_code,
    }

    assert statuses == {"nobody": 401, "teacher": 403, "organiser": 403, "official": 403, "another district": 403}
    assert history(suite, SMALL) == []


def test_coordinator_gives_no_school_away_and_takes_none(suite):
    away = {"district": "KAR", **WHY}

    assert change(suite, SMALL, away, as_=coordinator(suite)).status_code == 403
    assert change(suite, "SYN-KAR-001", {"district": "ABA", **WHY}, as_=coordinator(suite)).status_code == 403
    assert change(suite, SMALL, away).status_code == 200


def test_new_school_gets_the_next_code_and_counts_from_its_day(suite):
    body = {
        "name": {"kk": "Жаңа мектеп", "ru": "Новая школа"},
        "district": "ABA",
        "small": True,
        "opened_on": DAY,
        **WHY,
    }

    reply = suite.json("POST", URL, body, as_=coordinator(suite))

    assert reply.status_code == 201, reply.text
    made = reply.get_json()
    assert made["code"] == "ABA-001"
    assert (district(suite, "ABA", "2026-01-31")["schools"], district(suite, "ABA")["schools"]) == (30, 31)
    assert district(suite, "ABA")["small"] == 12
    assert school(suite, made["id"])["code"] == made["code"]
    assert history(suite, made["code"])[0]["action"] == "school.created"
    assert last_change(suite) == ("school", made["id"])


@pytest.mark.parametrize(
    "change_of, status",
    [
        ({"district": "KAR"}, 403),
        ({"district": "XXX"}, 422),
        ({"district": None}, 422),
        ({"name": None}, 422),
        ({"code": SMALL}, 409),
        ({"code": "a/b"}, 422),
        ({"code": "ы"}, 422),
        ({"reason": ""}, 422),
        ({"opened_on": "2021-02-30"}, 422),
    ],
)
def test_bad_new_school_is_refused(suite, change_of, status):
    body = {"name": {"ru": "Новая школа"}, "district": "ABA", **WHY, **change_of}

    assert suite.json("POST", URL, body, as_=coordinator(suite)).status_code == status


def test_repeated_post_with_a_key_makes_one_school(suite):
    body, headers = {"name": {"ru": "Новая школа"}, "district": "ABA", **WHY}, {"Idempotency-Key": "k1"}

    first, second = (suite.json("POST", URL, body, as_=registrar(suite), headers=headers) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert second.headers["Idempotent-Replayed"] == "true"


def test_closed_school_leaves_the_counts_on_its_day(suite):
    assert change(suite, ORDINARY, {"closed_on": DAY, **WHY}).status_code == 200

    assert (district(suite, "ABA", "2026-01-31")["schools"], district(suite, "ABA")["schools"]) == (30, 29)


def test_renamed_school_is_found_by_its_new_name_in_either_spelling(suite):
    change(suite, SMALL, {"name": {"kk": "Қарағанды мектебі"}, **WHY})

    found = suite.json("GET", f"{URL}?q=караганды мект").get_json()

    assert [row["code"] for row in found["items"]] == [SMALL]
    assert history(suite, SMALL)[0]["new"] == {"name": {"kk": "Қарағанды мектебі"}}


def test_stale_version_is_refused(suite):
    version = suite.json("GET", f"{URL}/{SMALL}").headers["ETag"]
    body = {"name": {"ru": "Школа"}, **WHY}

    assert change(suite, SMALL, body, headers={"If-Match": version}).status_code == 200
    assert change(suite, SMALL, body, headers={"If-Match": version}).status_code == 412
    assert change(suite, SMALL, body, headers={"If-Match": "x"}).status_code == 412


def test_centre_without_schools_may_stop_being_one(suite):
    for link in suite.json("GET", f"{API}/attachments?centre={CENTRE}&as_of={DAY}").get_json()["items"]:
        moved = {"centre": "SYN-ABA-013", "valid_from": DAY, **WHY}
        assert suite.json("PATCH", f"{API}/attachments/{link['id']}", moved, as_=registrar(suite)).status_code == 200

    assert change(suite, CENTRE, {"centre": False, "valid_from": DAY, **WHY}).status_code == 200
    assert district(suite, "ABA")["centres"] == 1
    assert len(attachment_of(suite, SMALL)) == 1


def test_history_is_for_its_district_registrars_and_officials(suite):
    url = f"{URL}/{SMALL}/history"
    statuses = [
        suite.json("GET", url, as_=token).status_code
        for token in (None, suite.sign_in("teacher", 0), coordinator(suite, "KAR"), coordinator(suite), official(suite))
    ]

    assert statuses == [401, 403, 403, 200, 200]


@pytest.mark.parametrize(
    "asked", ["limit=0", "limit=9223372036854775809", "cursor=zz", "as_of=0000", "small=perhaps", "kind=x", "q=%00"]
)
@pytest.mark.one_engine("sqlite")
def test_bad_filter_is_refused(suite, asked):
    assert suite.json("GET", f"{URL}?{asked}").status_code == 422


@pytest.mark.parametrize(
    "asked", ["q=%25", "q=_", "q=%5C", "district=XXX", "programme=NONE", "patron=NONE", "cluster=NONE"]
)
def test_filter_that_nothing_meets_finds_nothing(suite, asked):
    assert suite.json("GET", f"{URL}?{asked}").get_json()["total"] == 0


def test_list_is_read_to_its_end_by_cursor(suite):
    codes, cursor = [], ""
    while cursor is not None:
        page = suite.json("GET", f"{URL}?limit=200&cursor={cursor}").get_json()
        codes += [row["code"] for row in page["items"]]
        cursor = page["next"]

    assert len(codes) == len(set(codes)) == page["total"] == 315


def test_lost_status_cuts_an_attachment_that_was_to_end_later(suite):
    registrar = suite.sign_in("registrar")
    link = suite.json("GET", "/registry/api/v1/attachments?limit=1").get_json()["items"][0]
    path, school = f"/registry/api/v1/attachments/{link['id']}", f"/registry/api/v1/schools/{link['school']}"
    later, lost = {"valid_to": "2099-01-01", "reason": "x"}, {"small": False, "valid_from": "2090-01-01", "reason": "x"}
    assert suite.json("PATCH", path, later, as_=registrar).status_code == 200
    assert suite.json("PATCH", school, lost, as_=registrar).status_code == 200
    after = suite.json("GET", f"{school}?as_of=2090-01-01").get_json()
    before = suite.json("GET", f"{school}?as_of=2089-12-31").get_json()
    assert [(day["small"], day["attached"]) for day in (before, after)] == [(True, True), (False, False)]
