"""What calendar programs read out of our feeds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from events_service.ics import ical
from tests.events_service.ics.samples import ENTRY, TEACHER, feed, first_event, property_names, raw_lines


def test_feed_head_stands_in_the_agreed_order():
    lines = raw_lines(feed(ENTRY, name="Қоңырау, менің"))
    assert lines[:19] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Qonyrau//Calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME;LANGUAGE=kk:Қоңырау\\, менің",
        "X-WR-CALNAME:Қоңырау\\, менің",
        "X-WR-TIMEZONE:Asia/Almaty",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "COLOR:teal",
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Almaty",
        "BEGIN:STANDARD",
        "DTSTART:20240301T000000",
        "TZOFFSETFROM:+0600",
        "TZOFFSETTO:+0500",
        "TZNAME:+05",
        "END:STANDARD",
    ]
    assert lines[-3:] == ["END:VEVENT", "END:VCALENDAR", ""]


def test_feed_entry_holds_every_agreed_property():
    lines = raw_lines(feed(ENTRY))
    assert lines[lines.index("BEGIN:VEVENT") :] == [
        "BEGIN:VEVENT",
        "UID:0193f2a1@qonyrau.kz",
        "DTSTAMP:20260902T093000Z",
        "LAST-MODIFIED:20260902T093000Z",
        "CREATED:20260901T080000Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Asia/Almaty:20261005T100000",
        "DTEND;TZID=Asia/Almaty:20261005T120000",
        "SUMMARY:Шағын жинақты мектептегі сабақ",
        "DESCRIPTION:Ноутбук алып келіңіз\\nКіру тегін\\nhttps://meet.kz/abc\\nhttps://qonyrau.kz/events/1",
        "LOCATION:Талдықорған\\, Абай 1",
        "URL:https://qonyrau.kz/events/1",
        "CATEGORIES:математика,a\\, b",
        "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.kz/abc",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "CLASS:PUBLIC",
        'ORGANIZER;CN="Өрлеу орталығы":mailto:orleu@qonyrau.kz',
        "RELATED-TO;RELTYPE=PARENT:0193f200@qonyrau.kz",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_feed_leaves_out_what_is_empty():
    bare = replace(
        ENTRY,
        description="",
        location="",
        url="",
        join_url="",
        categories=(" ",),
        organiser_mail="",
        parent_uid="",
    )
    names = set(property_names(feed(bare)))
    absent = {"DESCRIPTION", "LOCATION", "URL", "CATEGORIES", "CONFERENCE", "ORGANIZER", "RELATED-TO"}
    assert not names & (absent | {"ATTENDEE", "VALARM", "SOURCE"})


def test_feed_without_entries_is_a_calendar_with_its_zone():
    calendar = Calendar.from_ical(feed())
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


def test_feed_of_equal_data_is_the_same_bytes_and_etag():
    bodies = {feed(replace(ENTRY), replace(ENTRY, uid="2@q")) for _ in range(3)}
    assert len(bodies) == 1
    assert len({ical.etag(body) for body in bodies}) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 4},
        {"title": "Басқа"},
        {"organiser_name": "Басқа"},
        {"cancelled": True},
        {"ends_at": ENTRY.ends_at + timedelta(minutes=1)},
        {"changed": ENTRY.changed + timedelta(seconds=1)},
    ],
)
def test_etag_changes_with_whatever_is_shown(change):
    assert ical.etag(feed(ENTRY)) != ical.etag(feed(replace(ENTRY, **change)))


def test_etag_needs_no_escaping_in_a_header():
    assert ical.etag(feed()).isalnum()


def test_feed_shows_a_cancelled_entry_as_cancelled():
    event = first_event(feed(replace(ENTRY, cancelled=True)))
    assert event["SUMMARY"] == "Болмайды: Шағын жинақты мектептегі сабақ"
    assert event["STATUS"] == "CANCELLED"
    assert event["TRANSP"] == "TRANSPARENT"


def test_feed_writes_whole_days_with_an_exclusive_end():
    days = replace(
        ENTRY,
        all_day=True,
        starts_at=datetime(2026, 11, 2, 19, tzinfo=UTC),
        ends_at=datetime(2026, 11, 5, 19, tzinfo=UTC),
    )
    body = feed(days)
    assert "DTSTART;VALUE=DATE:20261103" in raw_lines(body)
    assert "DTEND;VALUE=DATE:20261106" in raw_lines(body)
    assert first_event(body)["TRANSP"] == "TRANSPARENT"


def test_feed_writes_the_day_on_which_the_clock_went_back_as_a_day():
    day = replace(
        ENTRY,
        all_day=True,
        starts_at=datetime(2024, 2, 28, 18, tzinfo=UTC),
        ends_at=datetime(2024, 2, 29, 19, tzinfo=UTC),
    )
    event = first_event(feed(day))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2024, 2, 29), date(2024, 3, 1))


def test_feed_keeps_300_letters_and_cuts_beyond_1000():
    assert first_event(feed(replace(ENTRY, title="ә" * 300)))["SUMMARY"] == "ә" * 300
    assert first_event(feed(replace(ENTRY, title="ә" * 5000)))["SUMMARY"] == "ә" * 1000


def test_feed_names_a_link_once_when_the_text_holds_it():
    text = "Кіру: https://meet.kz/abc"
    entry = replace(ENTRY, description=text, url="")
    assert first_event(feed(entry))["DESCRIPTION"] == text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil", "ftp://a", "https"])
def test_feed_leaves_out_addresses_that_are_not_of_the_web(url):
    names = property_names(feed(replace(ENTRY, url=url, join_url=url)))
    assert "URL" not in names
    assert "CONFERENCE" not in names


def test_feed_writes_an_address_with_letters_in_ascii():
    lines = raw_lines(feed(replace(ENTRY, url="https://a.kz/ә б")))
    assert "URL:https://a.kz/%D3%99%D0%B1" in lines


def test_a_time_without_offset_is_refused():
    naive = datetime(2026, 10, 5, 5)  # noqa: DTZ001 - the naive time is the case
    with pytest.raises(ValueError, match="offset"):
        ical.request(replace(ENTRY, changed=naive), TEACHER)
