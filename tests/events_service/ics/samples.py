"""An entry, its reader, and the ways to look into the bytes of a calendar."""

from datetime import UTC, datetime

from icalendar import Calendar, Component

from events_service.ics import ical

ENTRY = ical.Entry(
    uid="0193f2a1@qonyrau.kz",
    sequence=3,
    created=datetime(2026, 9, 1, 8, tzinfo=UTC),
    changed=datetime(2026, 9, 2, 9, 30, tzinfo=UTC),
    starts_at=datetime(2026, 10, 5, 5, tzinfo=UTC),
    ends_at=datetime(2026, 10, 5, 7, tzinfo=UTC),
    title="Шағын жинақты мектептегі сабақ",
    description="Ноутбук алып келіңіз\nКіру тегін",
    location="Талдықорған, Абай 1",
    url="https://qonyrau.kz/events/1",
    join_url="https://meet.kz/abc",
    categories=("математика", "a, b"),
    organiser_name="Өрлеу орталығы",
    organiser_mail="orleu@qonyrau.kz",
    parent_uid="0193f200@qonyrau.kz",
)
TEACHER = ical.Attendee("Әсем Оспанова", "asem@mektep.kz")


def feed(*entries: ical.Entry, name: str = "Қоңырау", prefix: str = "Болмайды:") -> bytes:
    return ical.feed(entries, name=name, cancelled_prefix=prefix, language="kk")


def first_event(body: bytes) -> Component:
    return Calendar.from_ical(body).walk("VEVENT")[0]


def raw_lines(body: bytes) -> list[str]:
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


def property_names(body: bytes) -> list[str]:
    return [line.split(":")[0].split(";")[0] for line in raw_lines(body)]
