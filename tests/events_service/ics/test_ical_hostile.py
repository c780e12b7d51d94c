"""Text that tries to be more than text: nothing of it becomes a line, a property or a parameter."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from events_service.ics import ical, texts
from tests.events_service.ics.samples import ENTRY, TEACHER, feed, first_event, property_names

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
        alarms=(60,),
    )
    body = feed(entry, name=text)
    assert property_names(body) == property_names(feed(replace(ENTRY, alarms=(60,))))
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
    assert len(line) <= texts.LONGEST_LINE
    line.encode()
