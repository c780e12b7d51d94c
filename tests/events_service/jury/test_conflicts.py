"""Conflicts as they are declared, told and taken back; readers who are found later; stages that open once."""

import pytest

from events_service.contests.models import Stage
from events_service.db import db
from events_service.entries.models import Entry, StageEntry
from events_service.jury.models import JuryMember
from services.database import utcnow
from tests.events_service import arena as arenas
from tests.events_service.cost import statements
from tests.events_service.jury.court import (
    audited,
    call,
    deal,
    dealt,
    first_of,
    open_remote,
    put,
    row_of,
    stage_path,
)

pytestmark = pytest.mark.either_engine


@pytest.fixture
def arena(suite):
    return arenas.build(suite, entries=4, jurors=4, jury_min=3, anchors=0, threshold="0.00")


def declare(arena, number, juror=1, want=201):
    return call(arena, "POST", "/jury/conflicts", {"entry": number, "note": "таныс"}, as_=arena.juror(juror), want=want)


def listed(arena, as_=""):
    return [(row["number"], row["kind"]) for row in call(arena, "GET", "/jury/conflicts", as_=as_)["items"]]


def undo(arena, number, juror=1, as_="", want=204):
    path = f"/jury/conflicts/{arena.members[juror]}/{arena.entries[number - 1]}"
    call(arena, "DELETE", path, as_=as_ or arena.juror(juror), want=want)


def test_conflict_is_taken_back_by_who_declared_it_or_directs(arena):
    declare(arena, 1)
    undo(arena, 1, as_=arena.juror(2), want=404)
    undo(arena, 2, want=404)
    undo(arena, 1)
    assert listed(arena, arena.juror(1)) == []
    [said] = audited(arena, "jury_member.conflict_taken_back")
    assert said.old == {"entry": 1, "note": "таныс"}
    declare(arena, 1)
    page = arena.suite.browser("ru", arena.juror(0))
    page.get(f"/contests/{arenas.SLUG}/jury/conflicts")
    assert "Жұмыс 1" in page.text and "таныс" not in page.text
    page.submit(f"/contests/{arenas.SLUG}/jury/conflicts/{arena.members[1]}/{arena.entries[0]}")
    assert listed(arena) == []


def test_conflict_on_which_entries_were_dealt_stays(suite):
    arena = arenas.build(suite, entries=4, jurors=6)
    declare(arena, 1)
    deal(arena)
    undo(arena, 1)
    declare(arena, 1)
    mine = first_of(arena, 2)
    call(arena, "POST", f"/sheets/{mine}/recuse", {"reason": "таныс"}, as_=arena.juror(2))
    undo(arena, number_of(arena, mine), juror=2, want=409)
    deal(arena)
    call(arena, "POST", stage_path(arena, "open"), {})
    undo(arena, 1, want=409)


def number_of(arena, assignment_id):
    return arena.entries.index(row_of(arena, assignment_id).entry_id) + 1


def test_answer_to_a_declaration_does_not_tell_what_the_register_knows(arena):
    at_school(arena, juror=1, entry=0)
    call(arena, "POST", stage_path(arena, "assignments/propose"), {}, want=201)
    known = {"own_school", "cluster", "twin", "former_school"}
    assert dict(listed(arena))[1] in known
    assert {kind for _, kind in listed(arena, arena.juror(0))} == {"register"}
    assert (declare(arena, 1)["kind"], listed(arena, arena.juror(1))) == ("declared", [(1, "declared")])


@pytest.mark.one_engine("sqlite")
def test_who_directs_and_may_score_blind_learns_neither_kinds_nor_what_others_say(suite):
    arena = arenas.build(suite, entries=6, jurors=6)
    at_school(arena, juror=1, entry=0)
    declare(arena, 2)
    declare(arena, 3, juror=0)
    proposed = call(arena, "POST", stage_path(arena, "assignments/propose"), {}, as_=arena.juror(0), want=201)
    assert set(proposed["facts"]["blocked"]) == {"declared", "register"}
    again = call(arena, "POST", stage_path(arena, "assignments/propose"), {}, want=201)
    assert set(again["facts"]["blocked"]) > {"declared"} and "register" not in again["facts"]["blocked"]
    page = {who: arena.suite.browser("ru", token) for who, token in (("o", arena.organiser), ("c", arena.juror(0)))}
    told = {who: "Известно из реестра" in of.get(f"/contests/{arenas.SLUG}/jury/deal").text for who, of in page.items()}
    assert told == {"o": False, "c": True}

    def notes(as_=""):
        listed = call(arena, "GET", "/jury/conflicts", as_=as_)["items"]
        shown = arena.suite.browser("ru", as_ or arena.organiser).get(f"/contests/{arenas.SLUG}/jury/conflicts").text
        return {row["number"]: row["note"] for row in listed if row["kind"] == "declared"}, shown.count("таныс")

    own, whole = {2: "", 3: "таныс"}, {2: "таныс", 3: "таныс"}
    assert (notes(arena.juror(0)), notes()) == ((own, 1), (whole, 2))
    arenas.close(arena, "REMOTE")
    assert notes(arena.juror(0)) == (own, 1)  # the final may be blind too
    arenas.close(arena, "FINAL")
    assert notes(arena.juror(0)) == (whole, 2)


def at_school(arena, juror, entry):
    with arena.suite.events.app_context():
        school = db.session.get_one(Entry, arena.entries[entry]).school_id
        person = db.session.get_one(JuryMember, arena.members[juror]).person_id
    put(arena, arenas.Person, person, school_id=school)


def test_conflict_is_declared_in_the_turn_of_the_stages(arena):
    def turns():
        with arena.suite.events.app_context():
            return db.session.get_one(Stage, arena.stages["REMOTE"]).turns

    before = turns()
    declare(arena, 1)
    assert turns() > before


def test_reader_who_has_moved_since_keeps_her_sheet(arena):
    open_remote(arena)
    row = next(row for row in dealt(arena) if row["member"] == arena.members[1])
    other = next(one for one in dealt(arena) if one["entry"] == row["entry"] and one["member"] != row["member"])
    at_school(arena, juror=1, entry=arena.entries.index(row["entry"]))
    juror = arena.members.index(other["member"])
    call(arena, "POST", f"/sheets/{other['id']}/recuse", {"reason": "таныс"}, as_=arena.juror(juror))
    body = {"scores": {"R1": "5"}, "version": 1}
    assert call(arena, "PUT", f"/sheets/{row['id']}", body, as_=arena.juror(1))["scores"]["R1"] == "5.00"


def test_conflict_declared_after_a_stage_leaves_its_sheets(arena):
    open_remote(arena)
    arenas.score(arena, assignments=[row["id"] for row in dealt(arena)])
    arenas.close(arena, "REMOTE")
    mine = first_of(arena, 1)
    declare(arena, number_of(arena, mine))
    assert row_of(arena, mine).status == "active"  # and the invariants hold after the test


def test_new_juror_reads_what_lacks_a_reader(arena):
    open_remote(arena)
    for juror in (0, 1):
        body = {"entry": 1, "note": "таныс", "member": arena.members[juror]}
        call(arena, "POST", "/jury/conflicts", body, want=201)
    short = [row for row in dealt(arena) if row["entry"] == arena.entries[0]]
    assert len(short) == 2
    call(arena, "POST", "/jury", {"email": "juror5@example.invalid"}, want=201)
    assert len([row for row in dealt(arena) if row["entry"] == arena.entries[0]]) == 3


@pytest.mark.one_engine("sqlite")
def test_later_stage_opens_in_the_turns_of_all_stages_in_their_order(suite):
    """Who publishes a correction or gives awards holds the first and waits for the second."""
    arena = arenas.build(suite, entries=4, jurors=4, jury_min=3, open_stage="REMOTE")
    arenas.close(arena, "REMOTE")
    final = arena.stages["FINAL"]
    with suite.events.app_context(), db.transaction() as session:
        session.add_all(StageEntry(stage_id=final, entry_id=entry) for entry in arena.entries)
    deal(arena, "FINAL")
    with statements(arena.suite) as said:
        call(arena, "POST", stage_path(arena, "open", "FINAL"), {})
    turns = [given for statement, given in said if statement.startswith("UPDATE stage SET turns")]
    assert [next(code for code, one in arena.stages.items() if one in str(given)) for given in turns][:2] == [
        "REMOTE",
        "FINAL",
    ]


@pytest.mark.one_engine("sqlite")
def test_stage_waits_for_a_deal_that_gives_every_juror_her_part(suite):
    arena = arenas.build(suite, entries=1, jurors=3, jury_min=3)
    deal(arena)
    named = call(arena, "POST", "/jury", {"email": "juror5@example.invalid"}, want=201)
    refused = call(arena, "POST", stage_path(arena, "open"), {}, want=409)
    assert refused["type"].endswith("deal-outdated")
    declared = {"entry": 1, "note": "таныс", "member": named["id"]}
    call(arena, "POST", "/jury/conflicts", declared, want=201)  # now there is nothing that she may read
    call(arena, "POST", stage_path(arena, "open"), {})


def test_stage_opens_once_and_not_past_its_deadline(arena):
    deal(arena)
    put(arena, Stage, arena.stages["REMOTE"], closes_at=utcnow())
    call(arena, "POST", stage_path(arena, "open"), {}, want=422)
    call(arena, "POST", stage_path(arena, "open"), {"closes_at": "2100-01-01T00:00:00Z"})
    call(arena, "POST", stage_path(arena, "close"), {"reason": "x"})
    refused = call(arena, "POST", stage_path(arena, "open"), {"closes_at": "2100-01-01T00:00:00Z"}, want=409)
    assert refused["type"].endswith("stage-closed")
