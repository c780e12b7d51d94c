"""The calendar part of mails: who is invited, and what a cancellation says to whom."""

from dataclasses import replace

import pytest
from icalendar import Calendar

from events_service.ics import ical
from tests.events_service.ics.samples import ENTRY, TEACHER, feed, first_event, property_names


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
