"""The VTIMEZONE of a zone, small and free of rules that calendar programs ignore or misread.

Asia/Almaty is a constant: what the library derives writes the present +05 only as an RDATE, which
Outlook ignores, and so shows every event an hour wrong.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

ALMATY = "Asia/Almaty"
WITHOUT_ZONE = frozenset({"UTC", "Etc/UTC"})
# 2024-03-01 00:00 in Almaty, by the clock that was then put back an hour.
ONE_TIME_FOR_ALL = datetime(2024, 2, 29, 18, tzinfo=UTC)

_BEFORE = """BEGIN:STANDARD
DTSTART:20041031T030000
TZOFFSETFROM:+0700
TZOFFSETTO:+0600
TZNAME:+06
END:STANDARD
"""
_NOW = """BEGIN:STANDARD
DTSTART:20240301T000000
TZOFFSETFROM:+0600
TZOFFSETTO:+0500
TZNAME:+05
END:STANDARD
"""


def local(instant: datetime, name: str) -> datetime:
    """The clock of the zone at that instant."""
    if instant.tzinfo is None:
        raise ValueError("A time without an offset cannot be put into a calendar")
    return instant.astimezone(ZoneInfo(name))


def zoned(instant: datetime, name: str) -> datetime | None:
    """The clock of the zone; None where that clock cannot tell the instant from the hour before, and for UTC."""
    shown = local(instant, name)
    return None if name in WITHOUT_ZONE or shown.fold else shown


def written(instant: datetime, name: str) -> datetime:
    """The clock of the zone, or UTC where only that is clear."""
    return zoned(instant, name) or instant.astimezone(UTC)


def describe(name: str, first: datetime, last: datetime) -> Timezone:
    """The VTIMEZONE that is right for every instant from `first` to `last`."""
    if name == ALMATY:
        return _almaty(first < ONE_TIME_FOR_ALL)
    return _derived(name, first.year - 1, last.year + 2)


@lru_cache(maxsize=2)
def _almaty(with_past: bool) -> Timezone:
    past = _BEFORE if with_past else ""
    text = f"BEGIN:VTIMEZONE\nTZID:{ALMATY}\n{past}{_NOW}END:VTIMEZONE\n"
    zone = Timezone.from_ical(text.replace("\n", "\r\n"))
    assert isinstance(zone, Timezone)
    return zone


@lru_cache(maxsize=64)
def _derived(name: str, first_year: int, last_year: int) -> Timezone:
    """What the library derives for whole years, each change written out as an onset of its own."""
    source = Timezone.from_tzid(name, first_date=date(first_year, 1, 1), last_date=date(last_year, 1, 1))
    onsets = [onset for part in source.subcomponents for onset in _onsets(part)]
    zone = Timezone()
    zone.add("TZID", name)
    for onset in sorted(onsets, key=lambda onset: onset.DTSTART):
        zone.add_component(onset)
    return zone


def _onsets(
    part: TimezoneStandard | TimezoneDaylight,
) -> Iterator[TimezoneStandard | TimezoneDaylight]:
    # The library tells when clocks go forward by the new clock; RFC 5545 wants the old one.
    forward = max(part.TZOFFSETTO - part.TZOFFSETFROM, timedelta())
    for start in [part.DTSTART, *(found for found, *_ in part.rdates)]:
        onset = type(part)()
        onset.DTSTART = start - forward
        onset.TZOFFSETFROM = part.TZOFFSETFROM
        onset.TZOFFSETTO = part.TZOFFSETTO
        onset.add("TZNAME", part["TZNAME"])
        yield onset
