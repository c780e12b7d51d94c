"""What a calendar is made of, before it is written."""

from dataclasses import dataclass
from datetime import datetime

from events_service.ics import zones


@dataclass(frozen=True)
class Entry:
    """One VEVENT. Instants are aware; those of an all-day entry are local midnights, the end exclusive.

    `busy` says whether it takes its reader's time, `alarms` how many minutes before it to remind;
    a `terse` one leaves out what programs take for granted. `stamped` is when a mail was caused: of
    two with one SEQUENCE the later is believed (RFC 5546, 2.1.5).
    """

    uid: str
    sequence: int
    created: datetime
    changed: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    all_day: bool = False
    time_zone: str = zones.ALMATY
    description: str = ""
    location: str = ""
    url: str = ""
    join_url: str = ""
    categories: tuple[str, ...] = ()
    cancelled: bool = False
    tentative: bool = False
    organiser_name: str = ""
    organiser_mail: str = ""
    parent_uid: str = ""
    busy: bool = True
    alarms: tuple[int, ...] = ()
    terse: bool = False
    without_status: bool = False
    stamped: datetime | None = None


@dataclass(frozen=True)
class Attendee:
    """The one person an invitation is for."""

    name: str
    mail: str
