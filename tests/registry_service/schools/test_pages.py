"""Pages of schools: the list, a card as different readers see it, and the keeper's form."""

import pytest

from registry_service.db import db
from registry_service.schools.queries import by_ref
from registry_service.territories.models import Territory
from tests.registry_service.facts import DAY, coordinator, district, history, official, order_id, registrar, school
from tests.support import pages

pytestmark = pytest.mark.either_engine

CODE = "SYN-ABA-001"
CARD, EDIT = f"/registry/schools/{CODE}", f"/registry/schools/{CODE}/edit"


def edited(suite, token=None, **fields):
    browser = suite.browser(as_=token or coordinator(suite))
    browser.get(EDIT)
    browser.submit_fields({"reason": "Приказ отдела", **fields})
    return browser


def test_list_says_its_count_and_its_filters(suite):
    browser = suite.browser()
    browser.get("/registry/schools?district=ABA&small=yes&as_of=2021-05-01")

    heading = pages.text_of(browser.tree.find(".//h1"))
    assert heading.startswith("11 ")
    assert "Абайский район" in browser.text
    assert "1 мая 2021" in browser.text.replace("\u00a0", " ")


def test_list_of_everything_fits_one_page_and_the_wire(suite):
    browser = suite.browser()
    reply = browser.client.get(
        "/registry/schools", headers={"Accept-Encoding": "gzip"}, base_url="http://127.0.0.1:8000"
    )

    assert len(reply.data) < 15 * 1024
    browser.get("/registry/schools")
    assert len([li for li in browser.tree.iter("li") if li.find(".//h3") is not None]) == 315


def test_list_goes_on_beyond_one_page(suite):
    with suite.registry.app_context(), db.transaction() as session:
        model = by_ref(CODE)
        columns = {c.name: getattr(model, c.name) for c in model.__table__.columns if c.name not in {"id", "code"}}
        session.add_all([type(model)(**columns, code=f"MORE-{number}") for number in range(100)])
        assert session.get(Territory, "ABA")
    browser = suite.browser()
    browser.get("/registry/schools")
    further = next(a for a in browser.tree.iter("a") if a.get("rel") == "next")

    browser.get(further.get("href"))

    assert len([li for li in browser.tree.iter("li") if li.find(".//h3") is not None]) == 15


def test_list_with_nothing_in_it_offers_a_way_on(suite):
    browser = suite.browser()

    assert browser.get("/registry/schools?q=нетакойшколы").status_code == 200
    assert browser.tree.find(".//main//a[@class='btn']").get("href") == "/registry/schools"


@pytest.mark.parametrize("asked", ["as_of=0000", "kind=x", "small=perhaps", "territory_kind=x", "limit=0"])
@pytest.mark.one_engine("sqlite")
def test_list_shows_what_it_could_not_read(suite, asked):
    assert suite.get(f"/registry/schools?{asked}").status_code == 422


def test_card_shows_the_public_facts_without_names_of_persons(suite):
    edited(suite, small="no", valid_from=DAY)
    keeper = suite.browser(as_=coordinator(suite))
    keeper.get(CARD)
    public = suite.browser()
    public.get(CARD)
    name = history(suite, CODE)[0]["actor"]

    assert name in keeper.text
    assert name not in public.html
    assert "Приказ отдела" in keeper.text
    assert "Приказ отдела" not in public.text
    assert f"{CARD}/edit" not in public.html


def test_card_shows_history_to_officials_and_no_form(suite):
    edited(suite, small="no", valid_from=DAY)
    browser = suite.browser(as_=official(suite))
    browser.get(CARD)

    assert "Приказ отдела" in browser.text
    assert f"{CARD}/edit" not in browser.html
    assert browser.get(EDIT).status_code == 403


def test_card_links_centre_patron_and_programmes(suite):
    browser = suite.browser()
    browser.get("/registry/schools/SYN-ABA-003")
    addresses = {a.get("href") for a in browser.tree.iter("a")}

    assert {"/registry/schools/SYN-ABA-013", "/registry/schools/SYN-P01", "/registry/programmes/USHQYR_OI"} <= addresses


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("code", ["SYN-ABA-001", "SYN-ABA-012", "SYN-P01", "SYN-ABA-020"])
@pytest.mark.one_engine("sqlite")
def test_card_of_every_kind_of_school_is_a_good_page(suite, lang, code):
    assert suite.get(f"/registry/schools/{code}", lang=lang).status_code == 200
    assert suite.get(f"/registry/schools/{code}", as_=registrar(suite), lang=lang).status_code == 200


def test_form_changes_a_dated_status_by_an_order(suite):
    order = order_id(suite)

    browser = edited(suite, small="no", valid_from=DAY, order_id=order)

    assert browser.url.endswith(CARD)
    assert district(suite, "ABA")["small"] == 10
    assert history(suite, CODE)[-1]["order_id"] == order


def test_form_left_as_it_is_changes_nothing(suite):
    browser = edited(suite)

    assert browser.url.endswith(CARD)
    assert history(suite, CODE) == []


def test_form_changes_only_what_was_touched(suite):
    edited(suite, **{"name.en": "First school"})

    lines = history(suite, CODE)
    assert [list(line["new"]) for line in lines] == [["name"]]
    assert school(suite, CODE)["name"]["en"] == "First school"
    assert school(suite, CODE)["small"] is True


def test_form_without_a_day_keeps_what_was_typed(suite):
    browser = edited(suite, small="no", **{"name.en": "First school"})

    assert browser.response.status_code == 422
    assert browser.tree.find(".//input[@id='f-valid_from']").get("aria-invalid") == "true"
    assert browser.tree.find(".//input[@name='name.en']").get("value") == "First school"
    assert [
        i.get("value") for i in browser.tree.iter("input") if i.get("name") == "small" and i.get("checked") is not None
    ] == ["no"]
    assert history(suite, CODE) == []


def test_form_made_from_an_old_version_is_refused(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get(EDIT)
    edited(suite, **{"name.en": "First school"})

    browser.submit_fields({"reason": "Позже", "name.en": "Second school"})

    assert browser.response.status_code == 412
    assert browser.tree.find(".//input[@name='name.en']").get("value") == "Second school"
    assert school(suite, CODE)["name"]["en"] == "First school"
    assert browser.tree.find(".//div[@class='note']") is not None

    browser.submit_fields({})

    assert school(suite, CODE)["name"]["en"] == "Second school"


def test_form_without_its_token_changes_nothing(suite):
    browser = suite.browser(as_=coordinator(suite))

    reply = browser.post(EDIT, {"reason": "x", "small": "no", "valid_from": DAY})

    assert reply.status_code == 400
    assert history(suite, CODE) == []


def test_form_of_another_district_is_refused(suite):
    browser = suite.browser(as_=coordinator(suite, "KAR"))

    assert browser.get(EDIT).status_code == 403
    assert browser.post(EDIT, {"reason": "x"}).status_code in {400, 403}
    assert suite.browser().get(EDIT, follow=False).status_code == 302


def test_new_school_is_entered_by_form(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get("/registry/schools/new")
    offered = [o.get("value") for o in browser.tree.find(".//select[@id='f-district']")]

    browser.submit_fields({"name.ru": "Новая школа", "small": "yes", "valid_from": DAY, "reason": "Приказ"})

    assert offered == ["ABA"]
    assert browser.url.endswith("/registry/schools/ABA-001")
    assert (school(suite, "ABA-001")["small"], school(suite, "ABA-001")["opened_on"]) == (True, DAY)


def test_empty_form_of_a_new_school_names_every_place(suite):
    browser = suite.browser(as_=coordinator(suite))
    browser.get("/registry/schools/new")
    browser.submit_fields({})

    assert browser.response.status_code == 422
    assert browser.tree.find(".//input[@id='f-name-kk']") is not None
    assert {"#f-name-kk", "#f-reason"} <= {a.get("href") for a in browser.tree.iter("a")}


@pytest.mark.parametrize("version", ["", "x", "9" * 30, "-1", "١"])
def test_nonsense_version_is_a_stale_one(suite, version):
    browser = edited(suite, version=version, **{"name.en": "First school"})

    assert browser.response.status_code == 412
