"""What calendar programs read out of our bytes: feeds, invitations, hostile text, zones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Component

from events_service.ics import ical, zones

ENTRY = ical.Entry(
    uid="0193f2a1@qonyrau.kz",
    sequence=3,
    created=datetime(2026, 9, 1, 8, tzinfo=UTC),
    changed=datetime(2026, 9, 2, 9, 30, tzinfo=UTC),
    starts_at=datetime(2026, 10, 5, 5, tzinfo=UTC),
    ends_at=datetime(2026, 10, 5, 7, tzinfo=UTC),
    title="Шағын жинақты мектептегі сабақ",
    description="Ноутбук алып келіңіз\nКіру тегін",
    location="Талдықорған, Абай 1",
    url="https://qonyrau.kz/events/1",
    join_url="https://meet.kz/abc",
    categories=("математика", "a, b"),
    organiser_name="Өрлеу орталығы",
    organiser_mail="orleu@qonyrau.kz",
    parent_uid="0193f200@qonyrau.kz",
)
TEACHER = ical.Attendee("Әсем Оспанова", "asem@mektep.kz")
HOSTILE = [
    "a\r\nb",
    "a\rb",
    "x\nEND:VEVENT\nBEGIN:VEVENT\nUID:1",
    "a\u2028b\u2029c\u0085d\x0be\x0cf\x00g\x7fh",
    "\ud800 lone",
    "10 kB " * 1700,
    "Қоңырау 👩🏽‍🏫🎓 " * 15,
    '\\n \\, ; , " \\\\',
    "=?utf-8?q?a=0D=0AX?=",
    "\ufeffa",
    "",
    " \t ",
]
hostile_text = st.one_of(
    st.text(st.characters(), max_size=200),
    st.text(st.sampled_from('\r\n\t\x0b\u2028\u0085\\,;:"^=ә🎓 aN'), max_size=120),
    st.sampled_from(HOSTILE),
)


def feed(*entries: ical.Entry, name: str = "Қоңырау", prefix: str = "Болмайды:") -> bytes:
    return ical.feed(entries, name=name, cancelled_prefix=prefix, language="kk")


def first_event(body: bytes) -> Component:
    return Calendar.from_ical(body).walk("VEVENT")[0]


def raw_lines(body: bytes) -> list[str]:
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


def property_names(body: bytes) -> list[str]:
    return [line.split(":")[0].split(";")[0] for line in raw_lines(body)]


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


@given(text=hostile_text)
@example(text="10 kB ü" * 1500)
@example(text="\ufeffa")
@example(text="C:\\New")
def test_hostile_text_adds_no_property_and_is_read_back(text):
    entry = replace(
        ENTRY,
        title=text,
        description="x" + text,
        location="x" + text,
        categories=("x" + text,),
        organiser_name="x" + text,
        uid="x" + text,
        parent_uid="x" + text,
        url="https://a.kz/" + text,
        join_url="https://b.kz/" + text,
        organiser_mail="x" + text,
    )
    body = feed(entry, name=text)
    assert property_names(body) == property_names(feed(ENTRY))
    event = first_event(body)
    assert event["SUMMARY"] == ical.one_line(text)
    assert event["LOCATION"] == ical.one_line("x" + text)
    assert event["DESCRIPTION"].startswith(ical.clean("x" + text))
    assert event.errors == []


@given(text=hostile_text)
def test_hostile_name_of_an_attendee_adds_no_parameter(text):
    body = ical.request(ENTRY, ical.Attendee("x" + text, "a@b.kz" + text))
    event = first_event(body)
    assert property_names(body) == property_names(ical.request(ENTRY, TEACHER))
    assert set(event["ATTENDEE"].params) == {"CN", "CUTYPE", "ROLE", "PARTSTAT", "RSVP"}
    assert event["ATTENDEE"].params["CN"] == ical.one_line("x" + text).replace('"', "'").replace("\\", "/")


@given(text=hostile_text)
def test_lines_end_in_crlf_and_fold_at_75_octets_between_letters(text):
    body = feed(replace(ENTRY, title=text, description=text), name=text)
    assert body.endswith(b"\r\n")
    assert body.count(b"\n") == body.count(b"\r") == body.count(b"\r\n")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@given(text=hostile_text)
def test_cleaned_text_breaks_no_line_and_is_clean_already(text):
    line = ical.one_line(text)
    assert len(line.splitlines()) <= 1
    assert ical.one_line(line) == line
    assert len(line) <= ical.LONGEST_LINE
    line.encode()


# --- zones -------------------------------------------------------------------------------------------


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
    assert_zone_is_true(name, first, last, timedelta(minutes=30))


@pytest.mark.parametrize("name", ["Asia/Almaty", "Europe/Berlin", "Asia/Qostanay"])
def test_zone_has_no_rdate_rrule_or_comment(name):
    zone = zones.describe(name, ENTRY.starts_at, ENTRY.ends_at)
    text = zone.to_ical().decode()
    assert not any(word in text for word in ("RDATE", "RRULE", "COMMENT"))


def test_entry_before_march_2024_brings_the_older_offset_first():
    old = replace(
        ENTRY, starts_at=datetime(2024, 2, 1, 4, tzinfo=UTC), ends_at=datetime(2024, 2, 1, 5, tzinfo=UTC)
    )
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


# --- mail parts --------------------------------------------------------------------------------------


def test_request_invites_one_person_who_has_already_accepted():
    body = ical.request(ENTRY, TEACHER)
    calendar = Calendar.from_ical(body)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert property_names(body)[1:5] == ["VERSION", "PRODID", "CALSCALE", "METHOD"]
    assert event["ATTENDEE"] == "mailto:asem@mektep.kz"
    assert dict(event["ATTENDEE"].params) == {
        "CN": "Әсем Оспанова",
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert event["STATUS"] == "CONFIRMED"


def test_request_and_feed_tell_the_same_about_an_entry():
    invited, shown = first_event(ical.request(ENTRY, TEACHER)), first_event(feed(ENTRY))
    del invited["ATTENDEE"]
    assert invited.to_ical() == shown.to_ical()


def test_feed_after_a_request_names_no_attendee():
    ical.request(ENTRY, TEACHER)
    assert b"ATTENDEE" not in feed(ENTRY)


def test_cancel_of_the_whole_event_says_so():
    body = ical.cancel(ENTRY, TEACHER, whole_event=True, cancelled_prefix="Болмайды:")
    event = first_event(body)
    assert Calendar.from_ical(body)["METHOD"] == "CANCEL"
    assert event["STATUS"] == "CANCELLED"
    assert event["SUMMARY"].startswith("Болмайды: ")
    assert (event["UID"], event["SEQUENCE"]) == (ENTRY.uid, ENTRY.sequence)


def test_cancel_for_one_person_has_no_status_and_no_prefix():
    event = first_event(ical.cancel(ENTRY, TEACHER, whole_event=False, cancelled_prefix="Болмайды:"))
    assert "STATUS" not in event
    assert event["SUMMARY"] == ENTRY.title
    assert event["ATTENDEE"].params["PARTSTAT"] == "DECLINED"


def test_invitation_without_organiser_is_refused():
    with pytest.raises(ValueError, match="organiser"):
        ical.request(replace(ENTRY, organiser_mail=""), TEACHER)


def test_invitation_in_utc_has_no_zone():
    assert b"VTIMEZONE" not in ical.request(replace(ENTRY, time_zone="UTC"), TEACHER)
