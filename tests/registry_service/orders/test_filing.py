"""Orders: filing, correcting, who may, and what is refused."""

import pytest
from sqlalchemy import select

from registry_service.db import db
from registry_service.twinning.models import TwinningLink
from tests.registry_service.facts import API, coordinator, official, order_id, registrar

pytestmark = pytest.mark.either_engine

URL = f"{API}/orders"
BODY = {"number": "12-н", "issued_on": "2026-01-15", "issuer": "UO", "title": {"ru": "О закреплении"}}


def post(suite, body, as_=None):
    return suite.json("POST", URL, {**BODY, **body}, as_=as_ or registrar(suite))


def test_filed_order_is_listed_first(suite):
    reply = post(suite, {})

    assert reply.status_code == 201, reply.text
    first = suite.json("GET", URL).get_json()["items"][0]
    assert (first["number"], first["issued_on"], first["issuer"]) == ("12-н", "2026-01-15", "UO")
    assert suite.json("GET", f"{URL}/{first['id']}").get_json() == first


def test_same_order_is_filed_once(suite):
    assert [post(suite, {}).status_code for _ in range(2)] == [201, 409]
    assert post(suite, {"issued_on": "2026-01-16"}).status_code == 201


@pytest.mark.parametrize(
    "change, field",
    [
        ({"number": None}, "number"),
        ({"number": "x" * 10240}, "number"),
        ({"number": "1\x00"}, "number"),
        ({"number": 2**63 + 1}, "number"),
        ({"issued_on": "2021-13-45"}, "issued_on"),
        ({"issued_on": "0000-01-01"}, "issued_on"),
        ({"issued_on": 18}, "issued_on"),
        ({"issuer": "NONE"}, "issuer"),
        ({"issuer": ""}, "issuer"),
        ({"title": "text"}, "title"),
    ],
)
def test_bad_order_is_refused_at_its_field(suite, change, field):
    reply = post(suite, change)

    assert reply.status_code == 422, reply.text
    assert field in reply.get_json()["errors"]


def test_registrar_corrects_an_order(suite):
    order = order_id(suite, "499")

    reply = suite.json("PATCH", f"{URL}/{order}", {"title": {"ru": "О проекте"}}, as_=registrar(suite))

    assert reply.status_code == 200, reply.text
    assert (reply.get_json()["number"], reply.get_json()["title"]) == ("499", {"ru": "О проекте"})


def test_correction_that_makes_two_of_one_is_refused(suite):
    made = post(suite, {}).get_json()["id"]
    body = {"number": "499", "issued_on": "2019-10-18", "issuer": "UO"}

    assert suite.json("PATCH", f"{URL}/{made}", body, as_=registrar(suite)).status_code == 409
    assert suite.json("PATCH", f"{URL}/none", body, as_=registrar(suite)).status_code == 404
    assert suite.json("PATCH", f"{URL}/{made}", {"issuer": "NONE"}, as_=registrar(suite)).status_code == 422


def test_coordinator_files_and_only_a_registrar_corrects(suite):
    order = order_id(suite, "499")
    assert post(suite, {}, as_=coordinator(suite)).status_code == 201
    assert post(suite, {"number": "13"}, as_=official(suite)).status_code == 403
    assert suite.json("POST", URL, BODY).status_code == 401
    assert suite.json("PATCH", f"{URL}/{order}", {"number": "1"}, as_=coordinator(suite)).status_code == 403


def test_pages_list_file_and_correct(suite):
    browser = suite.browser(as_=registrar(suite))
    browser.get("/registry/orders/new")
    browser.submit_fields({"number": "77", "issued_on": "2026-02-02", "issuer": "UO", "title.ru": "О сети"})
    assert "77" in browser.text

    browser.get(f"{browser.url}/edit")
    browser.submit_fields({"number": "78"})
    assert "78" in browser.text
    browser.get("/registry/orders")
    assert "№ 78" in browser.text


def test_refused_form_keeps_what_was_typed(suite):
    browser = suite.browser(as_=registrar(suite))
    browser.get("/registry/orders/new")

    browser.submit_fields({"number": "499", "issued_on": "2019-10-18", "issuer": "UO"})

    assert browser.response.status_code == 409
    assert browser.tree.find(".//input[@id='f-number']").get("value") == "499"
    assert browser.post("/registry/orders/new", BODY).status_code == 400


def test_legal_act_has_a_title_and_a_link_and_is_found_by_filters(suite):
    act = {"kind": "legal_act", "number": "125", "issuer": "MON", "url": "https://adilet.example/125"}
    assert post(suite, {**act, "title": None}).status_code == 422
    assert post(suite, {**act, "url": "javascript:alert(1)"}).status_code == 422
    assert post(suite, {"kind": "decree"}).status_code == 422
    made = post(suite, {**act, "title": {"ru": "Правила Оценивания", "kk": "Бағалау қағидалары"}}).get_json()
    assert (made["kind"], made["url"]) == ("legal_act", act["url"])

    found = {
        query: [order["number"] for order in suite.json("GET", f"{URL}?{query}").get_json()["items"]]
        for query in ("kind=legal_act", "q=оценивания", "q=багалау", "issuer=MON&year=2018", "q=499&kind=order")
    }
    assert found == {
        "kind=legal_act": ["125", "595"],
        "q=оценивания": ["125"],
        "q=багалау": ["125"],
        "issuer=MON&year=2018": ["595"],
        "q=499&kind=order": ["499"],
    }
    assert suite.json("GET", f"{URL}?year=1900").status_code == 422
    kept = suite.json("PATCH", f"{URL}/{made['id']}", {"number": "126"}, as_=registrar(suite)).get_json()
    assert (kept["url"], kept["kind"]) == (act["url"], "legal_act")
    assert suite.json("GET", f"{URL}?q=126").get_json()["total"] == 1
    assert suite.json("PATCH", f"{URL}/{made['id']}", {"title": {}}, as_=registrar(suite)).status_code == 422


def test_163_of_163_twinning_links_have_order_499(suite):
    def grounds(fact):
        items = suite.json("GET", f"{URL}/grounds?as_of=2021-05-01").get_json()["items"]
        return next(item for item in items if item["fact"] == fact)

    assert [(order["number"], order["count"]) for order in grounds("twinning")["orders"]] == [("499", 163)]
    totals = {fact: grounds(fact)["total"] for fact in ("statuses", "attachments", "twinning", "enrolments")}
    assert totals == {"statuses": 211 + 39, "attachments": 211, "twinning": 163, "enrolments": 156}
    assert suite.json("GET", f"{URL}/missing?fact=twinning").get_json()["total"] == 0
    with suite.registry.app_context(), db.transaction() as session:
        link = session.scalars(select(TwinningLink).order_by(TwinningLink.id)).first()
        link.order_id, code = "gone", link.school.code
    assert (grounds("twinning")["total"], grounds("twinning")["grounded"]) == (163, 162)
    missing = suite.json("GET", f"{URL}/missing?fact=twinning").get_json()["items"]
    assert [(row["school"], row["fact"]) for row in missing] == [(code, "twinning")]


def test_what_rests_on_an_order_is_listed_as_long_as_it_is_counted(suite):
    browser = suite.browser("en")
    browser.get("/registry/orders/grounds?as_of=2021-05-01")
    assert "163 of 163 have № 499" in browser.text
    order = order_id(suite, "СИНТ-1")
    for fact, number in (("statuses", 250), ("attachments", 211), ("twinning", 0), ("enrolments", 0)):
        assert suite.json("GET", f"{URL}/{order}/facts?fact={fact}").get_json()["total"] == number
        browser.get(f"/registry/orders/{order}/{fact}")
        assert f": {number}" in browser.text
    assert "/registry/schools/SYN-" in suite.browser().get(f"/registry/orders/{order}/attachments").text
    assert browser.get(f"/registry/orders/{order}/letters").status_code == 404
    assert browser.get("/registry/orders/missing/twinning").status_code == 200
    assert browser.get("/registry/orders/missing/enrolments?as_of=x").status_code == 422
    assert browser.get("/registry/orders?q=zzz").status_code == 200
    assert "No order was found" in browser.text


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_order_page_counts_what_stands_on_it(suite, lang):
    browser = suite.browser(lang)
    browser.get(f"/registry/orders/{order_id(suite)}")

    assert "163" in browser.text
    assert browser.get("/registry/orders/none").status_code == 404
    assert browser.get("/registry/orders?cursor=zz").status_code == 422
