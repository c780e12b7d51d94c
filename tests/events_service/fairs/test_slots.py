"""Slots: what page and feed show of them, the stamps that move, clashes, and filling a section."""

import pytest
from sqlalchemy import update

from events_service.db import db
from events_service.events.models import Event
from events_service.fairs import submitting
from services.fields import midnight, today
from tests.events_service.calendars.test_feeds import queries_of
from tests.events_service.fairs.fairground import PHYSICS, open_fair
from tests.events_service.scene import in_days

FEED = "/calendars/all.ics?lang=en"


def feed_of(fair):
    """ETag of the feed, SEQUENCE and LAST-MODIFIED of the fair, its description."""
    reply = fair.suite.json("GET", FEED)
    entry = fair.scene.entry(FEED)
    assert entry is not None
    return reply.headers["ETag"], entry["SEQUENCE"], entry["LAST-MODIFIED"].dt, str(entry["DESCRIPTION"])


def age(fair):
    """As if nothing had changed for two days, so that a stamp that moves is seen."""
    with fair.suite.events.app_context(), db.transaction() as session:
        old = midnight(today()).replace(microsecond=0)
        session.execute(update(Event).values(changed_at=old - (midnight(today()) - old)))


STEPS = {
    "moved": lambda fair, idea: fair.place(idea, "11:00"),
    "another room": lambda fair, idea: fair.place(idea, "10:30", place="Room 7"),
    "cleared": lambda fair, idea: fair.place(idea, None),
    "another section": lambda fair, idea: fair.place(idea, "10:30", section=fair.chemistry),
    "declined": lambda fair, idea: fair.say("decline", idea, fair.organiser, {"reason": "-"}),
    "withdrawn": lambda fair, idea: fair.say("withdraw", idea, fair.teacher(1)),
    "section renamed": lambda fair, idea: fair.scene.do(
        "PATCH", fair.path(f"/sections/{fair.physics}"), {"title": {"en": "Physics and more"}}
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_change_of_a_shown_slot_changes_the_feed_and_its_stamps(suite, step):
    fair = open_fair(suite)
    idea = fair.accepted(1, "10:30")
    age(fair)
    before = feed_of(fair)
    assert "10:30–10:50 Section of physics: Experiments at home – " in before[3]
    STEPS[step](fair, idea)
    after = feed_of(fair)
    assert after[0] != before[0]
    assert after[1] == before[1]
    assert after[2] > before[2]
    assert after[3] != before[3]
    assert ("Experiments at home" in after[3]) is (step not in {"cleared", "declined", "withdrawn"})


def test_feed_would_keep_a_withdrawn_slot_without_the_stamp(suite, monkeypatch):
    fair = open_fair(suite)
    idea = fair.accepted(1, "10:30")
    age(fair)
    feed_of(fair)
    monkeypatch.setattr(submitting, "clear", lambda event, idea: True)
    STEPS["withdrawn"](fair, idea)
    assert "Experiments at home" in feed_of(fair)[3]


def test_what_no_calendar_shows_leaves_the_feed_as_it_is(suite):
    fair = open_fair(suite)
    fair.accepted(1, "10:30")
    before = feed_of(fair)
    fair.accepted(2)
    fair.write(3)
    fair.add_section({"kk": "Жаңа"})
    assert feed_of(fair) == before


def test_long_programme_is_cut_and_says_so_and_costs_no_more_queries(suite, monkeypatch):
    fair = open_fair(suite)
    fair.accepted(1, "10:00")
    one = queries_of(suite, "/calendars/all.ics?lang=ru")
    for number in (2, 3):
        fair.accepted(number, f"1{number}:00", section=fair.chemistry)
    assert queries_of(suite, "/calendars/all.ics?lang=kk") <= one
    monkeypatch.setattr("events_service.ics.entries.MOST_SLOTS", 1)
    fair.accepted(4, "12:30")
    description = feed_of(fair)[3]
    assert description.count("Experiments at home") == 1
    assert "… 3 more on the page of the fair" in description


@pytest.mark.parametrize(
    ("second", "start", "warned"),
    [
        ({"number": 2}, "10:40", "At the same time in this section"),
        ({"number": 1, "section": "chemistry"}, "10:40", "The same person speaks then"),
        ({"number": 2, "section": "chemistry", "place": "room 5"}, "10:40", "The same room then"),
        ({"number": 2, "section": "chemistry", "place": "Room 6"}, "10:40", None),
        ({"number": 2}, "10:50", None),
    ],
)
def test_slots_in_each_others_way_are_warned_of_and_saved(suite, second, start, warned):
    fair = open_fair(suite)
    first = fair.accepted(1, "10:30", place="Room 5")
    section = fair.chemistry if second.get("section") else fair.physics
    idea = fair.submit(second["number"], section=section)
    desk = suite.browser("en", fair.organiser)
    desk.get(fair.page(f"/ideas/{idea['id']}/slot"))
    desk.submit_fields({"start": start, "place": second.get("place", "")}, button="save")
    assert fair.row(idea).status == "accepted"
    warnings = fair.scene.do("GET", f"/api/v1/ideas/{idea['id']}")["warnings"]
    assert bool(warnings) is bool(warned)
    if warned:
        assert warned in desk.text
        assert fair.scene.do("GET", f"/api/v1/ideas/{first['id']}")["warnings"]


@pytest.mark.parametrize(
    ("slot", "field"),
    [
        ({"starts_at": in_days(40, "09:00")}, "starts_at"),
        ({"starts_at": in_days(40, "12:50")}, "starts_at"),
        ({"starts_at": in_days(40, "11:00"), "ends_at": in_days(40, "10:30")}, "ends_at"),
        ({"starts_at": in_days(40, "11:00"), "join_url": "javascript:alert(1)"}, "join_url"),
        ({"starts_at": in_days(40, "11:00"), "section": "нет"}, "section"),
    ],
)
def test_slot_that_cannot_be_is_refused(suite, slot, field):
    fair = open_fair(suite)
    idea = fair.accepted(1)
    reply = suite.json("PUT", f"/api/v1/ideas/{idea['id']}/slot", slot, as_=fair.organiser)
    assert reply.status_code == 422
    assert set(reply.get_json()["errors"]) == {field}
    assert fair.row(idea).starts_at is None


def test_section_is_filled_in_order_around_what_is_taken(suite):
    fair = open_fair(suite)
    taken = fair.accepted(1, "10:30")
    free = [fair.accepted(number, minutes=minutes) for number, minutes in ((2, 20), (3, 20), (4, 120))]
    desk = suite.browser("en", fair.organiser)
    desk.get(fair.page(f"/sections/{fair.physics}/fill"))
    assert "3 accepted ideas have no slot" in desk.text
    desk.submit_fields({"start": "10:00", "gap": "5"})
    assert "2 ideas have a slot now. 1 found no time." in desk.text
    shown = [item for item in suite.json("GET", fair.path("/ideas")).get_json()["items"] if item["starts_at"]]
    assert sorted(item["starts_at"][11:16] for item in shown) == ["05:00", "05:30", "05:55"]
    assert [item["id"] for item in shown if item["id"] == taken["id"]]
    assert fair.row(free[2]).starts_at is None
    assert not any(fair.scene.do("GET", f"/api/v1/ideas/{item['id']}")["warnings"] for item in shown), (
        "what is filled stands in nobody's way"
    )


def test_fair_that_moves_to_another_day_takes_its_slots_along(suite):
    fair = open_fair(suite)
    idea = fair.accepted(1, "10:30")
    suite.drain()
    fair.scene.change(starts_at=in_days(42, "10:00"), ends_at=in_days(42, "14:00"))
    row = fair.row(idea)
    assert row.starts_at is not None
    assert row.starts_at.isoformat() == f"{in_days(42, '05:30')}:00+00:00"
    letter = fair.letter("idea_moved", idea["id"])
    assert letter is not None
    fair.scene.change(starts_at=in_days(42, "11:00"), ends_at=in_days(42, "15:00"))
    assert fair.row(idea).starts_at == row.starts_at
    [warning] = fair.scene.do("GET", f"/api/v1/ideas/{idea['id']}")["warnings"]
    assert "outside" in warning or "вне" in warning or "тыс" in warning


def test_link_of_a_slot_is_only_for_those_who_may_join(suite):
    fair = open_fair(suite)
    idea = fair.submit(1)
    fair.accept(idea, "10:30", join_url="https://zoom.example/slot")
    fair.scene.register(2)
    links = {
        who: suite.json("GET", f"/api/v1/ideas/{idea['id']}", as_=token).get_json().get("join_url")
        for who, token in (("author", fair.teacher(1)), ("listener", fair.teacher(2)), ("other", fair.teacher(3)))
    }
    assert links == {"author": "https://zoom.example/slot", "listener": "https://zoom.example/slot", "other": None}
    assert "zoom.example/slot" not in suite.get(fair.page(f"/ideas/{idea['id']}")).get_data(as_text=True)
    assert b"zoom.example" not in suite.json("GET", FEED).data


def test_hostile_words_stay_words(suite):
    fair = open_fair(suite)
    words = '<script>alert("x")</script>\\, ; END:VEVENT 👩🏽‍🏫 ' + "ұ" * 120
    fair.accepted(1, "10:30", place="</td>", title={"kk": words}, coauthors='"><img src=x>')
    page = suite.browser("kk")
    page.get(fair.page())
    assert words in page.text
    entry = fair.scene.entry()
    assert entry is not None
    assert words in entry["DESCRIPTION"]
    assert PHYSICS["kk"] in entry["DESCRIPTION"]
