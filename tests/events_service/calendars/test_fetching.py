"""Which program fetched a calendar last: written down after the fetch, seldom, and never at its cost."""

from datetime import timedelta

import pytest

from events_service.calendars import fetching, queries
from events_service.calendars.models import FeedFetch
from events_service.db import db
from services.database import utcnow
from tests.events_service.calendars.reading import ALL, person_id, personal
from tests.support.suite import Suite

MOZILLA, WEBKIT = "Mozilla/5.0", "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = {
    "Google-Calendar-Importer": "Google",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.2.0": "Thunderbird",
    "iOS/17.5 (21F79) dataaccessd/1.0": "Apple",
    "macOS/14.5 (23F79) CalendarAgent/988": "Apple",
    "Mac+OS+X/10.15.7 (19H2) CalendarAgent/930.5.1": "Apple",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17029; Pro)": "Outlook",
    "ICSx5/2.2 (2024/05/01; okhttp/5) Android/14": "Android",
    "DAVx5/4.4 (dav4jvm; okhttp/4.12.0) Android/14": "Android",
    "macOS/15.1 (24B83) remindd/2847": "Apple",
    f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36": "other",
    f"{MOZILLA} (Linux; Android 10; K) {WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36": "other",
    f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/17.5 Safari/605.1.15": "other",
    f"{MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} FxiOS/128.0 Mobile/15E148": "other",
    f"{MOZILLA} (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0": "other",
    f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0 OneOutlook/1.2024": "Outlook",
    "curl/8.5": "other",
    "": "other",
    "x" * 5000 + "Google": "other",
}


def fetch(suite: Suite, path: str, agent: str) -> None:
    assert suite.json("GET", path, headers={"User-Agent": agent}).status_code == 200


def fetches(suite: Suite) -> dict[str, float]:
    """Programs, each with how many minutes ago."""
    fetching.settle()
    with suite.events.app_context():
        return {name: (utcnow() - at).total_seconds() / 60 for name, at in queries.fetches(person_id(suite))}


@pytest.mark.parametrize("agent", AGENTS)
def test_program_is_known_by_the_name_it_gives_itself(agent: str) -> None:
    assert fetching.program_of(agent) == AGENTS[agent]


def test_fetch_is_written_once_in_ten_minutes_for_each_program(suite: Suite) -> None:
    path = personal(suite)
    for agent in ("Google-Calendar-Importer", "Google-Calendar-Importer", "Thunderbird/128"):
        fetch(suite, path, agent)
    assert set(fetches(suite)) == {"Google", "Thunderbird"}
    assert max(fetches(suite).values()) < 1
    with suite.events.app_context(), db.transaction() as session:
        for row in session.query(FeedFetch):
            row.at -= timedelta(minutes=5)
    fetching._noted.clear()  # another process
    fetch(suite, path, "Google-Calendar-Importer")
    assert 4 < fetches(suite)["Google"] < 6
    with suite.events.app_context(), db.transaction() as session:
        for row in session.query(FeedFetch):
            row.at -= timedelta(minutes=6)
    fetching._noted.clear()
    fetch(suite, path, "Google-Calendar-Importer")
    assert fetches(suite)["Google"] < 1
    assert fetches(suite)["Thunderbird"] > 10  # control: nobody else's moved


def test_new_address_has_been_fetched_by_nobody_until_it_is(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    old, late = personal(suite), []
    fetch(suite, old, "Google-Calendar-Importer")
    assert set(fetches(suite)) == {"Google"}  # control: it had been
    with monkeypatch.context() as patch:
        patch.setattr(fetching._waiting, "put_nowait", late.append)
        fetch(suite, old, "Thunderbird/128")
    suite.json("POST", "/api/v1/me/calendar/rotate", as_=suite.sign_in("teacher", 1))
    fetching._waiting.put_nowait(late[0])  # noted before, written after
    assert fetches(suite) == {}
    fetch(suite, personal(suite), "Google-Calendar-Importer")
    assert set(fetches(suite)) == {"Google"}


def test_fetch_of_a_public_feed_is_nobodys(suite: Suite) -> None:
    fetch(suite, ALL, "Google-Calendar-Importer")
    assert fetches(suite) == {}


def test_fetch_is_answered_when_nothing_can_be_written(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(fetching, "write", refuse)
    fetch(suite, personal(suite), "Google-Calendar-Importer")
    assert fetches(suite) == {}
