"""Feeds and invitations as bytes, in the shape that every calendar program we know of reads right.

Pure: data in, bytes out, no clock and no chance, so that equal data gives an equal ETag everywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from icalendar import (
    Alarm,
    Calendar,
    Event,
    Timezone,
    vCalAddress,
    vCategory,
    vDate,
    vDatetime,
    vDuration,
    vInt,
    vText,
    vUri,
)

from events_service.ics import fitting, zones
from events_service.ics.shapes import Attendee, Entry
from events_service.ics.texts import clean, mailto, one_line, parameter, url_of

__all__ = ["Attendee", "Entry", "cancel", "clean", "etag", "feed", "lines", "one_line", "request"]
PRODID = "-//Qonyrau//Calendar//EN"
COLOR = "teal"
REFRESH = timedelta(hours=1)
END = b"END:VCALENDAR\r\n"
# A name and a value of the library's own type: what it need not find out is written a fifth quicker.
Property = tuple[str, Any]


def feed(entries: Sequence[Entry], *, name: str, cancelled_prefix: str, language: str) -> bytes:
    """A calendar to subscribe to; valid without entries too."""
    calendar, title = _calendar("PUBLISH"), one_line(name)
    shown = {
        "NAME": vText(title, params={"LANGUAGE": language}),
        "X-WR-CALNAME": vText(title),
        "X-WR-TIMEZONE": vText(zones.ALMATY),
        "REFRESH-INTERVAL": vDuration(REFRESH, params={"VALUE": "DURATION"}),
        "X-PUBLISHED-TTL": vDuration(REFRESH),
        "COLOR": vText(COLOR),
    }
    calendar.update(shown)
    calendar.subcomponents.extend(_zones(entries))
    written = fitting.fit(entries, lambda entry: lines(entry, cancelled_prefix))
    return b"".join([_bytes(calendar).removesuffix(END), *written, END])


@lru_cache(maxsize=16_384)  # 2,000 events in three languages, whole and short
def lines(entry: Entry, cancelled_prefix: str) -> bytes:
    """One VEVENT as it stands in every feed that holds it: most feeds share most of their entries."""
    return _bytes(_event(entry, cancelled_prefix))


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


def _calendar(method: str) -> Calendar:
    fixed = {"VERSION": "2.0", "PRODID": PRODID, "CALSCALE": "GREGORIAN", "METHOD": method}
    return Calendar({name: vText(value) for name, value in fixed.items()})


def _message(method: str, entry: Entry, cancelled_prefix: str, attendee: vCalAddress) -> bytes:
    if not entry.organiser_mail:
        raise ValueError("An invitation needs the address of its organiser")
    calendar, event = _calendar(method), _event(entry, cancelled_prefix)
    if entry.time_zone not in zones.WITHOUT_ZONE:
        calendar.add_component(zones.describe(entry.time_zone, entry.starts_at, entry.ends_at))
    event["ATTENDEE"] = attendee
    calendar.add_component(event)
    return _bytes(calendar)


def _bytes(part: Calendar | Event) -> bytes:
    body: bytes = part.to_ical(sorted=False)
    return body


def _zones(entries: Sequence[Entry]) -> Iterator[Timezone]:
    """Almaty always, so that an empty feed holds a component; then the others by name."""
    spans = {zones.ALMATY: (zones.ONE_TIME_FOR_ALL, zones.ONE_TIME_FOR_ALL)}
    for entry in entries:
        first, last = spans.get(entry.time_zone, (entry.starts_at, entry.ends_at))
        spans[entry.time_zone] = (min(first, entry.starts_at), max(last, entry.ends_at))
    for name in sorted(spans.keys() - zones.WITHOUT_ZONE, key=lambda name: (name != zones.ALMATY, name)):
        yield zones.describe(name, *spans[name])


def _event(entry: Entry, cancelled_prefix: str) -> Event:
    prefix = one_line(cancelled_prefix) if entry.cancelled else ""
    title = one_line(entry.title)
    event = Event(_properties(entry, f"{prefix} {title}".strip()))
    event.subcomponents.extend(_alarm(minutes, title) for minutes in entry.alarms if not entry.cancelled)
    return event


def _properties(entry: Entry, summary: str) -> Iterator[Property]:
    yield "UID", vText(one_line(entry.uid))
    yield from _history(entry)
    yield from _times(entry)
    yield "SUMMARY", vText(summary)
    yield from _texts(entry)
    yield from _standing(entry)
    if entry.organiser_mail:
        yield "ORGANIZER", _address(entry.organiser_name, entry.organiser_mail)
    if entry.parent_uid:
        yield "RELATED-TO", vText(one_line(entry.parent_uid), params={"RELTYPE": "PARENT"})


def _history(entry: Entry) -> Iterator[Property]:
    # Both stamps are stored: the time of the fetch would change the ETag of an unchanged feed.
    yield "DTSTAMP", _stamp(entry.stamped or entry.changed)
    yield "LAST-MODIFIED", _stamp(entry.changed)
    if not entry.terse:
        yield "CREATED", _stamp(entry.created)
    yield "SEQUENCE", vInt(entry.sequence)


def _stamp(at: datetime) -> vDatetime:
    return vDatetime(zones.local(at, "UTC"))


def _times(entry: Entry) -> Iterator[Property]:
    yield "DTSTART", _time(entry, entry.starts_at)
    if entry.ends_at > entry.starts_at:  # RFC 5545: an end is later than its beginning
        yield "DTEND", _time(entry, entry.ends_at)


def _time(entry: Entry, instant: datetime) -> vDate | vDatetime:
    if entry.all_day:
        return vDate(zones.local(instant, entry.time_zone).date(), params={"VALUE": "DATE"})
    return vDatetime(zones.written(instant, entry.time_zone))


def _texts(entry: Entry) -> Iterator[Property]:
    url, join_url = url_of(entry.url), url_of(entry.join_url)
    description = "" if entry.terse else _description(entry, join_url, url)
    for name, value in (("DESCRIPTION", description), ("LOCATION", one_line(entry.location))):
        if value:
            yield name, vText(value)
    if url:
        yield "URL", vUri(url)
    if categories := [found for found in map(one_line, entry.categories) if found]:
        yield "CATEGORIES", vCategory(categories)
    if join_url:
        yield "CONFERENCE", vUri(join_url, params={"VALUE": "URI", "FEATURE": "VIDEO"})


def _description(entry: Entry, *links: str) -> str:
    """The text and, for programs that show nothing else, the links it does not hold yet."""
    text = clean(entry.description)
    return "\n".join([text, *(link for link in links if link and link not in text)]).strip()


def _standing(entry: Entry) -> Iterator[Property]:
    """STATUS, and what is meant without being said: OPAQUE and PUBLIC."""
    # RFC 5546, 3.2.5: with a STATUS those who stay would be told that the event is off.
    if not entry.without_status:
        yield "STATUS", vText("CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    busy = entry.busy and not entry.all_day and not entry.cancelled
    if not (entry.terse and busy):
        yield "TRANSP", vText("OPAQUE" if busy else "TRANSPARENT")
    if not entry.terse:
        yield "CLASS", vText("PUBLIC")


def _alarm(minutes: int, title: str) -> Alarm:
    trigger = vDuration(timedelta(minutes=-minutes))
    return Alarm({"ACTION": vText("DISPLAY"), "DESCRIPTION": vText(title), "TRIGGER": trigger})


def _attendee(attendee: Attendee, answer: str) -> vCalAddress:
    person = _address(attendee.name, attendee.mail)
    person.params.update(CUTYPE="INDIVIDUAL", PARTSTAT=answer, ROLE="REQ-PARTICIPANT", RSVP="FALSE")
    return person


def _address(name: str, mail: str) -> vCalAddress:
    shown = parameter(name)
    return vCalAddress(mailto(mail), params={"CN": shown} if shown else None)
