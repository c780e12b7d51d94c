"""The school calendar: years with their terms, days off and breaks, and who may write them."""

from datetime import date

import pytest

from demo.school_calendar import academic_years
from tests.registry_service.facts import API, coordinator, last_change, registrar

pytestmark = pytest.mark.either_engine

YEARS, DAYS = f"{API}/academic-years", f"{API}/calendar-days"
TERMS = [
    {"first_day": "2031-09-01", "last_day": "2031-10-26"},
    {"first_day": "2031-11-05", "last_day": "2031-12-30"},
    {"first_day": "2032-01-10", "last_day": "2032-03-18"},
    {"first_day": "2032-04-01", "last_day": "2032-05-25"},
]
YEAR = {"first_day": "2031-09-01", "last_day": "2032-05-25", "terms": TERMS, "basis": "Приказ министерства"}
DAY = {"kind": "day_off", "first_day": "2031-12-16", "name": {"kk": "Тәуелсіздік күні"}, "every_year": True}


def send(suite, method, path, body=None, as_=None):
    return suite.json(method, path, body, as_=as_ or registrar(suite))


def days_of(suite, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return suite.json("GET", f"{DAYS}?limit=200&{query}").get_json()["items"]


def test_demo_holds_the_calendar_of_the_report_and_the_years_since(suite):
    years = suite.json("GET", YEARS).get_json()["items"]
    assert years[-1]["code"] == "2020-21"
    assert [len(years[-1]["terms"]), len(years[-1]["half_years"])] == [4, 2]
    assert years[-1]["half_years"][0]["last_day"] == "2020-12-30"
    autumn = next(day for day in days_of(suite, year="2020-21", kind="school_break"))
    assert (autumn["first_day"], autumn["last_day"]) == ("2020-11-05", "2020-11-14")
    for day in ("2021-05-07", "2021-05-10"):
        assert [found["kind"] for found in days_of(suite, since=day, until=day)] == ["day_off"]
    assert days_of(suite, since="2021-05-11", until="2021-05-11") == []


@pytest.mark.parametrize("day, last", [(date(2026, 11, 25), "2026-27"), (date(2027, 8, 31), "2026-27")])
def test_demo_years_reach_the_present_one(day, last):
    assert [year["code"] for year in academic_years(day)][0] == "2020-21"
    assert academic_years(day)[-1]["code"] == last


def test_year_is_entered_changed_and_removed(suite):
    made = send(suite, "POST", YEARS, YEAR)
    assert made.status_code == 201, made.text
    assert made.get_json()["code"] == "2031-32"
    assert [half["first_day"] for half in made.get_json()["half_years"]] == ["2031-09-01", "2032-01-10"]
    assert last_change(suite) == ("academic_year", "2031-32")

    changed = send(suite, "PATCH", f"{YEARS}/2031-32", {"last_day": "2032-05-31", "terms": []})
    assert (changed.get_json()["last_day"], changed.get_json()["terms"]) == ("2032-05-31", [])
    assert changed.get_json()["basis"] == YEAR["basis"]
    assert send(suite, "DELETE", f"{YEARS}/2031-32").status_code == 204
    assert send(suite, "GET", f"{YEARS}/2031-32").status_code == 404


BAD_YEARS = [
    ({"last_day": "2031-08-31"}, 422, "last_day"),
    ({"last_day": "2033-01-01"}, 422, "last_day"),
    ({"first_day": None}, 422, "first_day"),
    ({"first_day": "31.12.2031"}, 422, "first_day"),
    ({"basis": "x" * 301}, 422, "basis"),
    ({"terms": TERMS[:3]}, 422, "terms"),
    ({"terms": [TERMS[1], TERMS[0], *TERMS[2:]]}, 422, "terms.1.first_day"),
    ({"last_day": "2032-05-20"}, 422, "terms.3.first_day"),
    ({"terms": [{**TERMS[0], "last_day": "2031-09-01"}, *TERMS[1:]]}, 422, "terms.0.last_day"),
    ({"first_day": "2021-03-01", "last_day": "2021-06-01", "terms": []}, 409, "first_day"),
    ({"first_day": "2020-09-02", "last_day": "2021-05-01", "terms": []}, 409, "first_day"),
]
BAD_DAYS = [
    ({"kind": "holiday"}, 422, "kind"),
    ({"first_day": "1999-12-31"}, 422, "first_day"),
    ({"last_day": "2031-12-15"}, 422, "last_day"),
    ({"last_day": "2032-12-15"}, 422, "last_day"),
    ({"name": {}}, 422, "name"),
    ({"name": {"kk": "a\x00"}}, 422, "name"),
    ({"basis": 7}, 422, "basis"),
    ({"first_day": "2021-05-07"}, 409, "first_day"),
]


def test_bad_years_and_days_are_refused_at_their_field(suite):
    before = last_change(suite)
    for path, body, changes in ((YEARS, YEAR, BAD_YEARS), (DAYS, DAY, BAD_DAYS)):
        for change, status, field in changes:
            reply = send(suite, "POST", path, {**body, **change})
            assert reply.status_code == status, (change, reply.text)
            assert field in reply.get_json()["errors"], change
    assert last_change(suite) == before  # nothing of it was kept


def test_which_year_it_is_cannot_be_changed(suite):
    assert send(suite, "PATCH", f"{YEARS}/2020-21", {"first_day": "2019-12-31"}).status_code == 422
    assert send(suite, "PATCH", f"{YEARS}/2099-00", {"basis": "x"}).status_code == 404


def test_day_off_is_entered_changed_and_removed(suite):
    made = send(suite, "POST", DAYS, DAY).get_json()
    assert (made["first_day"], made["last_day"]) == ("2031-12-16", "2031-12-16")
    assert last_change(suite) == ("calendar_day", made["id"])

    changed = send(suite, "PATCH", f"{DAYS}/{made['id']}", {"last_day": "2031-12-17"})
    assert (changed.get_json()["last_day"], changed.get_json()["name"]) == ("2031-12-17", DAY["name"])
    assert send(suite, "POST", DAYS, {**DAY, "first_day": "2031-12-17"}).status_code == 409
    assert send(suite, "POST", DAYS, {**DAY, "kind": "school_break"}).status_code == 201
    assert send(suite, "DELETE", f"{DAYS}/{made['id']}").status_code == 204
    assert send(suite, "DELETE", f"{DAYS}/{made['id']}").status_code == 404


def test_fixed_days_off_are_copied_into_the_next_year_once(suite):
    send(suite, "POST", YEARS, YEAR)
    send(suite, "POST", YEARS, {"first_day": "2032-09-01", "last_day": "2033-05-25"})
    for day in (DAY, {**DAY, "first_day": "2032-02-29"}, {**DAY, "first_day": "2032-03-24", "every_year": False}):
        assert send(suite, "POST", DAYS, day).status_code == 201

    path = f"{YEARS}/2032-33/copy-holidays"
    assert [send(suite, "POST", path).get_json()["copied"] for _ in range(2)] == [2, 0]
    assert [day["first_day"] for day in days_of(suite, year="2032-33")] == ["2032-12-16", "2033-02-28"]


def test_only_a_registrar_keeps_the_calendar(suite):
    for who, status in ((coordinator(suite), 403), ("", 401)):
        for method, path, body in (
            ("POST", YEARS, YEAR),
            ("PATCH", f"{YEARS}/2020-21", {}),
            ("DELETE", f"{YEARS}/2020-21", None),
            ("POST", f"{YEARS}/2020-21/copy-holidays", None),
            ("POST", DAYS, DAY),
        ):
            assert suite.json(method, path, body, as_=who or None).status_code == status, path
    assert suite.browser(as_=coordinator(suite)).get("/registry/calendar/new").status_code == 403


def test_pages_show_years_to_anyone(suite):
    for lang, name in (("kk", "Күзгі каникул"), ("ru", "Осенние каникулы"), ("en", "Autumn break")):
        browser = suite.browser(lang)
        assert browser.get("/registry/calendar").status_code == 200
        browser.get("/registry/calendar/2020-21")
        assert "2020–2021" in browser.text and name in browser.text
    assert browser.get("/registry/calendar/1999-00").status_code == 404


def test_registrar_keeps_the_calendar_by_its_pages(suite):
    browser = suite.browser("en", registrar(suite))
    browser.get("/registry/calendar/new")
    lines = {f"terms.{number}.{name}": day for number, term in enumerate(TERMS) for name, day in term.items()}
    browser.submit_fields({"first_day": "2031-09-01", "last_day": "2032-05-25", **lines})
    assert "School year 2031–2032" in browser.text

    browser.get("/registry/calendar/2031-32/days/new")
    browser.submit_fields({"first_day": "2031-12-16", "name.en": "Independence Day", "every_year": "on"})
    assert "Independence Day" in browser.text
    assert "the same every year" in browser.text
    day = days_of(suite, year="2031-32")[0]["id"]
    browser.get(f"/registry/calendar/days/{day}/edit")
    browser.submit_fields({"last_day": "2031-12-10"}, follow=False)
    assert browser.response.status_code == 422
    assert browser.tree.find(".//input[@id='f-last_day']").get("value") == "2031-12-10"
    browser.submit_fields({"last_day": "2031-12-17"})
    assert "16 December 2031" in browser.text.replace("\u00a0", " ")
    browser.get("/registry/calendar/2031-32/edit")
    browser.submit_fields({"terms.3.first_day": "", "terms.3.last_day": ""}, follow=False)
    assert browser.response.status_code == 422
    browser.get(f"/registry/calendar/days/{day}/remove")
    browser.submit()
    assert days_of(suite, year="2031-32") == []
    browser.get("/registry/calendar/2031-32")
    browser.submit("/registry/calendar/2031-32/copy-holidays")
    assert "nothing to copy" in browser.text
    browser.get("/registry/calendar/2031-32/remove")
    browser.submit()
    assert suite.json("GET", f"{YEARS}/2031-32").status_code == 404
