"""Whatever program reads a feed, it sees what the rows say: the same events, instants and titles."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask_babel import force_locale

from events_service.db import db
from events_service.events.models import CANCELLED, AgendaItem, Event
from events_service.ics import entries
from events_service.registrations.models import Registration
from services.fields import midnight, today
from services.i18n import local, said_plain
from tests.conftest import running
from tests.events_service.ics.readers import READERS, Seen
from tests.events_service.scene import Scene, in_days, mail_of, play
from tests.support.suite import ORIGIN, Suite

pytestmark = pytest.mark.one_engine("sqlite")
HARD = {
    "kk": 'Қазақша; үтір, "тырнақша" \\ қиғаш 👩🏽‍🏫🎓 ' + "ұ" * 250,
    "ru": "Русский, с запятой; и «ёлкой» 🎓 " + "ы" * 260,
}
Row = tuple[str, date | datetime, date | datetime, str]


@pytest.fixture(scope="module")
def stage(templates: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """A region a few days after the clocks of Kazakhstan were put back, with all that is hard to read."""
    with (
        time_machine.travel("2024-03-05T06:00:00Z"),
        templates("sqlite").copied(tmp_path_factory.mktemp("readers")) as settings,
        running(settings, "sqlite") as suite,
    ):
        for scene in list(hard_events(suite)):
            scene.register(1)
        late = play(suite, title={"kk": "Кейін болмайды", "ru": "Потом отменено"})
        late.register(1)
        late.cancel("Боран, жол жабық; келесі жолы")
        yield suite


def hard_events(suite: Suite) -> Iterator[Scene]:
    yield play(suite, title=HARD, description={"kk": "Бірінші жол\nекінші, үшінші; \\ соңы", "ru": "а\r\n\r\nб"})
    days = [in_days(day, "09:00") for day in (30, 31, 32)]
    lines = [
        {"starts_at": at, "ends_at": at.replace("09:", "10:"), "title": {"kk": f"Күн {at[:10]}, №"}} for at in days
    ]
    yield play(suite, starts_at=days[0], ends_at=in_days(32, "18:00"), agenda=lines, title={"kk": "Үш күн"})
    yield play(suite, all_day=True, starts_at=in_days(5), ends_at=in_days(5), agenda=[], title={"ru": "Весь день"})
    night = {"starts_at": "2024-12-31T22:00", "ends_at": "2025-01-01T02:00", "agenda": []}
    yield play(suite, **night, title={"kk": "Жаңа жыл түні"})


@pytest.fixture(scope="module")
def past(stage: Suite) -> Scene:
    """An event by the clock of before, when 10:00 was 04:00 UTC; its title holds what no form lets in."""
    scene = play(stage)
    with stage.events.app_context(), db.transaction() as session:
        event = session.get_one(Event, scene.event["id"])
        event.starts_at = datetime(2024, 2, 20, 4, tzinfo=UTC)
        event.ends_at, event.changed_at = event.starts_at + timedelta(hours=1), event.changed_at
        event.title = {"kk": "Сағат\nауысқанға дейін"}
        event.lines.clear()
    return scene


def rows_of(suite: Suite, language: str) -> list[Row]:
    """All that a feed of everything should show, from the database."""
    with suite.events.app_context(), force_locale(language):
        prefix, earliest = entries.cancelled_prefix(), midnight(today() - timedelta(days=90))
        events = [e for e in db.session.query(Event) if e.published_at and entries.in_calendars(e)]
        found = [row for e in events for row in (_row(e, e, prefix), *_sessions(e, prefix))]
        return [row for row in found if not isinstance(row[2], datetime) or row[2] > earliest]


def _sessions(event: Event, prefix: str) -> Iterator[Row]:
    yield from (_row(event, line, prefix) for line in event.lines if line.starts_at)


def _row(event: Event, row: Event | AgendaItem, prefix: str) -> Row:
    title = " ".join(said_plain(row.title).split("\n"))
    start, end = row.starts_at, row.ends_at or row.starts_at
    assert start
    assert end
    if event.all_day and row is event:
        start, end = (local(at, event.time_zone).date() for at in (start, end))
    return row.uid, start, end, f"{prefix} {title}" if event.status == CANCELLED else title


def plain(seen: list[Seen]) -> list[Seen]:
    return sorted((uid, _instant(start), _instant(end), title) for uid, start, end, title in seen)


def _instant(at: date | datetime) -> str:
    return at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at.isoformat()


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("reader", READERS)
def test_reader_sees_in_the_public_feed_what_the_rows_say(
    stage: Suite, past: Scene, reader: str, language: str
) -> None:
    body = stage.json("GET", f"/calendars/all.ics?lang={language}").data
    wanted = plain(rows_of(stage, language))
    assert len(wanted) > 50
    assert past.event["uid"] in {uid for uid, *_ in wanted}
    assert plain(READERS[reader](body)) == wanted


@pytest.mark.parametrize("reader", READERS)
def test_reader_sees_in_a_personal_feed_what_the_rows_say(stage: Suite, reader: str) -> None:
    url = stage.json("GET", "/api/v1/me/calendar", as_=stage.sign_in("teacher", 1)).get_json()["url"]
    body = stage.json("GET", url.removeprefix(ORIGIN)).data
    with stage.events.app_context(), force_locale("kk"):
        prefix, hers = entries.cancelled_prefix(), Registration.email == mail_of(1)
        events = [e for e in db.session.query(Event).join(Registration).where(hers) if entries.in_calendars(e)]
        wanted = [row for e in events for row in (_row(e, e, prefix), *_sessions(e, prefix))]
    assert len(wanted) >= 10
    assert plain(READERS[reader](body)) == plain(wanted)
