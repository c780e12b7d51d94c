"""How feeds answer over HTTP: validators, headers, and what they must never do."""

from typing import Any

import pytest
from werkzeug.http import http_date
from werkzeug.test import Client, TestResponse

from services.database import utcnow
from tests.events_service.scene import Scene, play
from tests.support.suite import ORIGIN, Suite

pytestmark = pytest.mark.either_engine

ALL = "/calendars/all.ics"


def fetch(suite: Suite, path: str = ALL, method: str = "GET", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(suite.wsgi).open(path, method=method, headers=named, base_url=ORIGIN)


def every_feed(scene: Scene) -> list[str]:
    teacher = scene.suite.sign_in("teacher", 1)
    mine = scene.do("GET", "/api/v1/me/calendar", as_=teacher)["url"].removeprefix(ORIGIN)
    return [ALL, "/calendars/kind/webinar.ics", mine, f"/events/{scene.event['slug']}.ics"]


def test_two_fetches_are_the_same_bytes(suite: Suite) -> None:
    scene = play(suite)
    for path in every_feed(scene):
        first, second = fetch(suite, path), fetch(suite, path)
        assert first.status_code == 200
        assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])


def test_language_and_cookies_of_the_reader_change_nothing(suite: Suite) -> None:
    scene = play(suite)
    for path in every_feed(scene):
        plain = fetch(suite, path)
        other = fetch(suite, path, Accept_Language="en", Cookie="qonyrau_lang=ru")
        assert plain.data == other.data
        assert plain.headers["Vary"] == "Accept-Encoding"
        assert "Set-Cookie" not in plain.headers
        assert "Set-Cookie" not in fetch(suite, path + "?lang=ru").headers


def test_headers_are_those_that_calendar_programs_need(suite: Suite) -> None:
    scene = play(suite)
    public, _kind, mine, single = (fetch(suite, path) for path in every_feed(scene))
    for reply in (public, mine, single):
        assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert reply.headers["X-Robots-Tag"] == "noindex"
        assert not reply.headers["ETag"].startswith("W/")
    assert public.headers["Cache-Control"] == "public, max-age=300"
    assert public.headers["Content-Disposition"] == "inline; filename=qonyrau.ics"
    assert mine.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert mine.headers["Referrer-Policy"] == "no-referrer"
    assert single.headers["Content-Disposition"] == f"attachment; filename={scene.event['slug']}.ics"


def conditions(etag: str, changed: str) -> list[tuple[dict[str, str], int]]:
    past, future = "Wed, 01 Jan 2020 00:00:00 GMT", http_date(utcnow().replace(year=2099))
    return [
        ({"If_None_Match": etag}, 304),
        ({"If_None_Match": f'"other", {etag}'}, 304),
        ({"If_None_Match": f"W/{etag}"}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_None_Match": "rubbish"}, 200),
        ({"If_Modified_Since": changed}, 304),
        ({"If_Modified_Since": future}, 304),
        ({"If_Modified_Since": past}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": changed}, 200),
        ({"If_None_Match": etag, "If_Modified_Since": past}, 304),
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_unchanged_feed_is_304_by_etag_first(suite: Suite, method: str) -> None:
    scene = play(suite)
    for path in every_feed(scene):
        reply = fetch(suite, path)
        for headers, status in conditions(reply.headers["ETag"], reply.headers["Last-Modified"]):
            found = fetch(suite, path, method, **headers)
            assert found.status_code == status, (path, headers)
            assert found.headers["ETag"] == reply.headers["ETag"]
            assert (not found.data) == (status == 304 or method == "HEAD")


def test_compressed_feed_is_304_too(suite: Suite) -> None:
    play(suite)
    reply = fetch(suite, Accept_Encoding="gzip")
    assert reply.headers["Content-Encoding"] == "gzip"
    again = fetch(suite, Accept_Encoding="gzip", If_None_Match=reply.headers["ETag"])
    assert (again.status_code, again.headers["ETag"]) == (304, reply.headers["ETag"])


def test_head_has_the_headers_of_get(suite: Suite) -> None:
    scene = play(suite)
    for path in every_feed(scene):
        get, head = fetch(suite, path), fetch(suite, path, "HEAD")
        for name in ("ETag", "Last-Modified", "Content-Length", "Content-Type", "Cache-Control"):
            assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("method", ["OPTIONS", "PROPFIND", "REPORT", "POST", "PUT"])
def test_other_methods_are_refused_calmly(suite: Suite, method: str) -> None:
    assert fetch(suite, method=method).status_code in {200, 204, 400, 405}


def changes(scene: Scene) -> dict[str, Any]:
    return {
        "title": lambda: scene.change(title={"kk": "Басқа"}),
        "description": lambda: scene.change(description={"kk": "Басқа мәтін"}),
        "words of the agenda": lambda: scene.change(agenda=[{"title": {"kk": "Кіріспе сөз"}}]),
        "agenda": lambda: scene.change(agenda=[]),
        "place": lambda: scene.change(venue={"kk": "Балқаш"}),
        "cancel": scene.cancel,
        "restore": scene.restore,
        "kind": lambda: scene.change(kind="seminar"),
    }


def test_every_change_of_what_is_shown_moves_the_validators(suite: Suite) -> None:
    scene = play(suite)
    path = "/calendars/kind/webinar.ics"
    for name, change in changes(scene).items():
        before = fetch(suite, path)
        change()
        after = fetch(suite, path, If_None_Match=before.headers["ETag"])
        assert after.status_code == 200, name
        assert after.headers["Last-Modified"] >= before.headers["Last-Modified"]


def test_registering_changes_no_public_feed(suite: Suite) -> None:
    scene = play(suite)
    before = fetch(suite)
    scene.register(1)
    assert fetch(suite, If_None_Match=before.headers["ETag"]).status_code == 304
