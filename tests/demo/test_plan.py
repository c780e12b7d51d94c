"""The days of the demonstration's events: computed from today, whenever that is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from demo import plan
from events_service.db import Notification
from events_service.db import db as events_db
from events_service.events import queries
from events_service.events.models import Event
from services.database import utcnow
from services.i18n import LANGUAGES

ZONE = ZoneInfo("Asia/Almaty")
DAYS = [
    date(2026, 9, 1),
    date(2026, 11, 24),
    date(2026, 12, 31),
    date(2027, 2, 28),
    date(2027, 7, 15),
    date(2028, 8, 31),
]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_twelve_events_with_places_lie_in_the_next_half_year(today):
    soon = [
        planned
        for planned in plan.everything(today)
        if planned.state in {"", "full"} and planned.body.get("capacity") and planned.body["starts_at"]
    ]
    ahead = [p.body["starts_at"].date() - today for p in soon]
    assert sum(timedelta(2) < days < timedelta(180) for days in ahead) >= 12


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_invented_event_never_falls_on_a_day_off(today):
    for planned in plan.everything(today):
        if planned.code[1:].isdigit():
            day = planned.body["starts_at"].astimezone(ZONE).date()
            assert day.weekday() < 5 and f"{day:%m-%d}" not in plan.DAYS_OFF


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("day", [date(2020, 12, 10), date(2020, 9, 14), date(2021, 2, 25), date(2021, 5, 26)], ids=str)
def test_copy_keeps_the_weekday_and_lies_in_the_school_year_of_today(day, today):
    again = plan.same_weekday(day, today)
    begins = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    assert again.weekday() == day.weekday()
    assert begins - timedelta(3) <= again <= begins.replace(year=begins.year + 1)
    assert abs((again.replace(year=2001) - day.replace(year=2001)).days) <= 3


def test_copy_begins_at_the_same_time_on_the_clock_though_the_offset_has_changed():
    planned = {p.code: p.body for p in plan.everything(date(2026, 11, 24))}
    assert planned["SS-2020-12"]["starts_at"] == datetime(2020, 12, 10, 4, 0, tzinfo=UTC)
    assert planned["SS-2020-12-again"]["starts_at"] == datetime(2026, 12, 10, 5, 0, tzinfo=UTC)


def test_what_the_report_dates_by_month_is_not_told_more_exactly():
    planned = {p.code: p.body for p in plan.everything(date(2026, 11, 24))}
    assert planned["SS-2020-12"]["date_precision"] == "month"
    assert planned["BP-2021-1"]["date_precision"] == "range"
    assert planned["AQ-WORKSHOP"]["date_precision"] == "academic_year"
    assert "QA-H1" not in planned and "UO-2020-21" not in planned


def events(suite):
    with suite.events.app_context():
        return events_db.session.query(Event).all()


def test_loaded_events_are_marked_invented_and_titled_in_three_languages(suite):
    for event in events(suite):
        assert event.is_synthetic
        assert set(event.title) == set(LANGUAGES)


def test_one_event_is_full_with_people_waiting_one_cancelled_one_a_draft(suite):
    found = events(suite)
    full = [e for e in found if e.capacity and e.seats_taken == e.capacity]
    assert [(e.seats_taken, e.waiting) for e in full] == [(12, 5)]
    assert [e.status for e in found].count("cancelled") == 1
    assert [e.status for e in found].count("draft") == 1


def test_a_dozen_events_are_open_for_registration(suite):
    open_ones = [
        e
        for e in events(suite)
        if e.capacity and e.date_precision == "day" and queries.registration_state(e, utcnow()) == "open"
    ]
    assert len(open_ones) >= 12


def test_no_letter_of_the_loading_is_ever_sent(suite):
    suite.drain()
    assert suite.mails() == []
    with suite.events.app_context():
        assert {row.status for row in events_db.session.query(Notification)} == {"superseded"}
