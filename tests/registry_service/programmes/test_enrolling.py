"""Programmes: who takes part on a day, enrolling and leaving, and what is refused."""

import pytest

from tests.registry_service.facts import (
    API,
    DAY,
    WHY,
    coordinator,
    district,
    history,
    last_change,
    official,
    registrar,
    school,
)
from tests.support import pages

pytestmark = pytest.mark.either_engine

DEBATE = "USHQYR_OI"
IN, SMALL, ORDINARY = "SYN-ABA-003", "SYN-ABA-001", "SYN-ABA-020"
URL = f"{API}/programmes"


def post(suite, body, code=DEBATE, as_=None):
    return suite.json(
        "POST", f"{URL}/{code}/enrolments", {"valid_from": DAY, **WHY, **body}, as_=as_ or coordinator(suite)
    )


def enrolment_of(suite, code=IN, programme=DEBATE):
    items = suite.json("GET", f"{URL}/{programme}/enrolments?limit=200").get_json()["items"]
    return next(row["id"] for row in items if row["school"] == code)


def patch(suite, body, as_=None, code=IN):
    link = enrolment_of(suite, code)
    return suite.json("PATCH", f"{URL}/{DEBATE}/enrolments/{link}", {**WHY, **body}, as_=as_ or coordinator(suite))


def test_list_counts_who_takes_part(suite):
    items = suite.json("GET", f"{URL}?as_of=2021-05-01").get_json()["items"]
    counts = {row["code"]: row["schools"] for row in items}

    assert len(items) == 16
    assert (counts[DEBATE], counts["AUYL_QALA"], counts["RC_NETWORK"], counts["ZEIIN"]) == (156, 163, 211, 0)
    before = suite.json("GET", f"{URL}?as_of=2020-08-31").get_json()["items"]
    assert {row["code"]: row["schools"] for row in before}[DEBATE] == 0


def test_numbers_of_the_list_equal_the_lists_of_schools(suite):
    for row in suite.json("GET", f"{URL}?as_of=2021-05-01").get_json()["items"]:
        asked = f"{API}/schools?programme={row['code']}&as_of=2021-05-01"
        assert (row["code"], suite.json("GET", asked).get_json()["total"]) == (row["code"], row["schools"])


def test_small_class_school_is_enrolled_from_a_day(suite):
    reply = post(suite, {"school": SMALL})

    assert reply.status_code == 201, reply.text
    assert (district(suite, "ABA", "2026-01-31")["debate"], district(suite, "ABA")["debate"]) == (8, 9)
    assert history(suite, SMALL)[0]["new"] == {"programme": DEBATE}
    assert last_change(suite) == ("school", school(suite, SMALL)["id"])


def test_debate_never_counts_more_than_small_class_schools(suite):
    statuses = [post(suite, {"school": f"SYN-ABA-{number:03}"}).status_code for number in range(1, 31)]

    assert (statuses.count(201), statuses.count(409)) == (3, 27)
    row = district(suite, "ABA")
    assert row["debate"] == row["small"] == 11


def test_enrolment_ends_on_a_day(suite):
    assert patch(suite, {"valid_to": DAY}).status_code == 200
    assert (district(suite, "ABA", "2026-01-31")["debate"], district(suite, "ABA")["debate"]) == (8, 7)
    assert history(suite, IN)[0]["old"] == {"programme": DEBATE}
    assert post(suite, {"school": IN}).status_code == 201


@pytest.mark.parametrize(
    "programme, body, status, field",
    [
        (DEBATE, {"school": ORDINARY}, 409, "school"),
        (DEBATE, {"school": IN}, 409, "school"),
        (DEBATE, {"school": SMALL, "valid_from": "2019-08-31"}, 409, "school"),
        (DEBATE, {"school": SMALL, "valid_from": "2000-01-01"}, 409, "valid_from"),
        ("SELSKAYA_SHKOLA", {"school": SMALL}, 409, "school"),
        (DEBATE, {"school": "SYN-XXX"}, 422, "school"),
        (DEBATE, {"school": "a\x00"}, 422, "school"),
        (DEBATE, {"school": "я" * 10240}, 422, "school"),
        (DEBATE, {"school": 2**63 + 1}, 422, "school"),
        (DEBATE, {"school": SMALL, "valid_from": "2021-13-45"}, 422, "valid_from"),
        (DEBATE, {"school": SMALL, "reason": None}, 422, "reason"),
    ],
)
def test_bad_enrolment_is_refused_with_a_reason(suite, programme, body, status, field):
    reply = post(suite, body, programme)

    assert reply.status_code == status, reply.text
    assert field in reply.get_json()["errors"]
    assert district(suite, "ABA")["debate"] == 8


def test_programme_made_of_links_takes_no_enrolment(suite):
    reply = post(suite, {"school": SMALL}, "AUYL_QALA")

    assert reply.status_code == 409
    assert reply.get_json()["detail"]


def test_programme_of_a_district_takes_its_schools(suite):
    assert post(suite, {"school": "SYN-KAR-001"}, "SELSKAYA_SHKOLA", coordinator(suite, "KAR")).status_code == 201
    assert school(suite, "SYN-KAR-001")["programmes"].count("SELSKAYA_SHKOLA") == 1


def test_only_keepers_of_the_district_enrol(suite):
    statuses = [
        post(suite, {"school": SMALL}, as_=token).status_code
        for token in (coordinator(suite, "KAR"), official(suite), suite.sign_in("teacher", 0))
    ]

    assert statuses == [403, 403, 403]
    assert patch(suite, {"valid_to": DAY}, as_=coordinator(suite, "KAR")).status_code == 403
    assert suite.json("POST", f"{URL}/{DEBATE}/enrolments", {}).status_code == 401


def test_unknown_programme_or_enrolment_is_404(suite):
    token = registrar(suite)
    end = {"valid_to": DAY, **WHY}

    assert post(suite, {"school": SMALL}, "NONE").status_code == 404
    assert suite.json("GET", f"{URL}/NONE/enrolments").status_code == 404
    assert suite.json("PATCH", f"{URL}/{DEBATE}/enrolments/none", end, as_=token).status_code == 404
    assert suite.json("PATCH", f"{URL}/ZEIIN/enrolments/{enrolment_of(suite)}", end, as_=token).status_code == 404
    assert suite.get("/registry/programmes/NONE").status_code == 404


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_page_lists_the_enrolled_schools(suite, lang):
    browser = suite.browser(lang)
    browser.get(f"/registry/programmes/{DEBATE}?as_of=2021-05-01")

    assert len([li for li in browser.tree.iter("li") if li.find(".//h3") is not None]) == 156
    assert browser.get("/registry/programmes").status_code == 200
    assert "156" in browser.text
    assert browser.get("/registry/programmes?as_of=0000").status_code == 422
    assert browser.get("/registry/programmes/AUYL_QALA").status_code == 200


def test_forms_enrol_and_end(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get(f"/registry/programmes/{DEBATE}/enrol")
    offered = [option.get("value") for option in browser.tree.find(".//select[@id='f-school']").iter("option")]
    assert len(offered) == 12
    browser.submit(school=SMALL, valid_from=DAY, reason="Заявка школы")
    assert school(suite, SMALL)["programmes"] == [DEBATE]

    browser.get(f"/registry/programmes/enrolments/{enrolment_of(suite, SMALL)}")
    browser.submit(valid_to="2026-03-01", reason="Выбыла")
    assert school(suite, SMALL, "2026-03-01")["programmes"] == []


def test_refused_form_keeps_what_was_typed(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get(f"/registry/programmes/{DEBATE}/enrol")

    browser.submit(school=ORDINARY, valid_from=DAY, reason="Заявка")

    assert browser.response.status_code == 409
    assert pages.text_of(browser.tree.find(".//textarea[@id='f-reason']")) == "Заявка"
    reply = browser.post(f"/registry/programmes/{DEBATE}/enrol", {"school": SMALL, "valid_from": DAY, "reason": "x"})
    assert reply.status_code == 400
    assert district(suite, "ABA")["debate"] == 8
