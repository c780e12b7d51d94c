"""The page that says what there is to subscribe to."""

from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import segno
from icalendar import Calendar

from events_service.calendars import fetching
from tests.events_service.scene import play
from tests.support.pages import text_of
from tests.support.suite import ORIGIN, Browser, Suite

pytestmark = pytest.mark.either_engine


def fields(browser: Browser) -> dict[str, str]:
    return {e.get("id", ""): e.get("value", "") for e in browser.tree.iter("input") if e.get("readonly") is not None}


def rows(browser: Browser) -> dict[str, tuple[int, str]]:
    """What the rows of ready calendars say: number and page, by label."""
    found = {}
    for row in browser.tree.iter("li"):
        link, number = row.find(".//a"), row.find("./div[@class='m']/b")
        if isinstance(link, ET.Element) and number is not None:
            found[text_of(link)] = (int(text_of(number)), link.get("href", ""))
    return found


def test_stranger_is_offered_the_open_calendar_only(suite: Suite) -> None:
    browser = suite.browser("ru")
    browser.get("/calendars")
    assert fields(browser) == {"chosen-link": f"{ORIGIN}/calendars/all.ics?lang=ru"}
    assert f'href="webcal://{urlsplit(ORIGIN).netloc}/calendars/all.ics?lang=ru"' in browser.html


def test_kazakh_calendar_has_the_short_address(suite: Suite) -> None:
    browser = suite.browser("kk")
    browser.get("/calendars?district=ABA")
    assert fields(browser) == {"chosen-link": f"{ORIGIN}/calendars/district/ABA.ics"}


def test_filters_of_the_list_become_the_address(suite: Suite) -> None:
    browser = suite.browser("ru")
    browser.get("/calendars?kind=webinar&district=ABA&q=сабақ")
    assert fields(browser) == {"chosen-link": f"{ORIGIN}/calendars/all.ics?district=ABA&kind=webinar&lang=ru"}


def test_signed_in_person_sees_her_own_link(suite: Suite) -> None:
    browser = suite.browser("kk", suite.sign_in("teacher", 1))
    browser.get("/calendars")
    url = fields(browser)["my-link"]
    assert suite.json("GET", url.removeprefix(ORIGIN)).status_code == 200
    assert browser.response.headers["Cache-Control"] == "no-store"


def test_of_two_calendars_one_is_shown_with_its_three_ways(suite: Suite) -> None:
    browser = suite.browser("ru", suite.sign_in("teacher", 1))
    for page, name in (
        ("/calendars", "my-link"),
        ("/calendars?feed=all", "chosen-link"),
        ("/calendars?kind=webinar", "chosen-link"),
    ):
        browser.get(page)
        ((found, link),) = fields(browser).items()
        assert found == name
        assert f'href="{link.replace("http:", "webcal:")}"' in browser.html
        (picture,) = [svg for svg in browser.tree.findall(".//{*}svg") if svg.get("role") == "img"]
        drawn = segno.make(link.replace("http:", "webcal:"), error="m", micro=False)
        dark = next(path for path in picture.findall(".//{*}path") if path.get("stroke"))
        assert dark.get("d") in drawn.svg_inline(border=4)
        assert picture.get("aria-label", "").startswith("QR-код")
        assert len(browser.response.data) < 60_000
        assert len(list(browser.tree.iter("details"))) >= 5


def test_deadlines_have_their_page_and_their_filters(suite: Suite) -> None:
    browser = suite.browser("ru")
    browser.get("/calendars?feed=deadlines&district=ABA")
    link = fields(browser)["chosen-link"]
    assert link == f"{ORIGIN}/calendars/deadlines.ics?district=ABA&lang=ru"
    assert suite.json("GET", link.removeprefix(ORIGIN)).status_code == 200
    assert browser.get("/calendars?feed=nothing").status_code == 404


def test_teacher_finds_her_school_and_its_cluster(suite: Suite) -> None:
    browser = suite.browser("ru", suite.sign_in("teacher", 1))
    browser.get("/calendars")
    pages = [page for _number, page in rows(browser).values()]
    near = [page for page in pages if "school=" in page or "cluster=" in page]
    assert [page.partition("=")[0] for page in near] == ["/calendars?school", "/calendars?cluster"]
    for page in near:
        browser.get(page)
        assert suite.json("GET", fields(browser)["chosen-link"].removeprefix(ORIGIN)).status_code == 200
    browser.get("/calendars")
    centre = next(option.get("value") for option in browser.tree.iter("option"))
    assert browser.get(f"/calendars?cluster={centre}").status_code == 200


def test_switches_are_kept_and_change_the_feed(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    browser = suite.browser("en", suite.sign_in("teacher", 1))
    browser.get("/calendars")
    path = fields(browser)["my-link"].removeprefix(ORIGIN)
    before = suite.json("GET", path).data
    browser.submit_fields({"alarms": "on", "hide_cancelled": "on"}, action="/calendars/switches")
    ticked = [e.get("name") for e in browser.tree.iter("input") if e.get("checked") is not None]
    assert ticked == ["alarms", "hide_cancelled"]
    assert b"BEGIN:VALARM" not in before
    assert b"BEGIN:VALARM" in suite.json("GET", path).data
    scene.cancel()
    assert b"BEGIN:VEVENT" not in suite.json("GET", path).data
    browser.submit_fields({"alarms": "maybe"}, action="/calendars/switches")
    assert browser.response.status_code == 422
    form = browser.form("/calendars/switches")
    browser.send(form, {"alarms": [], "hide_cancelled": []})
    assert b"STATUS:CANCELLED" in suite.json("GET", path).data


def test_page_says_which_program_asked_last(suite: Suite) -> None:
    browser = suite.browser("en", suite.sign_in("teacher", 1))
    browser.get("/calendars")
    assert "No program has asked" in browser.text
    path = fields(browser)["my-link"].removeprefix(ORIGIN)
    suite.json("GET", path, headers={"User-Agent": "Google-Calendar-Importer"})
    fetching.settle()
    browser.get("/calendars")
    (fact,) = [text_of(e) for e in browser.tree.iter("dt")]
    assert fact == "Google Calendar"
    browser.submit("/calendars/replace")
    assert suite.json("GET", path).status_code == 404


def test_counts_are_the_entries_of_each_feed(suite: Suite) -> None:
    play(suite, programme="AUYL_QALA", audience={"rule": "district", "district": "ABA"})
    play(suite, kind="fair", audience={"rule": "district", "district": "KAR"})
    play(suite, date_precision="month", audience={"rule": "district", "district": "KAR"})
    browser = suite.browser("kk")
    browser.get("/calendars")
    found = rows(browser)
    assert len(found) >= 18
    for label, (number, page) in found.items():
        browser.get(page)
        link = fields(browser)["chosen-link"].removeprefix(ORIGIN)
        entries = Calendar.from_ical(suite.json("GET", link).data).walk("VEVENT")
        assert len([entry for entry in entries if "RELATED-TO" not in entry]) == number, label


def test_every_link_is_what_the_page_names(suite: Suite) -> None:
    play(suite)
    browser = suite.browser("en")
    browser.get("/calendars?kind=webinar")
    calendar = Calendar.from_ical(suite.json("GET", fields(browser)["chosen-link"].removeprefix(ORIGIN)).data)
    headings = [text_of(heading) for heading in browser.tree.iter("h2")]
    assert str(calendar["X-WR-CALNAME"]) in headings
