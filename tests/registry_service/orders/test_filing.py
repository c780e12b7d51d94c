"""Orders: filing, correcting, who may, and what is refused."""

import pytest

from tests.registry_service.facts import API, coordinator, official, order_id, registrar

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


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_order_page_counts_what_stands_on_it(suite, lang):
    browser = suite.browser(lang)
    browser.get(f"/registry/orders/{order_id(suite)}")

    assert "163" in browser.text
    assert browser.get("/registry/orders/none").status_code == 404
    assert browser.get("/registry/orders?cursor=zz").status_code == 422
