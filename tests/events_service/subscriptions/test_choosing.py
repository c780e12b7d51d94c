"""One's own switches, by page and by JSON: one schema, checked, and never overwritten unseen."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events_service.db import db
from events_service.subscriptions import choosing, queries
from services.errors import QonyrauError
from services.identity import Actor
from tests.events_service.subscriptions.follower import PATH, Follower
from tests.support.suite import Suite

pytestmark = pytest.mark.one_engine("sqlite")
NOTHING = {"district": [], "subject": [], "programme": []}


def state(suite: Suite, number: int = 5) -> dict:
    return suite.json("GET", PATH, as_=suite.sign_in("teacher", number)).get_json()


@pytest.mark.both_engines
def test_what_is_put_is_answered_and_what_is_not_named_stays(suite: Suite) -> None:
    follower = Follower(suite)
    fresh = state(suite)
    assert fresh["follows"] == NOTHING and all(fresh["letters"].values()) and fresh["version"] == 1
    follower.put(follows={"programme": ["USHQYR_OI"]}, letters={"event_reminder": False})
    found = follower.put(calendar={"alarms": True}, letters={"weekly_digest": False})
    assert found == state(suite)
    assert found["follows"] == {**NOTHING, "programme": ["USHQYR_OI"]}
    assert [kind for kind, wanted in found["letters"].items() if not wanted] == ["event_reminder", "weekly_digest"]
    assert found["calendar"] == {"alarms": True, "hide_cancelled": False}
    assert found["version"] == 3
    assert follower.put(calendar={"alarms": True})["version"] == 3
    assert state(suite, 6) == fresh


def test_older_version_is_refused(suite: Suite) -> None:
    teacher = suite.sign_in("teacher", 5)
    Follower(suite).put(calendar={"alarms": True})
    for body, headers in (({"version": 1}, {}), ({}, {"If-Match": '"1"'})):
        reply = suite.json("PUT", PATH, {"calendar": {"alarms": False}, **body}, as_=teacher, headers=headers)
        assert reply.status_code == 412
    assert state(suite)["calendar"]["alarms"] is True
    assert Follower(suite).put(calendar={"alarms": False}, version=2)["version"] == 3


@pytest.mark.parametrize(
    "body",
    [
        {"follows": {"district": ["NOWHERE"]}},
        {"follows": {"subject": ["никто не преподаёт"]}},
        {"follows": {"programme": "USHQYR_OI"}},
        {"follows": []},
        {"letters": {"event_reminder": "maybe"}},
        {"calendar": {"alarms": "on"}},
        {"version": 0},
        {"follows": {"district": ["\u0000"]}},
    ],
)
def test_bad_input_is_refused_with_its_field(suite: Suite, body: dict) -> None:
    reply = suite.json("PUT", PATH, body, as_=suite.sign_in("teacher", 5))
    assert reply.status_code == 422 and reply.get_json()["errors"]


def test_more_than_fifty_cannot_be_followed(suite: Suite) -> None:
    actor = Actor("someone", "", frozenset(), "")
    with suite.events.test_request_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "spellings", lambda: {f"s{number}" for number in range(60)})
        with db.transaction() as session:
            choosing.choose(session, actor, {"follows": {"subject": [f"s{n}" for n in range(50)]}})
        with pytest.raises(QonyrauError), db.transaction() as session:
            choosing.choose(session, actor, {"follows": {"subject": [f"s{n}" for n in range(51)]}})
        assert len(queries.followed("someone")["subject"]) == 50


def test_calendar_switches_turn_one_by_one(suite: Suite) -> None:
    actor = Actor("someone", "", frozenset(), "")
    with suite.events.test_request_context():
        with db.transaction() as session:
            choosing.switch_calendar(session, actor, alarms=True)
        with db.transaction() as session:
            row = choosing.switch_calendar(session, actor, hide_cancelled=True)
        assert (row.alarms, row.hide_cancelled, row.version) == (True, True, 3)


def test_page_shows_saves_and_keeps_what_somebody_else_saved(suite: Suite) -> None:
    browser = suite.browser("ru", suite.sign_in("teacher", 5))
    browser.get("/my")
    assert "/my/subscriptions" in browser.html
    browser.get("/my/subscriptions")
    assert "Каждое утро" not in browser.text
    stale = browser.form()
    letters = ["organiser_message", "weekly_digest"]
    browser.submit_fields({"follows.programme[]": ["USHQYR_OI"], "letters[]": letters})
    assert "Сохранено" in browser.html
    found = state(suite)
    assert found["follows"]["programme"] == ["USHQYR_OI"]
    muted = [kind for kind, wanted in found["letters"].items() if not wanted]
    assert sorted(muted) == ["event_published", "event_reminder"]
    browser.send(stale, {})
    assert browser.response.status_code == 412 and state(suite) == found
    assert suite.browser("ru").post("/my/subscriptions", {}).status_code == 401


def test_page_offers_the_morning_letter_to_coordinators(suite: Suite) -> None:
    browser = suite.browser("ru", suite.sign_in("coordinator", 0))
    browser.get("/my/subscriptions")
    assert "Каждое утро" in browser.text


WORDS = st.one_of(st.text(max_size=80), st.none(), st.integers(), st.lists(st.text(max_size=12), max_size=3))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["district", "subject", "programme", "x"]), WORDS), WORDS)
def test_no_body_breaks_the_door(suite: Suite, follows: dict, letters: object) -> None:
    body = {"follows": follows, "letters": letters}
    reply = suite.json("PUT", PATH, body, as_=suite.sign_in("teacher", 5))
    assert reply.status_code in {200, 422}
