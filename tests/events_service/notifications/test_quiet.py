"""The quiet hours: pure, and at the sink."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events_service.notifications.quiet import awake, is_quiet

ALMATY = ZoneInfo("Asia/Almaty")
INSTANTS = st.integers(1_609_459_200, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))
pytestmark = pytest.mark.one_engine("sqlite")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-{text}").replace(tzinfo=ALMATY)


@pytest.mark.parametrize(
    ("due", "before", "goes"),
    [
        ("10T12:00", None, "10T12:00"),
        ("10T08:00", None, "10T08:00"),
        ("10T21:29", None, "10T21:29"),
        ("10T21:30", None, "11T08:00"),
        ("11T07:59", None, "11T08:00"),
        ("11T07:30", "11T08:30", "11T08:00"),
        ("11T07:29", "11T08:29", "10T21:00"),
        ("10T23:00", "11T00:00", "10T21:00"),
    ],
)
def test_what_falls_into_the_quiet_hours_goes_after_or_before_them(due: str, before: str | None, goes: str) -> None:
    assert awake(at(due), at(before) if before else None) == at(goes)


def test_quiet_hours_follow_the_clock_of_almaty_over_the_change_of_its_zone() -> None:
    assert is_quiet(datetime(2021, 4, 1, 1, 59, tzinfo=UTC)) and not is_quiet(datetime(2021, 4, 1, 2, tzinfo=UTC))
    assert is_quiet(datetime(2026, 4, 1, 2, 59, tzinfo=UTC)) and not is_quiet(datetime(2026, 4, 1, 3, tzinfo=UTC))


@settings(max_examples=80, deadline=None)
@given(INSTANTS, st.integers(0, 60 * 24 * 8))
def test_nothing_is_ever_due_in_the_quiet_hours(instant: datetime, minutes: int) -> None:
    before = instant + timedelta(minutes=minutes)
    for goes in (awake(instant), awake(instant, before)):
        assert not is_quiet(goes)
        assert abs(goes - instant) <= timedelta(hours=11)
    assert awake(instant, before) <= before or not is_quiet(instant)
