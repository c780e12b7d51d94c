"""Twinning: links with patrons, the order behind each, and what is refused."""

import pytest
from sqlalchemy import update

from registry_service.db import db
from registry_service.twinning.models import TwinningLink
from tests.registry_service.facts import (
    API,
    DAY,
    WHY,
    coordinator,
    district,
    history,
    last_change,
    official,
    order_id,
    school,
)
from tests.support import pages

pytestmark = pytest.mark.either_engine

TWINNED, FREE, PATRON, OTHER = "SYN-ABA-003", "SYN-ABA-001", "SYN-P01", "SYN-P02"
URL = f"{API}/twinning"


def link_of(suite, code=TWINNED):
    return suite.json("GET", f"{URL}?school={code}").get_json()["items"][0]["id"]


def post(suite, body, as_=None):
    return suite.json("POST", URL, {"valid_from": DAY, **WHY, **body}, as_=as_ or coordinator(suite))


def patch(suite, body, as_=None, code=TWINNED):
    return suite.json("PATCH", f"{URL}/{link_of(suite, code)}", {**WHY, **body}, as_=as_ or coordinator(suite))


def unground(suite, code=TWINNED):
    link = link_of(suite, code)
    with suite.registry.app_context(), db.transaction() as session:
        session.execute(update(TwinningLink).where(TwinningLink.id == link).values(order_id=None))


def test_list_holds_every_link_of_a_day_with_its_order(suite):
    assert suite.json("GET", f"{URL}?as_of=2021-05-01").get_json()["total"] == 163
    assert suite.json("GET", f"{URL}?with_order=yes").get_json()["total"] == 163
    assert suite.json("GET", f"{URL}?with_order=no").get_json()["total"] == 0
    assert suite.json("GET", f"{URL}?patron={PATRON}").get_json()["total"] == 14
    assert suite.json("GET", f"{URL}?district=ABA").get_json()["total"] == 16


def test_new_link_counts_from_its_day(suite):
    order = order_id(suite)

    reply = post(suite, {"school": FREE, "patron": PATRON, "order_id": order})

    assert reply.status_code == 201, reply.text
    assert (reply.get_json()["patron"], reply.get_json()["order_id"]) == (PATRON, order)
    assert (district(suite, "ABA", "2026-01-31")["twinned"], district(suite, "ABA")["twinned"]) == (16, 17)
    assert history(suite, FREE)[0]["new"] == {"patron": PATRON}
    assert last_change(suite) == ("school", school(suite, FREE)["id"])


def test_order_may_be_named_by_its_number(suite):
    reply = post(suite, {"school": FREE, "patron": PATRON, "order": "499"})

    assert reply.get_json()["order_id"] == order_id(suite)


def test_link_ends_on_a_day(suite):
    assert patch(suite, {"valid_to": DAY}).status_code == 200

    assert (district(suite, "ABA", "2026-01-31")["twinned"], district(suite, "ABA")["twinned"]) == (16, 15)
    assert history(suite, TWINNED)[0]["old"] == {"patron": PATRON}


def test_link_without_an_order_is_flagged_until_it_has_one(suite):
    unground(suite)
    browser = suite.browser(as_=coordinator(suite))
    browser.get("/registry/twinning")
    assert f"/registry/schools/{TWINNED}" in {a.get("href") for a in browser.tree.iter("a")}
    assert suite.json("GET", f"{URL}?with_order=no").get_json()["total"] == 1

    browser.get(f"/registry/twinning/{link_of(suite)}")
    browser.submit(order_id=order_id(suite), reason="Найден приказ")

    browser.get("/registry/twinning")
    assert f"/registry/schools/{TWINNED}" not in {a.get("href") for a in browser.tree.iter("a")}
    assert list(history(suite, TWINNED)[0]["new"]) == ["order"]


def test_report_page_counts_links_without_an_order(suite):
    unground(suite)
    browser = suite.browser("en")
    browser.get("/registry/territories?as_of=2021-05-01")

    assert "1 twinning link has no order" in browser.text


@pytest.mark.parametrize(
    "body, status, field",
    [
        ({"school": TWINNED, "patron": PATRON}, 409, "patron"),
        ({"school": FREE, "patron": "SYN-ABA-012"}, 409, "patron"),
        ({"school": FREE, "patron": FREE}, 409, "patron"),
        ({"school": FREE, "patron": "SYN-XXX"}, 422, "patron"),
        ({"school": "SYN-XXX", "patron": PATRON}, 422, "school"),
        ({"school": FREE, "patron": PATRON, "valid_from": "2000-01-01"}, 409, "school"),
        ({"school": FREE, "patron": PATRON, "valid_from": None}, 422, "valid_from"),
        ({"school": FREE, "patron": PATRON, "valid_from": "2021-13-45"}, 422, "valid_from"),
        ({"school": FREE, "patron": PATRON, "reason": ""}, 422, "reason"),
        ({"school": FREE, "patron": PATRON, "order_id": "никакой"}, 422, "order_id"),
        ({"school": FREE, "patron": "a\x00"}, 422, "patron"),
        ({"school": FREE, "patron": ["x"]}, 422, "patron"),
    ],
)
def test_bad_link_is_refused_with_a_reason(suite, body, status, field):
    reply = post(suite, body)

    assert reply.status_code == status, reply.text
    assert field in reply.get_json()["errors"]
    assert district(suite, "ABA")["twinned"] == 16


def test_school_may_have_a_second_patron(suite):
    assert post(suite, {"school": TWINNED, "patron": OTHER}).status_code == 201
    assert school(suite, TWINNED)["patrons"] == [PATRON, OTHER]
    assert district(suite, "ABA")["twinned"] == 16


@pytest.mark.parametrize("body", [{}, {"valid_to": "2019-10-18"}, {"valid_to": "2019-01-01"}])
def test_bad_end_is_refused(suite, body):
    reply = patch(suite, body)

    assert reply.status_code == 409, reply.text
    assert "valid_to" in reply.get_json()["errors"]


def test_only_keepers_of_the_district_twin(suite):
    body = {"school": FREE, "patron": PATRON}
    statuses = [
        post(suite, body, as_=token).status_code
        for token in (coordinator(suite, "KAR"), official(suite), suite.sign_in("teacher", 0))
    ]

    assert statuses == [403, 403, 403]
    assert patch(suite, {"valid_to": DAY}, as_=coordinator(suite, "KAR")).status_code == 403
    assert suite.json("POST", URL, body).status_code == 401


def test_page_counts_by_district_and_by_patron(suite):
    browser = suite.browser()
    browser.get("/registry/twinning?as_of=2021-05-01")
    districts, patrons = (
        [[pages.text_of(td) for td in row.iter("td")] for row in table.iter("tr")][1:]
        for table in browser.tree.iter("table")
    )

    assert [row[-1] for row in districts] == ["16", "12", "26", "15", "22", "17", "20", "9", "26", "163"]
    assert sum(int(row[-1]) for row in patrons) == 163
    assert len(patrons) == 12


def test_numbers_of_the_page_open_lists_of_that_length(suite):
    browser = suite.browser()
    browser.get("/registry/twinning?as_of=2021-05-01")
    links = [
        (pages.text_of(a), a.get("href"))
        for table in browser.tree.iter("table")
        for a in table.iter("a")
        if "?" in a.get("href")
    ]
    assert len(links) == 22

    for number, address in links:
        heading = pages.text_of(pages.parse(suite.get(address).text).find(".//h1"))
        assert heading.split()[0] == number


def test_forms_twin_and_end(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get(f"/registry/twinning/new?school={FREE}")
    browser.submit(patron=PATRON, valid_from=DAY, reason="Приказ")
    assert school(suite, FREE)["patrons"] == [PATRON]

    browser.get(f"/registry/twinning/{link_of(suite, FREE)}")
    browser.submit(valid_to="2026-03-01", reason="Истёк")
    assert school(suite, FREE, "2026-03-01")["patrons"] == []


def test_form_without_its_token_changes_nothing(suite):
    reply = suite.browser(as_=coordinator(suite)).post(
        "/registry/twinning/new", {"school": FREE, "patron": PATRON, "valid_from": DAY, "reason": "x"}
    )

    assert reply.status_code == 400
    assert school(suite, FREE)["patrons"] == []
    assert suite.get(f"/registry/twinning/{link_of(suite)}", as_=coordinator(suite, "KAR")).status_code == 403
