"""Our VTIMEZONEs beside the installed time zone data, as both kinds of reader see them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Component

from events_service.ics import zones
from tests.events_service.ics.samples import ENTRY, feed, first_event, raw_lines


def read_offset(zone: Component, wall: datetime) -> timedelta:
    """As RFC 5545 says: the latest observance that has begun by the wall clock."""
    begun = [part for part in zone.subcomponents if wall >= part.DTSTART]
    return max(begun, key=lambda part: part.DTSTART).TZOFFSETTO


def offset_at(zone: Component, instant: datetime) -> timedelta:
    """As a program reads that first makes a table of instants."""
    onsets = {part.DTSTART - part.TZOFFSETFROM: part.TZOFFSETTO for part in zone.subcomponents}
    return onsets[max(onset for onset in onsets if instant.replace(tzinfo=None) >= onset)]


def assert_zone_is_true(name: str, first: datetime, last: datetime, step: timedelta) -> None:
    zone = zones.describe(name, first, last)
    instant = first
    while instant <= last:
        shown = zones.written(instant, name)
        assert offset_at(zone, instant) == instant.astimezone(ZoneInfo(name)).utcoffset(), instant
        if shown.tzinfo is not UTC:
            assert read_offset(zone, shown.replace(tzinfo=None)) == shown.utcoffset(), instant
        assert shown.astimezone(UTC) == instant
        instant += step


def test_almaty_zone_agrees_with_the_installed_time_zone_data():
    """Red after a change of law: then `zones.py` needs one more observance."""
    first, last = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 12, 31, tzinfo=UTC)
    assert_zone_is_true("Asia/Almaty", first, last, timedelta(hours=5))
    since = zones.ONE_TIME_FOR_ALL
    assert_zone_is_true("Asia/Almaty", since, last, timedelta(hours=5))


def test_almaty_zone_is_true_in_every_minute_of_the_change():
    change = zones.ONE_TIME_FOR_ALL
    day = timedelta(days=1)
    assert_zone_is_true("Asia/Almaty", change - day, change + day, timedelta(minutes=1))


@pytest.mark.parametrize("name", ["Europe/Berlin", "Asia/Qostanay", "Europe/Istanbul", "America/New_York"])
def test_other_zones_agree_with_the_installed_time_zone_data(name):
    first, last = datetime(2023, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    assert_zone_is_true(name, first, last, timedelta(hours=4, minutes=30))  # meets each hour of the clock


@pytest.mark.parametrize("name", ["Asia/Almaty", "Europe/Berlin", "Asia/Qostanay"])
def test_zone_has_no_rdate_rrule_or_comment(name):
    zone = zones.describe(name, ENTRY.starts_at, ENTRY.ends_at)
    text = zone.to_ical().decode()
    assert not any(word in text for word in ("RDATE", "RRULE", "COMMENT"))


def test_entry_before_march_2024_brings_the_older_offset_first():
    old = replace(ENTRY, starts_at=datetime(2024, 2, 1, 4, tzinfo=UTC), ends_at=datetime(2024, 2, 1, 5, tzinfo=UTC))
    lines = raw_lines(feed(ENTRY, old))
    at = lines.index("DTSTART:20041031T030000")
    assert lines[at - 1 : at + 7] == [
        "BEGIN:STANDARD",
        "DTSTART:20041031T030000",
        "TZOFFSETFROM:+0700",
        "TZOFFSETTO:+0600",
        "TZNAME:+06",
        "END:STANDARD",
        "BEGIN:STANDARD",
        "DTSTART:20240301T000000",
    ]
    assert "DTSTART;TZID=Asia/Almaty:20240201T100000" in lines


def test_old_entry_of_another_zone_leaves_almaty_alone():
    old = replace(
        ENTRY,
        time_zone="Asia/Qostanay",
        starts_at=datetime(2024, 2, 1, 4, tzinfo=UTC),
        ends_at=datetime(2024, 2, 1, 5, tzinfo=UTC),
    )
    assert "DTSTART:20041031T030000" not in raw_lines(feed(old))


def test_feed_describes_each_zone_once():
    entries = [replace(ENTRY, uid=str(index), time_zone="Europe/Berlin") for index in range(3)]
    found = [str(zone["TZID"]) for zone in Calendar.from_ical(feed(*entries, ENTRY)).walk("VTIMEZONE")]
    assert found == ["Asia/Almaty", "Europe/Berlin"]


def test_utc_entry_is_written_without_a_zone():
    body = feed(replace(ENTRY, time_zone="UTC"))
    assert "DTSTART:20261005T050000Z" in raw_lines(body)
    assert b"TZID:UTC" not in body


def test_hour_that_the_clock_shows_twice_keeps_its_instant():
    second = datetime(2024, 2, 29, 18, 30, tzinfo=UTC)
    entry = replace(ENTRY, starts_at=second, ends_at=second + timedelta(hours=1))
    event = first_event(feed(entry))
    assert event["DTSTART"].dt == second
    assert event["DTEND"].dt == second + timedelta(hours=1)


def test_entry_across_new_year_keeps_both_instants():
    start = datetime(2026, 12, 31, 22, 30, tzinfo=ZoneInfo("Asia/Almaty"))
    event = first_event(feed(replace(ENTRY, starts_at=start, ends_at=start + timedelta(hours=3))))
    assert event["DTSTART"].dt == start
    assert event["DTEND"].dt == start + timedelta(hours=3)
