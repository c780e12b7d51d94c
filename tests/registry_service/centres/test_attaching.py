"""Attachments: one centre at a time, moves, ends, the gap list, and what is refused."""

from concurrent.futures import ThreadPoolExecutor

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
from tests.support import pages

pytestmark = pytest.mark.either_engine

SCHOOL, CENTRE, OTHER, ORDINARY = "SYN-ABA-001", "SYN-ABA-012", "SYN-ABA-013", "SYN-ABA-020"
URL = f"{API}/attachments"


def link_of(suite, code=SCHOOL, day=DAY):
    return attachment_of(suite, code, day)[0]["id"]


def patch(suite, body, code=SCHOOL, as_=None):
    return suite.json("PATCH", f"{URL}/{link_of(suite, code)}", {**WHY, **body}, as_=as_ or coordinator(suite))


def post(suite, body, as_=None):
    return suite.json("POST", URL, {"valid_from": DAY, **WHY, **body}, as_=as_ or coordinator(suite))


def test_list_holds_every_link_of_a_day(suite):
    assert suite.json("GET", f"{URL}?as_of=2021-05-01").get_json()["total"] == 211
    assert suite.json("GET", f"{URL}?as_of=2019-08-31").get_json()["total"] == 0
    assert suite.json("GET", f"{URL}?district=ABA&as_of={DAY}").get_json()["total"] == 11
    assert suite.json("GET", f"{URL}?centre={CENTRE}&as_of={DAY}").get_json()["total"] == 6


def test_move_ends_one_link_and_begins_another_on_the_same_day(suite):
    old, order = link_of(suite), order_id(suite)

    reply = patch(suite, {"centre": OTHER, "valid_from": DAY, "order_id": order})

    assert reply.status_code == 200, reply.text
    assert (reply.get_json()["centre"], reply.get_json()["valid_from"]) == (OTHER, DAY)
    assert suite.json("GET", f"{URL}/{old}").get_json()["valid_to"] == DAY
    assert [row["centre"] for row in attachment_of(suite, SCHOOL, "2026-01-31")] == [CENTRE]
    assert [row["centre"] for row in attachment_of(suite, SCHOOL)] == [OTHER]
    line = history(suite, SCHOOL)[0]
    assert (line["old"], line["new"]) == ({"attached_to": CENTRE}, {"attached_to": OTHER})
    assert (line["valid_from"], line["order_id"], line["reason"]) == (DAY, order, WHY["reason"])
    assert last_change(suite) == ("school", school(suite, SCHOOL)["id"])
    assert district(suite, "ABA")["attached"] == 11


def test_school_whose_link_ended_is_a_gap_until_it_is_attached(suite):
    assert patch(suite, {"valid_to": DAY}).status_code == 200
    page = suite.browser()
    page.get(f"/registry/centres?as_of={DAY}")
    assert f"/registry/schools/{SCHOOL}" in {a.get("href") for a in page.tree.iter("a")}
    assert district(suite, "ABA")["attached"] == 10

    assert post(suite, {"school": SCHOOL, "centre": OTHER}).status_code == 201

    page.get(f"/registry/centres?as_of={DAY}")
    assert f"/registry/schools/{SCHOOL}" not in {a.get("href") for a in page.tree.iter("a")}
    assert district(suite, "ABA")["attached"] == 11


@pytest.mark.parametrize(
    "body, status, field",
    [
        ({"centre": CENTRE, "valid_from": DAY}, 409, "centre"),
        ({"centre": ORDINARY, "valid_from": DAY}, 409, "centre"),
        ({"centre": SCHOOL, "valid_from": DAY}, 409, "centre"),
        ({"centre": "SYN-XXX", "valid_from": DAY}, 422, "centre"),
        ({"centre": OTHER}, 422, "valid_from"),
        ({"centre": OTHER, "valid_from": "2019-09-01"}, 409, "valid_from"),
        ({"centre": OTHER, "valid_from": "2019-01-01"}, 409, "valid_from"),
        ({"centre": OTHER, "valid_from": DAY, "order_id": "x"}, 422, "order_id"),
        ({"centre": OTHER, "valid_from": DAY, "reason": None}, 422, "reason"),
        ({"valid_to": "2019-09-01"}, 409, "valid_to"),
        ({"valid_to": "2026-02-30"}, 422, "valid_to"),
        ({}, 422, "valid_from"),
    ],
)
def test_bad_move_is_refused_with_a_reason(suite, body, status, field):
    reply = patch(suite, body)

    assert reply.status_code == status, reply.text
    assert field in reply.get_json()["errors"]
    assert [row["centre"] for row in attachment_of(suite, SCHOOL)] == [CENTRE]
    assert history(suite, SCHOOL) == []


@pytest.mark.parametrize(
    "body, status, field",
    [
        ({"school": SCHOOL, "centre": OTHER}, 409, "school"),
        ({"school": ORDINARY, "centre": OTHER}, 409, "school"),
        ({"school": "x\x00", "centre": OTHER}, 422, "school"),
        ({"school": "x" * 10240, "centre": OTHER}, 422, "school"),
        ({"school": 2**63 + 1, "centre": OTHER}, 422, "school"),
        ({"school": "SYN-XXX", "centre": OTHER}, 422, "school"),
        ({"centre": OTHER}, 422, "school"),
        ({"school": SCHOOL}, 422, "centre"),
        ({"school": SCHOOL, "centre": OTHER, "valid_from": "0000-00-00"}, 422, "valid_from"),
    ],
)
def test_bad_attachment_is_refused_with_a_reason(suite, body, status, field):
    reply = post(suite, body)

    assert reply.status_code == status, reply.text
    assert field in reply.get_json()["errors"]


def test_ended_link_is_not_ended_again(suite):
    link = link_of(suite)
    body = {"valid_to": DAY, **WHY}

    statuses = [suite.json("PATCH", f"{URL}/{link}", body, as_=coordinator(suite)).status_code for _ in range(2)]

    assert statuses == [200, 409]
    assert suite.json("PATCH", f"{URL}/nothing", body, as_=coordinator(suite)).status_code == 404


def test_link_that_begins_later_leaves_no_room_before_it(suite):
    patch(suite, {"valid_to": DAY})
    assert post(suite, {"school": SCHOOL, "centre": OTHER, "valid_from": "2026-06-01"}).status_code == 201

    assert post(suite, {"school": SCHOOL, "centre": CENTRE, "valid_from": "2026-04-01"}).status_code == 409


def test_only_keepers_of_the_district_attach(suite):
    body = {"centre": OTHER, "valid_from": DAY}
    statuses = [
        patch(suite, body, as_=token).status_code
        for token in (coordinator(suite, "KAR"), official(suite), suite.sign_in("teacher", 0))
    ]

    assert statuses == [403, 403, 403]
    assert post(suite, {"school": "SYN-KAR-001", "centre": OTHER}).status_code == 403
    assert suite.json("POST", URL, {}).status_code == 401


def test_link_is_moved_once(suite):
    link = link_of(suite)
    bodies = [{"centre": OTHER, "valid_from": DAY, **WHY}, {"centre": OTHER, "valid_from": "2026-03-01", **WHY}]

    statuses = [suite.json("PATCH", f"{URL}/{link}", body, as_=registrar(suite)).status_code for body in bodies]

    assert statuses == [200, 409]
    assert len(attachment_of(suite, SCHOOL, "2026-04-01")) == 1


def test_many_attaching_one_school_leave_one_live_link(suite):
    patch(suite, {"valid_to": DAY})
    token = registrar(suite)

    def attach(number):
        return post(suite, {"school": SCHOOL, "centre": (CENTRE, OTHER)[number % 2]}, as_=token).status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = sorted(threads.map(attach, range(6)))

    assert statuses == [201, 409, 409, 409, 409, 409]
    assert len(attachment_of(suite, SCHOOL)) == 1


def test_list_page_counts_centres_and_their_schools(suite):
    browser = suite.browser()
    browser.get("/registry/centres?as_of=2021-05-01")
    counts = [int(pages.text_of(b)) for b in browser.tree.findall(".//ol//div[@class='m']/b")]

    assert (len(counts), sum(counts)) == (39, 211)
    assert browser.get("/registry/centres?as_of=never").status_code == 422
    assert browser.get("/registry/centres?district=ABA").status_code == 200
    assert len(browser.tree.findall(".//ol//div[@class='m']/b")) == 2


def test_cluster_page_lists_its_schools(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get(f"/registry/centres/{CENTRE}")

    assert len(browser.tree.findall(".//ol/li")) == 6
    assert len([a for a in browser.tree.iter("a") if "/registry/centres/attachments/" in (a.get("href") or "")]) == 6
    assert suite.get("/registry/centres/SYN-XXX").status_code == 404


def test_forms_attach_move_and_end(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get(f"/registry/centres/attachments/{link_of(suite)}")
    browser.submit(centre=OTHER, valid_from=DAY, reason="Ближе")
    assert [row["centre"] for row in attachment_of(suite, SCHOOL)] == [OTHER]

    browser.get(f"/registry/centres/attachments/{link_of(suite)}")
    browser.submit(centre="", valid_from="2026-03-01", reason="Закрыт")
    assert attachment_of(suite, SCHOOL, "2026-03-01") == []

    browser.get(f"/registry/centres/attachments/new?school={SCHOOL}")
    browser.submit(centre=CENTRE, valid_from="2026-04-01", reason="Снова")
    assert [row["centre"] for row in attachment_of(suite, SCHOOL, "2026-04-01")] == [CENTRE]


def test_form_keeps_what_was_typed_when_it_is_refused(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get(f"/registry/centres/attachments/{link_of(suite)}")

    browser.submit(centre=OTHER, valid_from="2019-01-01", reason="Ближе")

    assert browser.response.status_code == 409
    assert browser.tree.find(".//input[@id='f-valid_from']").get("value") == "2019-01-01"
    assert browser.tree.find(".//textarea[@id='f-reason']").text.strip() == "Ближе"


def test_form_of_another_district_is_refused(suite):
    link = link_of(suite)
    assert suite.get(f"/registry/centres/attachments/{link}", as_=coordinator(suite, "KAR")).status_code == 403
    assert suite.get("/registry/centres/attachments/nothing", as_=coordinator(suite)).status_code == 404
    reply = suite.browser(as_=coordinator(suite)).post(
        f"/registry/centres/attachments/{link}", {"centre": OTHER, "valid_from": DAY, "reason": "x"}
    )
    assert reply.status_code == 400
    assert history(suite, SCHOOL) == []
