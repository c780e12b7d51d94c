"""Publishing: one pointer, who goes on, who is told; the chair's vote on what stays equal."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from events_service.contests.models import Stage
from events_service.db import Audit, Notification, db
from events_service.entries.models import StageEntry
from events_service.events.models import Event
from events_service.jury.models import SECRETARY, Assignment, Conflict, JuryMember
from events_service.notifications import letters
from tests.events_service.jury.court import put
from tests.events_service.results.hall import closed

# Entry 0 and 1 tie; 2 is below the threshold.
SCORES = {(0, 0): 90, (1, 0): 90, (2, 0): 70, (0, 1): 80, (1, 1): 80, (2, 1): 70}


def going_on(hall):
    with hall.suite.events.app_context():
        found = db.session.scalars(select(StageEntry.entry_id).where(StageEntry.stage_id == hall.arena.stages["FINAL"]))
        return {hall.arena.entries.index(entry) for entry in found}


def told(hall, kind="results_published"):
    with hall.suite.events.app_context():
        rows = db.session.scalars(select(Notification).where(Notification.kind == kind).order_by(Notification.id))
        return [(row.recipient[:11], row.sequence) for row in rows]


@pytest.mark.one_engine("sqlite")
def test_stage_may_have_a_threshold_and_a_cap_of_its_own(suite):
    hall = closed(suite, SCORES)
    with suite.events.app_context(), db.transaction() as session:
        stage = session.get_one(Stage, hall.arena.stages["REMOTE"])
        stage.threshold, stage.district_cap = Decimal("90.00"), 7
    version = hall.published()
    used = version["document"]["rules"]
    assert (used["threshold"], used["district_cap"], going_on(hall)) == ("90.00", 7, set())
    assert "90,00" in suite.get(hall.pages, None, "ru").text
    assert "90" in suite.get(f"/contests/{hall.pages.split('/')[2]}", None, "ru").text
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(Stage, hall.arena.stages["REMOTE"]).threshold = None  # the control: as the rules say
    assert hall.published()["document"]["rules"]["threshold"] == "80.00"
    assert going_on(hall) == {0, 1}


def test_published_results_let_entries_in_and_tell_entrants_once(suite):
    hall = closed(suite, SCORES)
    version = hall.compile()
    assert hall.publish(version)["current"] is True
    assert hall.publish(version)["current"] is True
    assert going_on(hall) == {0, 1}
    assert sorted(told(hall)) == [(f"teacher000{n}", 1) for n in range(3)]
    public = hall.call("GET", f"/results/{version['id']}", as_=hall.teacher(5))["document"]
    assert "jurors" not in public and "sheets" not in public["nominations"][0]["entries"][0]


def test_only_what_would_be_compiled_now_is_published_and_never_an_older_version(suite):
    hall = closed(suite, SCORES)
    first, second = hall.compile(), hall.compile()
    hall.publish(second)
    assert hall.publish(first, status=409)["type"].endswith("newer-published")
    third = hall.compile()
    with suite.events.app_context(), db.transaction() as session:
        session.scalars(select(Assignment)).first().status = "recused"
    assert hall.publish(third, status=409)["type"].endswith("results-stale")
    with suite.events.app_context():
        assert db.session.get_one(Stage, hall.arena.stages["REMOTE"]).compilation_id == second["id"]


def test_results_wait_for_the_signatures_of_their_protocol(suite):
    """Of a later version too, and until it is published nobody else learns of either."""
    hall = closed(suite, {**SCORES, (0, 2): 90}, quorum=2, signatures=0)
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(JuryMember, hall.arena.members[1]).role = SECRETARY
    stage, own = f"/stages/{hall.arena.stages['REMOTE']}", hall.teacher(0)
    for number in (1, 2):
        path = f"/results/{hall.compile()['id']}"
        assert hall.call("POST", f"{path}/publish", status=409)["type"].endswith("not-signed")
        hall.call("POST", f"{stage}/protocol", {}, status=201)
        assert hall.call("GET", path)["signed_at"] is None
        hall.call("POST", f"{stage}/protocol/sign", {"signed": hall.arena.members})
        assert hall.call("GET", path)["signed_at"]
        for who in (own, hall.arena.juror(2)):
            hall.call("GET", path, as_=who, status=404)
            hall.call("GET", f"{stage}/protocol", as_=who, status=404)
            assert hall.call("GET", f"{stage}/results", as_=who)["total"] == number - 1
        assert hall.call("POST", f"{path}/publish")["current"] is True
        assert hall.call("GET", path, as_=own)["signed_at"]


def test_results_that_have_changed_are_compiled_anew_before_their_protocol_is_signed(suite):
    hall = closed(suite, SCORES)
    version = hall.compile()
    hall.change(0, status="withdrawn")
    refused = hall.call("POST", f"/results/{version['id']}/publish", status=409)
    assert refused["type"].endswith("results-stale")


def test_cap_of_a_district_keeps_out_and_equals_at_it_pass(suite):
    hall = closed(suite, {(n, 0): score for n, score in enumerate((95, 90, 90, 85))}, district_cap=2)
    for entry in range(4):
        hall.change(entry, district="ABA")
    version = hall.published()
    assert {n: line["why"] for n, line in hall.lines(version).items()} == {0: None, 1: None, 2: None, 3: "cap"}
    assert going_on(hall) == {0, 1, 2}


def vote(hall, entries, order=(), as_=None, status=201):
    named = [hall.arena.entries[n] for n in entries]
    body = {"entries": named, "order": [hall.arena.entries[n] for n in order], "reason": "Алқа шешімі"}
    return hall.call("POST", f"/stages/{hall.arena.stages['REMOTE']}/ties", body, as_=as_ or hall.chair, status=status)


def test_vote_of_the_chair_settles_a_tie_in_the_next_version(suite):
    hall = closed(suite, SCORES)
    first = hall.published()
    assert {n: (line["place"], line["tie"]) for n, line in hall.lines(first).items()} == {
        0: (1, "shared"), 1: (1, "shared"), 2: (3, None),
    }  # fmt: skip
    vote(hall, (0, 1), order=(1, 0))
    second = hall.published()
    assert {n: (line["place"], line["tie"]) for n, line in hall.lines(second).items()} == {
        0: (2, "vote"), 1: (1, "vote"), 2: (3, None),
    }  # fmt: skip
    assert told(hall)[3:] == [("teacher0000", 2)]
    vote(hall, (0, 1))
    assert hall.lines(hall.compile())[0]["tie"] == "shared"


def test_vote_is_the_chairs_alone_on_what_is_equal_without_a_conflict(suite):
    hall = closed(suite, SCORES)
    hall.compile()
    vote(hall, (0, 1), as_=hall.arena.organiser, status=403)
    vote(hall, (0, 1), as_=hall.arena.juror(1), status=404)
    vote(hall, (0, 2), status=422)
    vote(hall, (0, 1), order=(0, 2), status=422)
    with suite.events.app_context(), db.transaction() as session:
        conflict = {"member_id": hall.arena.members[0], "entry_id": hall.arena.entries[0], "kind": "declared"}
        session.add(Conflict(**conflict))
    assert vote(hall, (0, 1), status=409)["status"] == 409


def test_vote_needs_rules_that_know_one(suite):
    hall = closed(suite, SCORES, ties=("final", "heaviest"))
    hall.compile()
    assert vote(hall, (0, 1), status=409)["type"].endswith("no-vote")


def test_nobody_is_put_out_of_a_stage_that_is_open(suite):
    hall = closed(suite, SCORES)
    hall.published()
    hall.open("FINAL")
    with suite.events.app_context(), db.transaction() as session:
        for sheet in session.scalars(select(Assignment).where(Assignment.entry_id == hall.arena.entries[0])):
            sheet.status = "removed"
    assert hall.lines(hall.published())[0]["passes"] is False
    assert going_on(hall) == {0, 1}


def uphold(hall, entry):
    """An appeal is upheld that gives the entry the most in its first criterion; the results are published anew."""
    appeal = {"entry": hall.arena.entries[entry], "text": "Балл дұрыс емес", "stage": hall.arena.stages["REMOTE"]}
    filed = hall.call("POST", "/appeals", appeal, as_=hall.teacher(entry), status=201)
    with hall.suite.events.app_context():
        sheets = select(Assignment.id).where(Assignment.entry_id == hall.arena.entries[entry])
        corrections = [{"sheet": sheet, "criterion": "R1", "points": "10"} for sheet in db.session.scalars(sheets)]
    answer = {"decision": "upheld", "answer": "Дұрыс", "corrections": corrections}
    hall.call("POST", f"/appeals/{filed['id']}/answer", answer)
    assert hall.lines(hall.published())[entry]["passes"] is True


@pytest.mark.parametrize(("readers", "dealt"), [(1, 1), pytest.param(3, 2, marks=pytest.mark.one_engine("sqlite"))])
def test_entry_let_in_late_is_dealt_to_as_many_as_the_others(suite, readers, dealt):
    hall = closed(suite, SCORES, threshold="75.00", readers=readers)
    hall.published()
    hall.open("FINAL")
    hall.sign({(0, 0): 80, (1, 1): 90}, "FINAL")
    uphold(hall, 2)
    with suite.events.app_context():
        late = Assignment.entry_id == hall.arena.entries[2], Assignment.stage_id == hall.arena.stages["FINAL"]
        rows = db.session.scalars(select(Assignment).where(*late)).all()
        assert [row.ground for row in rows] == ["late"] * dealt
        said = select(Audit.new).where(Audit.action == "assignment.dealt", Audit.entity_id == rows[0].id)
        assert db.session.scalars(said).one()["ground"] == "late"


@pytest.mark.one_engine("sqlite")
def test_entry_let_in_when_the_next_stage_is_over_is_told_why_it_has_no_place(suite):
    hall = closed(suite, SCORES, threshold="75.00")
    hall.published()
    hall.open("FINAL")
    hall.sign({(0, 0): 80}, "FINAL")  # of entry 1 there are no marks
    hall.close("FINAL")
    uphold(hall, 2)
    version = hall.published("FINAL")
    lines = hall.lines(version)
    assert {n: (line["why"], line["place"]) for n, line in lines.items()} == {
        0: (None, 1), 1: ("scores", None), 2: ("late", None),
    }  # fmt: skip
    page = suite.get(f"{hall.pages}?version={version['id']}", None, "ru").text
    assert page.count("для неё не проводился") == page.count("Мало оценок") == 1


@pytest.mark.one_engine("sqlite")
def test_nothing_is_decided_while_the_contest_is_called_off(suite):
    hall = closed(suite, SCORES)
    hall.published()
    appeals = [{"entry": hall.arena.entries[n], "text": "Балл", "stage": hall.arena.stages["REMOTE"]} for n in (0, 1)]
    filed = hall.call("POST", "/appeals", appeals[0], as_=hall.teacher(0), status=201)
    newer = hall.compile()
    hall.protocol_signed(newer)
    stage = f"/stages/{hall.arena.stages['REMOTE']}"
    calls = [
        (f"/appeals/{filed['id']}/answer", {"decision": "dismissed", "answer": "Дұрыс"}, None, 200),
        ("/appeals", appeals[1], hall.teacher(1), 201),
        (f"{stage}/ties", {"entries": hall.arena.entries[:2], "reason": "Алқа"}, hall.chair, 201),
        (f"{stage}/protocol", {}, None, 201),
        (f"{stage}/results", None, None, 202),
    ]
    for status in ("cancelled", "published"):
        put(hall.arena, Event, hall.arena.event_id, status=status)
        if status == "cancelled":
            published = hall.call("POST", f"/results/{newer['id']}/publish", status=409)
            assert published["type"].endswith(":cancelled")
        for path, body, who, works in calls:
            reply = hall.call("POST", path, body, as_=who, status=works if status == "published" else 409)
            assert status == "published" or reply["type"].endswith(":cancelled")
    assert len(told(hall)) == 3


@pytest.mark.parametrize("overtaken", [False, True])
def test_letter_stands_until_a_newer_version_is_published(suite, overtaken):
    hall = closed(suite, SCORES)
    hall.published()
    if overtaken:
        vote(hall, (0, 1), order=(1, 0))
        hall.published()
    with suite.events.test_request_context():
        first = db.session.scalars(select(Notification).where(Notification.kind == "results_published")).first()
        letter = letters.render(first)
    assert (letter is None) is overtaken
    if letter:
        assert f"/contests/{hall.arena.event_id and 'best-teacher'}/results?stage=REMOTE" in letter.text
