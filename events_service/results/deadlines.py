"""Until when one may appeal: working days after publishing, on the wall calendar of Almaty."""

from collections.abc import Container
from datetime import date, datetime, timedelta

from events_service.directory import queries as directory
from services.fields import midnight
from services.i18n import local

DAY_OFF = "day_off"
LONGEST = timedelta(days=90)


def last_moment(published_at: datetime, days: int) -> datetime:
    """The last second of the last working day; weekends and the register's days off do not count."""
    first = local(published_at).date()
    rows = [row for row in directory.calendar_days(first, first + LONGEST) if row.kind == DAY_OFF]
    off = {row.first_day + timedelta(days=n) for row in rows for n in range((row.last_day - row.first_day).days + 1)}
    return midnight(working_day_after(first, days, off) + timedelta(days=1)) - timedelta(seconds=1)


def working_day_after(day: date, count: int, off: Container[date]) -> date:
    """The `count`-th working day after a day, which itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in off
    return day
