"""Sessions of a programme in calendars: entries of their own that keep their UID through every edit."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from events_service.db import db
from events_service.events.models import AgendaItem
from services.fields import midnight, today
from tests.events_service.calendars.reading import entries, sessions, write
from tests.events_service.scene import Scene, in_days, play
from tests.support.suite import Suite

pytestmark = pytest.mark.either_engine

FIRST, SECOND = ({"kk": word} for word in ("Ашылу", "Сабақ"))


def line(title: dict[str, str], begin: str, end: str = "", **more: Any) -> dict[str, Any]:
    return {"title": title, "starts_at": in_days(40, begin), "ends_at": in_days(40, end) if end else None, **more}


OPENING, LESSON = line(FIRST, "10:00", "10:30"), line(SECOND, "10:30", "11:30", presenter="А. Оспанова")


def programme(suite: Suite) -> Scene:
    return play(suite, agenda=[OPENING, {"title": {"kk": "Түскі ас"}}, LESSON])


def test_timed_line_is_an_entry_bound_to_its_event(suite: Suite) -> None:
    scene = programme(suite)
    found, whole = sessions(scene), scene.entry()
    assert whole is not None
    assert set(found) == {"Ашылу", "Сабақ"}
    lesson = found["Сабақ"]
    assert lesson["RELATED-TO"].params["RELTYPE"] == "PARENT"
    assert lesson["DTEND"].dt - lesson["DTSTART"].dt == timedelta(hours=1)
    assert "А. Оспанова" in lesson["DESCRIPTION"]
    assert all(f"{title}" in whole["DESCRIPTION"] for title in ("Ашылу", "Түскі ас", "Сабақ"))


def test_line_without_an_end_has_no_dtend(suite: Suite) -> None:
    scene = play(suite, agenda=[line(FIRST, "10:00")])
    assert "DTEND" not in sessions(scene)["Ашылу"]


EDITS: dict[str, tuple[list[dict[str, Any]], dict[str, tuple[str, int]]]] = {
    # What the agenda becomes; then, by new title, whose UID it keeps and by how much SEQUENCE has grown.
    "nothing": ([OPENING, LESSON], {"Ашылу": ("Ашылу", 0), "Сабақ": ("Сабақ", 0)}),
    "other order": ([LESSON, OPENING], {"Ашылу": ("Ашылу", 0), "Сабақ": ("Сабақ", 0)}),
    "a line before": ([line({"kk": "Тіркеу"}, "10:00"), OPENING, LESSON], {"Ашылу": ("Ашылу", 0)}),
    "a title": ([OPENING, LESSON | {"title": {"kk": "Ойын"}}], {"Ойын": ("Сабақ", 0)}),
    "a time": ([OPENING, line(SECOND, "11:00", "11:30")], {"Сабақ": ("Сабақ", 1)}),
    "an end": ([OPENING, line(SECOND, "10:30", "12:00")], {"Сабақ": ("Сабақ", 1)}),
    "title and time": ([OPENING, line({"kk": "Ойын"}, "11:10")], {"Ашылу": ("Ашылу", 0), "Ойын": ("Сабақ", 1)}),
    "times exchanged": ([line(SECOND, "10:00"), line(FIRST, "10:30")], {"Ашылу": ("Ашылу", 1), "Сабақ": ("Сабақ", 1)}),
}


@pytest.mark.parametrize("name", EDITS)
def test_edit_of_the_agenda_keeps_uids(suite: Suite, name: str) -> None:
    agenda, kept = EDITS[name]
    scene = play(suite, agenda=[OPENING, LESSON])
    before = sessions(scene)
    scene.change(agenda=agenda)
    after = sessions(scene)
    for title, (old, grown) in kept.items():
        assert after[title]["UID"] == before[old]["UID"], title
        assert after[title]["SEQUENCE"] == before[old]["SEQUENCE"] + grown, title
    live = [title for title, entry in after.items() if entry["STATUS"] == "CONFIRMED"]
    assert sorted(live) == sorted(one["title"]["kk"] for one in agenda)


def test_removed_session_stays_as_cancelled_and_nowhere_else(suite: Suite) -> None:
    scene = programme(suite)
    before = sessions(scene)
    answer = scene.change(agenda=[OPENING])
    gone = entries(suite)[str(before["Сабақ"]["UID"])]
    assert (gone["STATUS"], gone["SEQUENCE"], str(gone["SUMMARY"])) == ("CANCELLED", 1, "Болмайды: Сабақ")
    assert [item["title"] for item in answer["agenda"]] == [FIRST]
    whole = scene.entry()
    assert whole is not None
    assert "Сабақ" not in whole["DESCRIPTION"]
    assert "Сабақ" not in suite.browser("kk").get(f"/events/{scene.event['slug']}").text
    copy = scene.do("POST", scene.path("/duplicate"))
    assert [item["title"] for item in copy["agenda"]] == [FIRST]
    scene.change(agenda=[OPENING, LESSON])
    back = sessions(scene)["Сабақ"]
    assert (back["UID"], back["STATUS"], back["SEQUENCE"]) == (gone["UID"], "CONFIRMED", 2)


def test_session_that_loses_its_time_is_cancelled_and_has_another_row(suite: Suite) -> None:
    scene = programme(suite)
    before = sessions(scene)["Сабақ"]
    answer = scene.change(agenda=[OPENING, LESSON | {"starts_at": None, "ends_at": None}])
    gone = entries(suite)[str(before["UID"])]
    assert (gone["STATUS"], gone["SEQUENCE"], gone["DTSTART"].dt) == ("CANCELLED", 1, before["DTSTART"].dt)
    assert [item["title"] for item in answer["agenda"]] == [FIRST, SECOND]
    scene.change(agenda=[OPENING, LESSON])
    back = sessions(scene)["Сабақ"]
    assert (back["UID"], back["STATUS"], back["SEQUENCE"]) == (before["UID"], "CONFIRMED", 2)


@pytest.mark.parametrize(("days", "shown"), [(1, True), (2, False)])
def test_removed_session_stays_until_the_day_after_its_end(suite: Suite, days: int, shown: bool) -> None:
    scene = programme(suite)
    scene.change(agenda=[OPENING])
    at = midnight(today() - timedelta(days=days)) + timedelta(hours=9)
    with suite.events.app_context(), db.transaction() as session:
        gone = AgendaItem.removed_at.is_not(None)
        session.execute(update(AgendaItem).where(gone).values(starts_at=at, ends_at=at + timedelta(hours=1)))
    write(scene)
    assert ("Болмайды: Сабақ" in sessions(scene)) is shown


def test_line_removed_from_a_draft_leaves_no_row(suite: Suite) -> None:
    scene = programme(suite)
    draft = scene.do("POST", scene.path("/duplicate"))
    scene.do("PATCH", f"/api/v1/events/{draft['id']}", {"agenda": [OPENING]})
    with suite.events.app_context():
        rows = db.session.scalars(select(AgendaItem).where(AgendaItem.event_id == draft["id"])).all()
    assert [(row.title, row.sequence) for row in rows] == [(FIRST, 0)]


def test_removed_lines_are_bounded(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events_service.events.agenda.MOST_REMOVED", 2)
    scene = play(suite, agenda=[])
    for number in range(4):
        scene.change(agenda=[line({"kk": f"Сабақ {number}"}, f"10:0{number}")])
        scene.change(agenda=[])
    assert sorted(sessions(scene)) == ["Болмайды: Сабақ 2", "Болмайды: Сабақ 3"]


Stamps = tuple[Any, Any, str, bool]


def stamps(scene: Scene) -> tuple[str, dict[str, Stamps]]:
    """The feed's validator; and of the event and its session SEQUENCE, LAST-MODIFIED, STATUS."""
    reply = suite_reply(scene)
    found = entries(scene.suite)
    session = next(uid for uid, e in found.items() if str(e.get("RELATED-TO", "")) == scene.event["uid"])
    return reply, {
        name: (found[uid]["SEQUENCE"], found[uid]["LAST-MODIFIED"].dt, str(found[uid]["STATUS"]), True)
        for name, uid in (("event", scene.event["uid"]), ("session", session))
    }


def suite_reply(scene: Scene) -> str:
    etag: str = scene.suite.json("GET", "/calendars/all.ics").headers["ETag"]
    return etag


DONE, OFF = "CONFIRMED", "CANCELLED"
later = {"starts_at": in_days(41, "10:00"), "ends_at": in_days(41, "12:00")}
# Verb; then of the event and of its session: SEQUENCE grows, LAST-MODIFIED moves, STATUS. UIDs stay, the ETag moves.
TABLE: dict[str, tuple[Any, tuple[int, bool, str], tuple[int, bool, str]]] = {
    "time": (lambda s: s.change(**later), (1, True, DONE), (1, True, DONE)),
    "place": (lambda s: s.change(venue={"kk": "Балқаш"}), (1, True, DONE), (1, True, DONE)),
    "title": (lambda s: s.change(title={"kk": "Басқа"}), (0, True, DONE), (0, True, DONE)),
    "description": (lambda s: s.change(description={"kk": "Басқа"}), (0, True, DONE), (0, False, DONE)),
    "cancel": (lambda s: s.cancel("Боран"), (1, True, OFF), (1, True, OFF)),
    "restore": (lambda s: (s.cancel(), s.restore()), (2, True, DONE), (2, True, DONE)),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_a_verb_moves(suite: Suite, name: str) -> None:
    verb, *wanted = TABLE[name]
    scene = play(suite)
    long_ago = midnight(today()) - timedelta(days=3)
    write(scene, changed_at=long_ago)
    with suite.events.app_context(), db.transaction() as session:
        session.execute(update(AgendaItem).where(AgendaItem.event_id == scene.event["id"]).values(changed_at=long_ago))
    etag, before = stamps(scene)
    verb(scene)
    etag_after, after = stamps(scene)
    found = [
        (after[one][0] - before[one][0], after[one][1] > before[one][1], after[one][2]) for one in ("event", "session")
    ]
    assert found == wanted
    assert etag_after != etag


def test_withdrawing_takes_away_only_what_was_withdrawn_from(suite: Suite) -> None:
    from tests.events_service.calendars.reading import personal

    scene, other = play(suite), play(suite)
    row, path = scene.register(1), personal(suite)
    other.register(1)
    before, public = entries(suite, path), suite_reply(scene)
    scene.withdraw(row, 1)
    after = entries(suite, path)
    assert {str(e.get("RELATED-TO", uid)) for uid, e in before.items() if uid not in after} == {scene.event["uid"]}
    assert after == {uid: entry for uid, entry in before.items() if uid in after}
    assert suite_reply(scene) == public
