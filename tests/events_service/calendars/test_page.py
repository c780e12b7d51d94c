"""The page that says what there is to subscribe to."""

from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from icalendar import Calendar

from tests.events_service.scene import play
from tests.support.pages import text_of
from tests.support.suite import ORIGIN, Browser, Suite


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
