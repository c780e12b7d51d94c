"""Feeds and invitations as bytes, in the shape that every calendar program we know of reads right.

Pure: data in, bytes out, no clock and no chance, so that equal data gives an equal ETag everywhere.
Entries are written here and not by the library, which takes twenty times as long for a long feed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from icalendar import Timezone

from events_service.ics import fitting, zones
from events_service.ics.shapes import Attendee, Entry
from events_service.ics.texts import clean, escaped, fold, mailto, one_line, parameter, stamp, url_of

__all__ = ["Attendee", "Entry", "cancel", "clean", "etag", "feed", "lines", "one_line", "request"]
PRODID = "-//Qonyrau//Calendar//EN"
COLOR = "teal"
REFRESH = "PT1H"
ZONE_OF_FEED = f"X-WR-TIMEZONE:{zones.ALMATY}"
END = b"END:VCALENDAR\r\n"


def feed(entries: Sequence[Entry], *, name: str, cancelled_prefix: str, language: str) -> bytes:
    """A calendar to subscribe to; valid without entries too."""
    title = escaped(one_line(name))
    named = (f"NAME;LANGUAGE={language}:{title}", f"X-WR-CALNAME:{title}", ZONE_OF_FEED)
    fresh = (f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}", f"COLOR:{COLOR}")
    written = fitting.fit(entries, lambda entry: lines(entry, cancelled_prefix))
    return b"".join([_head("PUBLISH", *named, *fresh), *map(_zone, _zones(entries)), *written, END])


@lru_cache(maxsize=8192)
def lines(entry: Entry, cancelled_prefix: str) -> bytes:
    """One VEVENT as it stands in every feed that holds it: most feeds share most of their entries."""
    return b"".join(map(fold, _event(entry, cancelled_prefix)))


def request(entry: Entry, attendee: Attendee, *, cancelled_prefix: str = "") -> bytes:
    """An invitation, or its newer version, to one who has already said yes by registering."""
    return _message("REQUEST", entry, cancelled_prefix, _attendee(attendee, "ACCEPTED"))


def cancel(entry: Entry, attendee: Attendee, *, whole_event: bool, cancelled_prefix: str = "") -> bytes:
    """Takes the entry out of one person's calendar: nobody holds it, or only this person left."""
    entry = replace(entry, cancelled=whole_event, without_status=not whole_event)
    return _message("CANCEL", entry, cancelled_prefix, _attendee(attendee, "ACCEPTED" if whole_event else "DECLINED"))


def etag(body: bytes) -> str:
    """The validator of a body, without the quotes that the header puts around it."""
    return sha256(body).hexdigest()[:32]


def _head(method: str, *more: str) -> bytes:
    fixed = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN", f"METHOD:{method}")
    return b"".join(map(fold, (*fixed, *more)))


def _message(method: str, entry: Entry, cancelled_prefix: str, attendee: str) -> bytes:
    if not entry.organiser_mail:
        raise ValueError("An invitation needs the address of its organiser")
    zone = b""
    if entry.time_zone not in zones.WITHOUT_ZONE:
        zone = _zone(zones.describe(entry.time_zone, entry.starts_at, entry.ends_at))
    *event, last = _event(entry, cancelled_prefix)
    return b"".join([_head(method), zone, *map(fold, (*event, attendee, last)), END])


def _zone(zone: Timezone) -> bytes:
    body: bytes = zone.to_ical(sorted=False)
    return body


def _zones(entries: Sequence[Entry]) -> Iterator[Timezone]:
    """Almaty always, so that an empty feed holds a component; then the others by name."""
    spans = {zones.ALMATY: (zones.ONE_TIME_FOR_ALL, zones.ONE_TIME_FOR_ALL)}
    for entry in entries:
        first, last = spans.get(entry.time_zone, (entry.starts_at, entry.ends_at))
        spans[entry.time_zone] = (min(first, entry.starts_at), max(last, entry.ends_at))
    for name in sorted(spans.keys() - zones.WITHOUT_ZONE, key=lambda name: (name != zones.ALMATY, name)):
        yield zones.describe(name, *spans[name])


def _event(entry: Entry, cancelled_prefix: str) -> Iterator[str]:
    prefix = one_line(cancelled_prefix) if entry.cancelled else ""
    title = one_line(entry.title)
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(one_line(entry.uid))}"
    yield from _history(entry)
    yield from _times(entry)
    yield "SUMMARY:" + escaped(f"{prefix} {title}".strip())
    yield from _texts(entry)
    yield from _standing(entry)
    if entry.organiser_mail:
        yield f"ORGANIZER{_common_name(entry.organiser_name)}:{mailto(entry.organiser_mail)}"
    if entry.parent_uid:
        yield f"RELATED-TO;RELTYPE=PARENT:{escaped(one_line(entry.parent_uid))}"
    for minutes in () if entry.cancelled else entry.alarms:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(title)}")
        yield from (f"TRIGGER:-PT{minutes}M", "END:VALARM")
    yield "END:VEVENT"


def _history(entry: Entry) -> Iterator[str]:
    # Both stamps are stored: the time of the fetch would change the ETag of an unchanged feed.
    changed = stamp(_aware(entry.changed))
    yield f"DTSTAMP:{stamp(_aware(entry.stamped)) if entry.stamped else changed}"
    yield f"LAST-MODIFIED:{changed}"
    if not entry.terse:
        yield f"CREATED:{stamp(_aware(entry.created))}"
    yield f"SEQUENCE:{entry.sequence}"


def _times(entry: Entry) -> Iterator[str]:
    yield "DTSTART" + _time(entry, entry.starts_at)
    if entry.ends_at > entry.starts_at:  # RFC 5545: an end is later than its beginning
        yield "DTEND" + _time(entry, entry.ends_at)


def _time(entry: Entry, instant: datetime) -> str:
    if entry.all_day:
        return f";VALUE=DATE:{zones.local(instant, entry.time_zone):%Y%m%d}"
    zoned = zones.zoned(instant, entry.time_zone)
    return f";TZID={entry.time_zone}:{zoned:%Y%m%dT%H%M%S}" if zoned else f":{stamp(instant)}"


def _texts(entry: Entry) -> Iterator[str]:
    url, join_url = url_of(entry.url), url_of(entry.join_url)
    description = "" if entry.terse else _description(entry, join_url, url)
    for name, value in (("DESCRIPTION", description), ("LOCATION", one_line(entry.location))):
        if value:
            yield f"{name}:{escaped(value)}"
    if url:
        yield f"URL:{url}"
    if categories := [escaped(found) for found in map(one_line, entry.categories) if found]:
        yield "CATEGORIES:" + ",".join(categories)
    if join_url:
        yield f"CONFERENCE;VALUE=URI;FEATURE=VIDEO:{join_url}"


def _description(entry: Entry, *links: str) -> str:
    """The text and, for programs that show nothing else, the links it does not hold yet."""
    text = clean(entry.description)
    return "\n".join([text, *(link for link in links if link and link not in text)]).strip()


def _standing(entry: Entry) -> Iterator[str]:
    """STATUS, and what is meant without being said: OPAQUE and PUBLIC."""
    # RFC 5546, 3.2.5: with a STATUS those who stay would be told that the event is off.
    if not entry.without_status:
        yield f"STATUS:{'CANCELLED' if entry.cancelled else 'TENTATIVE' if entry.tentative else 'CONFIRMED'}"
    busy = entry.busy and not entry.all_day and not entry.cancelled
    if not (entry.terse and busy):
        yield f"TRANSP:{'OPAQUE' if busy else 'TRANSPARENT'}"
    if not entry.terse:
        yield "CLASS:PUBLIC"


def _attendee(attendee: Attendee, answer: str) -> str:
    name = _common_name(attendee.name)
    return f"ATTENDEE{name};CUTYPE=INDIVIDUAL;PARTSTAT={answer};ROLE=REQ-PARTICIPANT;RSVP=FALSE:{mailto(attendee.mail)}"


def _common_name(name: str) -> str:
    return f";CN={parameter(name)}" if one_line(name) else ""


def _aware(at: datetime) -> datetime:
    return zones.local(at, "UTC")
