"""Feeds and invitations as bytes, in the shape that every calendar program we know of reads right.

Pure: data in, bytes out, no clock and no chance, so that equal data gives an equal ETag everywhere.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

from events_service.ics import fitting, zones
from events_service.ics.shapes import Attendee, Entry
from services.text import UNSAFE, tidy

__all__ = ["Attendee", "Entry", "cancel", "clean", "etag", "feed", "lines", "one_line", "request"]
PRODID = "-//Qonyrau//Calendar//EN"
COLOR = "teal"
REFRESH = timedelta(hours=1)
LONGEST_LINE = 1000
_END = b"END:VCALENDAR\r\n"
# A byte order mark at the start of a value would be lost in reading.
_UNSEEN = re.compile(rf"{UNSAFE.pattern}|\ufeff")
# Few programs know how RFC 6868 writes a quotation mark; many take a backslash for an escape.
_IN_PARAMETER = str.maketrans({'"': "'", "\\": "/"})
_URL_LETTERS = ":/?#[]@!$&'()*+,;=%"


def feed(entries: Sequence[Entry], *, name: str, cancelled_prefix: str, language: str) -> bytes:
    """A calendar to subscribe to; valid without entries too."""
    calendar = _calendar("PUBLISH")
    title = one_line(name)
    calendar.add("NAME", vText(title, params={"LANGUAGE": one_line(language)}))
    # The library does not escape what it knows no type for; vText does.
    calendar.add("X-WR-CALNAME", vText(title))
    calendar.add("X-WR-TIMEZONE", vText(zones.ALMATY))
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vText("PT1H"))
    calendar.add("COLOR", COLOR)
    for zone in _zones(entries):
        calendar.add_component(zone)
    head = _write(calendar).removesuffix(_END)
    return b"".join([head, *fitting.fit(entries, lambda entry: lines(entry, cancelled_prefix)), _END])


@lru_cache(maxsize=8192)
def lines(entry: Entry, cancelled_prefix: str) -> bytes:
    """One VEVENT as it stands in every feed that holds it: most feeds share most of their entries."""
    body: bytes = _event(entry, cancelled_prefix).to_ical(sorted=False)
    return body


def request(entry: Entry, attendee: Attendee, *, cancelled_prefix: str = "") -> bytes:
    """An invitation, or its newer version, to one who has already said yes by registering."""
    event = _event(entry, cancelled_prefix)
    return _message("REQUEST", entry, event, _attendee(attendee, "ACCEPTED"))


def cancel(entry: Entry, attendee: Attendee, *, whole_event: bool, cancelled_prefix: str = "") -> bytes:
    """Takes the entry out of one person's calendar: nobody holds it, or only this person left."""
    entry = replace(entry, cancelled=whole_event)
    event = _event(entry, cancelled_prefix)
    if not whole_event:
        # RFC 5546, 3.2.5: with a STATUS the others would be told that the event is off.
        del event["STATUS"]
    return _message("CANCEL", entry, event, _attendee(attendee, "ACCEPTED" if whole_event else "DECLINED"))


def etag(body: bytes) -> str:
    """The validator of a body, without the quotes that the header puts around it."""
    return sha256(body).hexdigest()[:32]


def clean(value: str) -> str:
    """Text that cannot end a line of the file: no control characters but the newline."""
    kept = _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    # The library takes a typed \N (as in C:\New) for a line break; a typed \n it leaves alone.
    return tidy(kept.replace("\\N", "\\n"))


def one_line(value: str) -> str:
    """Clean text without newlines, cut where no calendar program would show it anyway."""
    return clean(value).replace("\n", " ")[:LONGEST_LINE].strip()


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    return calendar


def _message(method: str, entry: Entry, event: Event, attendee: vCalAddress) -> bytes:
    if "ORGANIZER" not in event:
        raise ValueError("An invitation needs the address of its organiser")
    calendar = _calendar(method)
    if entry.time_zone not in zones.WITHOUT_ZONE:
        calendar.add_component(zones.describe(entry.time_zone, entry.starts_at, entry.ends_at))
    event.add("ATTENDEE", attendee)
    calendar.add_component(event)
    return _write(calendar)


def _write(calendar: Calendar) -> bytes:
    body: bytes = calendar.to_ical(sorted=False)
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
    event = Event()
    event.add("UID", one_line(entry.uid))
    _add_history(event, entry)
    _add_times(event, entry)
    title = one_line(entry.title)
    prefix = one_line(cancelled_prefix) if entry.cancelled else ""
    event.add("SUMMARY", f"{prefix} {title}".strip())
    _add_texts(event, entry)
    event.add("STATUS", _status(entry))
    busy = entry.busy and not entry.all_day and not entry.cancelled
    if not (entry.terse and busy):  # OPAQUE and PUBLIC are what is meant without them
        event.add("TRANSP", "OPAQUE" if busy else "TRANSPARENT")
    if not entry.terse:
        event.add("CLASS", "PUBLIC")
    if entry.organiser_mail:
        event.add("ORGANIZER", _address(entry.organiser_name, entry.organiser_mail))
    if entry.parent_uid:
        event.add("RELATED-TO", one_line(entry.parent_uid), parameters={"RELTYPE": "PARENT"})
    for minutes in () if entry.cancelled else entry.alarms:
        event.add_component(_alarm(minutes, title))
    return event


def _alarm(minutes: int, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", title)
    alarm.add("TRIGGER", timedelta(minutes=-minutes))
    return alarm


def _status(entry: Entry) -> str:
    return "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED"


def _add_history(event: Event, entry: Entry) -> None:
    # Both stamps are stored: the time of the fetch would change the ETag of an unchanged feed.
    changed = zones.written(entry.changed, "UTC")
    event.add("DTSTAMP", changed)
    event.add("LAST-MODIFIED", changed)
    event.add("CREATED", zones.written(entry.created, "UTC"))
    event.add("SEQUENCE", entry.sequence)


def _add_times(event: Event, entry: Entry) -> None:
    for name, instant in (("DTSTART", entry.starts_at), ("DTEND", entry.ends_at)):
        if name == "DTEND" and instant <= entry.starts_at:  # RFC 5545: an end is later than its beginning
            continue
        if entry.all_day:
            event.add(name, zones.local(instant, entry.time_zone).date())
        else:
            event.add(name, zones.written(instant, entry.time_zone))


def _add_texts(event: Event, entry: Entry) -> None:
    url, join_url = _url(entry.url), _url(entry.join_url)
    description = "" if entry.terse else _description(entry, join_url, url)
    location = one_line(entry.location)
    for name, value in (("DESCRIPTION", description), ("LOCATION", location), ("URL", url)):
        if value:
            event.add(name, value)
    if categories := [found for found in map(one_line, entry.categories) if found]:
        event.add("CATEGORIES", categories)
    if join_url:
        event.add("CONFERENCE", join_url, parameters={"VALUE": "URI", "FEATURE": "VIDEO"})


def _description(entry: Entry, *links: str) -> str:
    """The text and, for programs that show nothing else, the links it does not hold yet."""
    text = clean(entry.description)
    return "\n".join([text, *(link for link in links if link and link not in text)]).strip()


def _url(value: str) -> str:
    """A web address in ASCII, or nothing: URL values are written as they are."""
    url = quote(re.sub(r"\s", "", clean(value)), safe=_URL_LETTERS)
    return url if url.startswith(("https://", "http://")) else ""


def _attendee(attendee: Attendee, answer: str) -> vCalAddress:
    person = _address(attendee.name, attendee.mail)
    person.params.update(CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT", PARTSTAT=answer, RSVP="FALSE")
    return person


def _address(name: str, mail: str) -> vCalAddress:
    address = vCalAddress("mailto:" + quote(re.sub(r"\s", "", clean(mail)), safe="@!$'*+=^`{|}~"))
    if shown := one_line(name).translate(_IN_PARAMETER):
        address.params["CN"] = shown
    return address
