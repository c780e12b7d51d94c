"""Appeals: within the window, one of an entry, answered on record; corrections make a new version."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from events_service.contests.models import Stage
from events_service.db import Notification, db
from events_service.directory.models import CalendarDay, Person
from events_service.entries.models import Entry
from events_service.jury.models import Conflict, JuryMember
from events_service.notifications import letters
from events_service.results import deadlines
from events_service.results.models import Compilation
from events_service.scoring.models import Score
from services.database import utcnow
from tests.events_service.cost import sent
from tests.events_service.results.hall import closed

pytestmark = pytest.mark.either_engine

SCORES = {(0, 0): 84, (1, 0): 86, (0, 1): 84, (1, 1): 86}


@pytest.fixture
def hall(suite):
    found = closed(suite, SCORES)
    found.published()
    return found


def appeal(hall, entry=0, as_=None, status=201, **more):
    body = {"entry": hall.arena.entries[entry], "text": "R1 төмен бағаланған", **more}
    return hall.call("POST", "/appeals", body, as_=as_ or hall.teacher(entry), status=status)


def answer(hall, found, decision="upheld", status=200, as_=None, corrections=()):
    body = {"decision": decision, "answer": "Қаралды", "corrections": list(corrections)}
    return hall.call("POST", f"/appeals/{found['id']}/answer", body, as_=as_ or hall.chair, status=status)


def sheets(hall, version, entry=0):
    return [sheet["assignment"] for sheet in hall.lines(version)[entry]["sheets"]]


def version_of(hall):
    with hall.suite.events.app_context():
        found = db.session.scalars(select(Compilation).order_by(Compilation.number)).first().id
    return hall.call("GET", f"/results/{found}")


def letters_of(hall, kind):
    with hall.suite.events.test_request_context():
        rows = list(db.session.scalars(select(Notification).where(Notification.kind == kind).order_by(Notification.id)))
        return {row.recipient: letters.render(row) for row in rows}


def test_upheld_appeal_changes_a_place_by_a_new_version_and_no_score(hall):
    first, found = version_of(hall), appeal(hall)
    assert set(letters_of(hall, "appeal_filed")) == {"chair0@example.invalid", "organiser0@example.invalid"}
    points = [{"sheet": sheet, "criterion": "R1", "points": "10"} for sheet in sheets(hall, first)]
    answer(hall, found, corrections=points)
    assert "Қаралды" in letters_of(hall, "appeal_answered")["teacher0000@example.invalid"].text
    assert set(letters_of(hall, "appeal_filed").values()) == {None}
    second = hall.published()
    assert [hall.lines(first)[n]["place"] for n in (0, 1)] == [2, 1]
    assert [hall.lines(second)[n]["place"] for n in (0, 1)] == [1, 2]
    line = hall.lines(second)[0]
    assert (line["score"], line["sheets"][0]["corrected"]) == ("88.00", ["R1"])
    assert [one["points"] for one in second["document"]["inputs"]["corrections"]] == ["10.00", "10.00"]
    assert hall.call("GET", f"/results/{first['id']}")["document"] == first["document"]
    with hall.suite.events.app_context():
        assert db.session.scalar(select(db.func.count(Score.id))) == 2 * 2 * 7


def test_dismissed_appeal_corrects_nothing_and_is_answered_once(hall):
    found = appeal(hall)
    points = {"sheet": sheets(hall, version_of(hall))[0], "criterion": "R1", "points": "10"}
    assert answer(hall, found, "dismissed", corrections=[points])["status"] == "dismissed"
    answer(hall, found, "upheld", status=409)
    appeal(hall, status=409)
    assert hall.compile()["inputs_hash"] == version_of(hall)["inputs_hash"]


@pytest.mark.one_engine("sqlite")
def test_page_of_appeals_asks_as_much_for_two_as_for_one(hall):
    counts = set()
    for entry in (0, 1):
        appeal(hall, entry)
        counts.add(sent(hall.suite, f"{hall.pages}/appeals", hall.chair))
    assert len(counts) == 1


@pytest.mark.parametrize("change", [
    {"points": "10.01"}, {"points": "-1"}, {"criterion": "R9"}, {"sheet": "none"}, {"sheet": "another"},
])  # fmt: skip
def test_correction_that_is_not_possible_is_refused(hall, change):
    version = version_of(hall)
    point = {"sheet": sheets(hall, version)[0], "criterion": "R1", "points": "9", **change}
    if point["sheet"] == "another":
        point["sheet"] = sheets(hall, version, 1)[0]
    found = answer(hall, appeal(hall), corrections=[point], status=422)
    assert "corrections" in str(found["errors"])


def test_appeal_is_its_entrants_and_answered_by_who_directs_the_jury(hall):
    appeal(hall, as_=hall.teacher(1), status=404)
    found = appeal(hall)
    answer(hall, found, as_=hall.arena.juror(1), status=404)
    answer(hall, found, as_=hall.teacher(0), status=404)
    hall.call("POST", f"/appeals/{found['id']}/withdraw", as_=hall.teacher(1), status=404)
    assert hall.call("GET", "/appeals", as_=hall.teacher(1))["total"] == 0
    assert [hall.call("GET", "/appeals", as_=who)["total"] for who in (hall.teacher(0), hall.chair)] == [1, 1]


@pytest.mark.one_engine("sqlite")
def test_who_has_a_conflict_with_the_entry_does_not_answer_for_it(hall):
    """The chair said so herself; of an organiser, who has no seat in the jury, the register knows the school."""
    found = appeal(hall)
    with hall.suite.events.app_context(), db.transaction() as session:
        entry = session.get_one(Entry, hall.arena.entries[0])
        session.add(Conflict(member_id=hall.arena.members[0], entry_id=entry.id, kind="declared", note="туысым"))
        organiser = session.scalars(select(Person).where(Person.email == "organiser0@example.invalid")).one()
        before, organiser.school_id = organiser.school_id, entry.school_id
    for who in (hall.chair, hall.arena.organiser):
        assert answer(hall, found, as_=who, status=409)["type"].endswith("own-interest")
        page = hall.suite.get(f"{hall.pages}/appeals/{found['id']}", who, "ru").text
        assert "отвечает другой" in page and 'name="decision"' not in page
    with hall.suite.events.app_context(), db.transaction() as session:
        session.get_one(Person, organiser.id).school_id = before
    assert answer(hall, found, as_=hall.arena.organiser)["status"] == "upheld"


def test_appeal_taken_back_may_be_filed_again_a_few_times(hall):
    for _ in range(5):
        found = appeal(hall)
        hall.call("POST", f"/appeals/{found['id']}/withdraw", as_=hall.teacher(0))
    answer(hall, found, status=409)
    assert appeal(hall, status=409)["type"].endswith("too-many-appeals")


def test_window_closes_and_does_not_open_again_with_a_new_version(hall):
    with hall.suite.events.app_context(), db.transaction() as session:
        session.get_one(Stage, hall.arena.stages["REMOTE"]).published_at = utcnow() - timedelta(days=30)
    assert appeal(hall, status=409)["type"].endswith("appeals-closed")
    hall.change(1, status="withdrawn")
    hall.published()
    assert appeal(hall, status=409)["type"].endswith("appeals-closed")


def test_nothing_is_appealed_before_it_is_published(suite):
    hall = closed(suite, SCORES)
    hall.compile()
    assert appeal(hall, status=409)["type"].endswith("not-published")


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize(("day", "count", "last"), [
    (date(2021, 5, 28), 3, date(2021, 6, 2)),  # a Friday
    (date(2021, 5, 29), 1, date(2021, 5, 31)),
    (date(2021, 4, 30), 3, date(2021, 5, 6)),  # 3 May is off
])  # fmt: skip
def test_working_days_leave_out_weekends_and_days_off(day, count, last):
    assert deadlines.working_day_after(day, count, {date(2021, 5, 3)}) == last


def test_window_ends_with_a_day_of_almaty_and_skips_days_off_of_the_register(suite):
    published = datetime(2033, 12, 13, 20, 0, tzinfo=UTC)  # in Almaty Wednesday the 14th already
    with suite.events.app_context(), db.transaction() as session:
        for kind, first, last in (("day_off", 16, 17), ("school_break", 19, 25)):
            days = {"first_day": date(2033, 12, first), "last_day": date(2033, 12, last)}
            session.add(CalendarDay(id=kind, kind=kind, name={"kk": "Күн"}, **days))
        session.flush()
        assert deadlines.last_moment(published, 3) == datetime(2033, 12, 20, 18, 59, 59, tzinfo=UTC)


def test_entrant_reads_how_it_was_counted_without_names_of_jurors(hall):
    [version] = hall.call("GET", f"/stages/{hall.arena.stages['REMOTE']}/results", as_=hall.teacher(0))["items"]
    shown = hall.suite.get(
        f"{hall.pages}/{version['id']}/arithmetic/{hall.arena.entries[0]}", hall.teacher(0), "ru"
    ).text
    with hall.suite.events.app_context():
        names = set(db.session.scalars(select(JuryMember.name)))
    assert shown.count("84,00") >= 2 and "8,40" in shown
    assert not [name for name in names if name in shown]
