"""Slots: what page and feed show of them, the stamps that move, clashes, and filling a section."""

import pytest
from sqlalchemy import update

from events_service.db import db
from events_service.events.models import Event
from events_service.fairs import deciding
from services.fields import midnight, today
from tests.events_service.calendars.test_feeds import queries_of
from tests.events_service.fairs.fairground import PHYSICS, open_fair
from tests.events_service.scene import in_days

pytestmark = pytest.mark.either_engine

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
        aged = {"changed_at": old - (midnight(today()) - old), "revision": Event.revision + 1}
        session.execute(update(Event).values(aged))


STEPS = {
    "moved": lambda fair, idea: fair.place(idea, "11:00"),
    "another room": lambda fair, idea: fair.place(idea, "10:30", place="Room 7"),
    "cleared": lambda fair, idea: fair.place(idea, None),
    "another section": lambda fair, idea: fair.place(idea, "10:30", section=fair.chemistry),
    "declined": lambda fair, idea: fair.say("decline", idea, fair.organiser, {"reason": "-"}),
    "section renamed": lambda fair, idea: fair.scene.do(
        "PATCH", fair.path(f"/sections/{fair.chemistry}"), {"title": {"en": "Section of chemistry and more"}}
    ),
    "withdrawn": lambda fair, idea: fair.say("withdraw", idea, fair.teacher(1)),
}


def test_change_of_a_shown_slot_changes_the_feed_and_its_stamps(suite):
    fair = open_fair(suite)
    idea = fair.submit(1)
    for step, verb in STEPS.items():
        idea = fair.accept(idea, "10:30") if fair.row(idea).status != "accepted" else fair.place(idea, "10:30")
        age(fair)
        before = feed_of(fair)
        assert "10:30–10:50 Section of " in before[3], step
        verb(fair, idea)
        after = feed_of(fair)
        assert after[0] != before[0], step
        assert after[1] == before[1], step
        assert after[2] > before[2], step
        assert after[3] != before[3], step
        assert ("Experiments at home" in after[3]) is (step not in {"cleared", "declined", "withdrawn"}), step


def test_what_no_calendar_shows_leaves_the_feed_as_it_is(suite, monkeypatch):
    fair = open_fair(suite)
    idea = fair.accepted(1, "10:30")
    before = feed_of(fair)
    fair.accepted(2)
    fair.write(3)
    fair.add_section({"kk": "Жаңа"})
    assert feed_of(fair) == before
    monkeypatch.setattr(deciding, "_show", lambda event: None)
    fair.place(idea, "11:00")
    assert feed_of(fair) == before, "without the stamp nobody would hear of a slot that moved"


def test_long_programme_is_cut_and_says_so_and_costs_no_more_queries(suite, monkeypatch):
    fair = open_fair(suite)
    fair.accepted(1, "10:00")
    one = queries_of(suite, "/calendars/all.ics?lang=ru")
    for number, start in ((2, "11:00"), (3, "12:00")):
        fair.accepted(number, start, section=fair.chemistry)
    assert queries_of(suite, "/calendars/all.ics?lang=kk") <= one
    monkeypatch.setattr("events_service.ics.entries.MOST_SLOTS", 1)
    fair.accepted(4, "12:30")
    description = feed_of(fair)[3]
    assert description.count("Experiments at home") == 1
    assert "… 3 more on the page of the fair" in description


CLASHES = [
    (2, "physics", "10:40", "", "At the same time in this section"),
    (1, "chemistry", "10:40", "", "The same person speaks then"),
    (2, "chemistry", "10:40", "room 5", "The same room then"),
    (2, "chemistry", "10:40", "Room 6", None),
    (2, "physics", "10:50", "Room 5", None),
]


def test_slots_in_each_others_way_are_warned_of_and_saved(suite):
    fair = open_fair(suite)
    first = fair.accepted(1, "10:30", place="Room 5")
    ideas = {number: fair.accepted(number) for number in (1, 2)}
    desk = suite.browser("en", fair.organiser)
    for number, section, start, place, warned in CLASHES:
        idea = ideas[number]
        desk.get(fair.page(f"/ideas/{idea['id']}/slot"))
        fields = {"section": getattr(fair, section), "start": start, "end": "", "place": place}
        desk.submit_fields(fields, button="save")
        found = [fair.scene.do("GET", f"/api/v1/ideas/{one['id']}")["warnings"] for one in (idea, first)]
        assert [bool(words) for words in found] == [bool(warned)] * 2, warned
        assert (warned or "Saved. The author gets a letter") in desk.text
        fair.place(idea, None)


REFUSED = [
    ({"starts_at": in_days(40, "09:00")}, "starts_at"),
    ({"starts_at": in_days(40, "12:50")}, "starts_at"),
    ({"starts_at": in_days(40, "11:00"), "ends_at": in_days(40, "10:30")}, "ends_at"),
    ({"starts_at": in_days(40, "11:00"), "join_url": "javascript:alert(1)"}, "join_url"),
    ({"starts_at": in_days(40, "11:00"), "section": "нет"}, "section"),
]


def test_slot_that_cannot_be_is_refused(suite):
    fair = open_fair(suite)
    idea = fair.accepted(1)
    for slot, field in REFUSED:
        reply = suite.json("PUT", f"/api/v1/ideas/{idea['id']}/slot", slot, as_=fair.organiser)
        assert reply.status_code == 422, slot
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
