"""What is on, and the page of an event."""

import pytest

from tests.events_service.cost import sent
from tests.events_service.desk import DAY, slug_in, written
from tests.events_service.scene import TITLE, play

pytestmark = pytest.mark.either_engine


def test_list_shows_an_event_under_its_month_with_its_state(suite):
    scene = play(suite, capacity=3)
    browser = suite.browser("en")
    browser.get(f"/?month={DAY:%Y-%m}&q=Аралас")
    assert TITLE["en"] in browser.text
    assert "3 places free" in browser.text
    assert f"{DAY:%B}" in browser.text
    scene.cancel()
    browser.get(f"/?month={DAY:%Y-%m}&q=Аралас")
    assert "Will not take place" in browser.text
    assert [TITLE["en"]] == ["".join(found.itertext()) for found in browser.tree.iter("del")]


def test_list_says_where_its_reader_stands(suite):
    scene = play(suite, capacity=1)
    scene.register(0)
    scene.register(1)
    words = [suite.browser("en", suite.sign_in("teacher", number)) for number in range(3)]
    for browser in words:
        browser.get(f"/?month={DAY:%Y-%m}&q=Аралас")
    assert "You are registered" in words[0].text
    assert "You are waiting" in words[1].text
    assert "The waiting list is open" in words[2].text


def test_list_runs_as_many_queries_for_one_row_as_for_sixty(suite):
    play(suite)
    sent(suite, "/")
    few, many = sent(suite, "/?q=Аралас"), sent(suite, "/")
    assert many <= few


def test_filter_leaves_only_what_it_names(suite):
    play(suite, programme="ZEIIN", language="kk", subject="физика")
    browser = suite.browser("en")
    for query, found in [
        ("kind=webinar&programme=ZEIIN", True),
        ("subject=физика&language=kk", True),
        ("q=смешанном", True),
        ("language=ru&q=Аралас", False),
        ("kind=fair&q=Аралас", False),
    ]:
        browser.get(f"/?{query}")
        assert (TITLE["en"] in browser.text) is found, query


def test_filter_that_finds_nothing_offers_what_there_is(suite):
    browser = suite.browser("en")
    browser.get("/?kind=meeting&q=нетакого")
    assert "There are no such events" in browser.text
    assert "Clear the filter" in browser.text


@pytest.mark.parametrize("query", ["month=2026-13", "month=0000-01", "cursor=%ff", "q=" + "а" * 101, "month=9999-12"])
def test_list_refuses_addresses_that_are_not_its_own(suite, query):
    assert suite.get(f"/?{query}").status_code in {404, 422}


def test_event_page_shows_the_link_to_join_only_to_those_who_have_a_place(suite):
    scene = play(suite, capacity=1)
    scene.register(0)
    scene.register(1)
    slug, link = scene.event["slug"], "https://zoom.example/j/123"
    teachers = [suite.get(f"/events/{slug}", suite.sign_in("teacher", number)).text for number in (0, 1, 2)]
    shown = [link in text for text in [*teachers, suite.get(f"/events/{slug}").text]]
    assert shown == [True, False, False, False]
    assert link in suite.get(f"/events/{slug}", scene.organiser).text


def test_event_page_marks_text_of_another_language(suite):
    scene = play(suite, title={"ru": "Только по-русски"}, description={"ru": "Первый.\n\nВторой."})
    browser = suite.browser("kk")
    browser.get(f"/events/{scene.event['slug']}")
    heading = browser.tree.find(".//h1/span")
    assert (heading.get("lang"), heading.text) == ("ru", "Только по-русски")
    assert [p.text for p in browser.tree.findall(".//div[@lang='ru']/p")] == ["Первый.", "Второй."]


def test_draft_exists_only_for_its_organisers(suite):
    slug = slug_in(written(suite).url)
    codes = [
        suite.get(f"/events/{slug}", token).status_code
        for token in (None, suite.sign_in("teacher"), suite.sign_in("organiser", 3), suite.sign_in("organiser", 1))
    ]
    assert codes == [404, 404, 404, 200]
