"""Whatever is written into an event or its fair, a kept feed is the feed that would be made now."""

from collections.abc import Callable
from datetime import time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events_service.calendars import kept
from events_service.events import content
from events_service.events.models import FORMATS, KINDS, LANGUAGES, LEADS, PRECISIONS
from tests.events_service.calendars.reading import person_id, personal, switch
from tests.events_service.fairs.fairground import open_fair
from tests.events_service.scene import Scene, in_days, play
from tests.support.suite import Suite

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"))
WORDS = st.text(LETTERS, max_size=60).map(str.strip)
TEXTS = WORDS.map(lambda text: {"kk": text or "-"})
CLOCKS = st.times(time(9), time(11)).map(lambda at: at.strftime("%H:%M"))
WITHIN = st.times(time(11), time(11, 59)).map(lambda at: in_days(40, at.strftime("%H:%M")))
LINES = st.fixed_dictionaries({"title": TEXTS, "presenter": WORDS, "starts_at": st.none() | WITHIN})
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "title": TEXTS,
    "description": TEXTS,
    "venue": TEXTS,
    "subject": WORDS,
    "join_url": WORDS.map(lambda word: f"https://zoom.example/j/{quote(word)}"),
    "kind": st.sampled_from(KINDS),
    "format": st.sampled_from(FORMATS),
    "language": st.sampled_from(LANGUAGES),
    "programme": st.sampled_from(["", "AUYL_QALA"]),
    "time_zone": st.sampled_from(["Asia/Almaty", "Asia/Qyzylorda", "Europe/Berlin"]),
    "starts_at": CLOCKS.map(lambda at: in_days(40, at)),
    "ends_at": CLOCKS.map(lambda at: in_days(41, at)),
    "all_day": st.booleans(),
    "date_precision": st.sampled_from(PRECISIONS),
    "registration_closes_at": st.integers(1, 39).map(in_days),
    "reminders": st.lists(st.sampled_from(LEADS), unique=True),
    "agenda": st.lists(LINES, max_size=3),
    "audience": st.sampled_from([{"rule": "everyone"}, {"rule": "small_class"}]),
}
CHANGES = st.one_of(*(st.tuples(st.just(name), values) for name, values in FIELDS.items()))
FEW = ("/calendars/kind/webinar.ics", "/calendars/deadlines.ics")


def check_kept(suite: Suite, *paths: str) -> list[bytes]:
    """Each kept feed is the one that would be made now."""
    warm = [suite.json("GET", path) for path in paths]
    for name in ("feeds", "feed_answers"):
        suite.events.extensions.pop(name, None)
    kept._kept.clear()
    cold = [suite.json("GET", path) for path in paths]
    said = [[(reply.data, reply.headers["ETag"]) for reply in replies] for replies in (warm, cold)]
    assert said[0] == said[1]
    return [reply.data for reply in warm]


@pytest.mark.one_engine("sqlite")
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=CHANGES)
def test_kept_feed_is_the_feed_that_would_be_made_now(suite: Suite, change: tuple[str, Any]) -> None:
    """Whatever an organiser writes into whichever field, and however often."""
    scene, mine = scene_of(suite)
    reply = suite.json("PATCH", scene.path(), dict([change]), as_=scene.organiser)
    assert reply.status_code in {200, 422}, reply.text
    check_kept(suite, mine, *FEW)


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize("name", ["venue", "reminders", "join_url"])
def test_field_that_moves_no_stamp_is_noticed(suite: Suite, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    scene, mine = scene_of(suite)
    check_kept(suite, mine)
    monkeypatch.setattr(content, "SHOWN", tuple(other for other in content.SHOWN if other != name))
    values = {"venue": {"kk": "Балқаш"}, "reminders": [60], "join_url": "https://zoom.example/j/9"}
    scene.change(**{name: values[name]})
    with pytest.raises(AssertionError):
        check_kept(suite, mine)


def scene_of(suite: Suite) -> tuple[Scene, str]:
    """One event for all examples of a test, and the calendar of a teacher who comes to it and wants alarms."""
    found = suite.events.extensions
    if "scene" not in found:
        scene = found["scene"] = play(suite)
        scene.register(1)
        switch(suite, person_id(suite), alarms=True)
    return found["scene"], personal(suite)


def test_verbs_of_a_fair_change_the_kept_feeds(suite: Suite) -> None:
    fair = open_fair(suite)
    idea = fair.submit(1)
    path, due = "/calendars/kind/fair.ics", "/calendars/deadlines.ics?kind=fair"
    closing = {"ideas_close_at": f"{in_days(20)}:00+05:00"}
    steps: list[tuple[int, Callable[[], Any]]] = [
        (0, lambda: fair.accept(idea, "10:30")),
        (0, lambda: fair.place(idea, "11:00", place="Room 7")),
        (0, lambda: fair.scene.do("PATCH", fair.path(f"/sections/{fair.physics}"), {"title": {"kk": "Басқа"}})),
        (1, lambda: fair.scene.do("PATCH", fair.path(), closing)),
        (0, lambda: fair.say("withdraw", idea, fair.teacher(1))),
    ]
    for number, (feed, verb) in enumerate(steps):
        before = check_kept(suite, path, due)
        verb()
        assert check_kept(suite, path, due)[feed] != before[feed], number
