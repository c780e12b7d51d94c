"""What public feeds hold: which events, in which words, and how a change is shown."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event

from events_service.db import db
from events_service.directory import copying
from services.fields import midnight, today
from tests.events_service.calendars.reading import write
from tests.events_service.scene import TITLE, Scene, entry_of, in_days, play
from tests.support.suite import Suite

pytestmark = pytest.mark.either_engine


def put_back(scene: Scene, ends_at: datetime) -> None:
    write(scene, starts_at=ends_at - timedelta(hours=2), ends_at=ends_at)


def test_move_grows_sequence_and_is_seen_at_once(suite: Suite) -> None:
    scene = play(suite)
    before = scene.entry()
    scene.change(starts_at=in_days(41), ends_at=in_days(41, "12:00"))
    after = scene.entry()
    assert before is not None
    assert after is not None
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(days=1)


def test_description_moves_last_modified_and_not_sequence(suite: Suite) -> None:
    scene = play(suite)
    write(scene, changed_at=midnight(today()) - timedelta(days=2))
    before = scene.entry()
    scene.change(description={"kk": "Басқа мәтін"})
    after = scene.entry()
    assert before is not None
    assert after is not None
    assert after["SEQUENCE"] == before["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert "Басқа мәтін" in after["DESCRIPTION"]


def test_words_of_the_agenda_are_a_change_like_any_other(suite: Suite) -> None:
    scene = play(suite)
    answer = scene.change(agenda=[{"title": {"kk": "Қорытынды"}}])
    entry = scene.entry()
    assert entry is not None
    assert answer["version"] == scene.event["version"] + 1
    assert "Қорытынды" in entry["DESCRIPTION"]


def test_cancelled_event_stays_with_its_status_and_comes_back(suite: Suite) -> None:
    scene = play(suite)
    scene.cancel("Боран")
    off = scene.entry("/calendars/all.ics?lang=en")
    scene.restore()
    on = scene.entry("/calendars/all.ics?lang=en")
    assert off is not None
    assert on is not None
    assert (off["STATUS"], off["SEQUENCE"], str(off["SUMMARY"])) == ("CANCELLED", 1, f"Cancelled: {TITLE['en']}")
    assert "Боран" in off["DESCRIPTION"]
    assert (on["STATUS"], on["SEQUENCE"], str(on["SUMMARY"])) == ("CONFIRMED", 2, TITLE["en"])


@pytest.mark.parametrize(("days", "shown"), [(0, True), (1, True), (2, False)])
def test_cancelled_event_stays_until_the_day_after_its_end(suite: Suite, days: int, shown: bool) -> None:
    scene = play(suite)
    scene.cancel()
    put_back(scene, midnight(today() - timedelta(days=days)) + timedelta(hours=9))
    assert (scene.entry() is not None) is shown


@pytest.mark.parametrize(("days", "shown"), [(1, True), (90, True), (91, False)])
def test_past_events_stay_ninety_days(suite: Suite, days: int, shown: bool) -> None:
    scene = play(suite)
    put_back(scene, midnight(today() - timedelta(days=days)) + timedelta(hours=9))
    assert (scene.entry() is not None) is shown


@pytest.mark.parametrize("precision", ["month", "range", "half_year", "academic_year", "none"])
def test_inexact_dates_stay_out(suite: Suite, precision: str) -> None:
    assert play(suite, date_precision=precision).entry() is None


def test_draft_stays_out(suite: Suite) -> None:
    scene = play(suite)
    copy = scene.do("POST", scene.path("/duplicate"))
    assert entry_of(suite.json("GET", "/calendars/all.ics").data, copy["uid"]) is None


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_feed_speaks_the_language_of_its_address(suite: Suite, language: str) -> None:
    scene = play(suite)
    entry = scene.entry(f"/calendars/all.ics?lang={language}")
    assert entry is not None
    assert str(entry["SUMMARY"]) == TITLE[language]
    others = [text for code, text in scene.event["description"].items() if code != language]
    assert not any(text in entry["DESCRIPTION"] for text in others)


def test_entry_tells_agenda_and_organiser_but_not_how_to_join(suite: Suite) -> None:
    scene = play(suite)
    body = suite.json("GET", "/calendars/all.ics?lang=ru").data.replace(b"\r\n ", b"")
    entry = entry_of(body, scene.event["uid"])
    assert entry is not None
    assert "10:00 Введение – А. Оспанова" in entry["DESCRIPTION"]
    assert entry["ORGANIZER"].params["CN"] in entry["DESCRIPTION"]
    assert str(entry["URL"]) == f"http://127.0.0.1:8000/events/{scene.event['slug']}"
    assert b"zoom.example" not in body
    assert "ATTENDEE" not in entry


def test_each_filter_keeps_what_it_names(suite: Suite) -> None:
    abai = {"rule": "district", "district": "ABA"}
    scene = play(suite, subject="математика", programme="AUYL_QALA", language="ru", audience=abai)
    inside = [
        "/calendars/all.ics?district=ABA&kind=webinar&programme=AUYL_QALA&subject=математика&format=zoom&language=ru",
        "/calendars/district/ABA.ics",
        "/calendars/kind/webinar.ics",
        "/calendars/programme/AUYL_QALA.ics",
    ]
    play(suite, kind="seminar", format="in_person", audience={"rule": "district", "district": "KAR"})
    outside = ["/calendars/district/KAR.ics", "/calendars/kind/seminar.ics", "/calendars/all.ics?format=in_person"]
    assert [path for path in inside if scene.entry(path) is None] == []
    assert [path for path in outside if scene.entry(path) is not None] == []


@pytest.mark.parametrize(
    "path",
    [
        "/calendars/all.ics?district=XXX",
        "/calendars/all.ics?kind=party",
        "/calendars/all.ics?programme=NONE",
        "/calendars/all.ics?subject=алхимия",
        "/calendars/all.ics?format=pigeon",
        "/calendars/all.ics?language=de",
        "/calendars/all.ics?lang=de",
        "/calendars/district/XXX.ics",
        "/calendars/kind/party.ics",
        "/calendars/programme/NONE.ics",
        "/calendars/subject/x.ics",
        "/calendars?kind=party",
    ],
)
def test_filter_that_means_nothing_is_not_found(suite: Suite, path: str) -> None:
    reply = suite.json("GET", path)
    assert reply.status_code == 404
    assert b"BEGIN:VCALENDAR" not in reply.data


def test_event_that_cannot_be_written_is_left_out_and_reported(suite: Suite, caplog: pytest.LogCaptureFixture) -> None:
    good, bad = play(suite), play(suite)
    write(bad, time_zone="Atlantis/Centre")
    reply = suite.json("GET", "/calendars/all.ics")
    assert reply.status_code == 200
    assert good.entry() is not None
    assert bad.entry() is None
    assert bad.event["id"] in caplog.text


def test_hostile_title_is_one_line_of_one_entry(suite: Suite) -> None:
    title = 'a\\, b; "c" \\n END:VEVENT BEGIN:VEVENT 👩🏽‍🏫 ' + "ұ" * 200
    scene = play(suite, title={"kk": title})
    entry = scene.entry()
    assert entry is not None
    assert str(entry["SUMMARY"]) == title


def test_renamed_organiser_is_renamed_in_the_feed(suite: Suite) -> None:
    scene = play(suite)
    before = scene.entry()
    with suite.events.app_context(), db.transaction() as session:
        row = {"code": scene.event["organisation"], "name": {"kk": "Жаңа атау"}}
        copying.apply(session, [{"kind": "organisation", "id": row["code"], "row": row}])
    after = scene.entry()
    assert before is not None
    assert after is not None
    assert after["ORGANIZER"].params["CN"] == "Жаңа атау"
    assert before["ORGANIZER"].params["CN"] != "Жаңа атау"


def test_feed_takes_as_many_queries_for_three_events_as_for_one(suite: Suite) -> None:
    play(suite)
    one = queries_of(suite, "/calendars/all.ics")
    play(suite)
    play(suite)
    assert queries_of(suite, "/calendars/all.ics") == one


def queries_of(suite: Suite, path: str) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    with suite.events.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    try:
        assert suite.json("GET", path).status_code == 200
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return len(seen)
