"""Deals with a database: proposed, accepted, outdated, replaced, opened, given back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from events_service.contests.rules import Rules
from events_service.db import db
from events_service.entries.models import ADMITTED, RETURNED, SUBMITTED, Entry
from events_service.jury import conflicts, dealing, redealing
from events_service.jury.models import Assignment, Conflict, JuryMember
from services.database import utcnow
from tests.events_service import arena as arenas
from tests.events_service.cost import statements
from tests.events_service.jury.court import (
    audited,
    call,
    deal,
    dealt,
    first_of,
    letter,
    open_remote,
    owed,
    put,
    row_of,
    stage_path,
)
from tests.events_service.jury.registers import faults

SEVEN = 7


@pytest.fixture
def arena(suite):
    """A dozen entries, seven jurors; the first juror works at the school of the first entry."""
    made = arenas.build(suite, entries=12, jurors=SEVEN)
    with suite.events.app_context(), db.transaction() as session:
        school = session.get_one(Entry, made.entries[0]).school_id
        juror = session.get_one(JuryMember, made.members[0])
        session.execute(
            arenas.Person.__table__.update().where(arenas.Person.id == juror.person_id).values(school_id=school)
        )
    return made


def panels(arena):
    found = {}
    for row in dealt(arena):
        found.setdefault(row["entry"], []).append(row["member"])
    return {entry: tuple(panel) for entry, panel in found.items()}


def decided(arena, status):
    with arena.suite.events.app_context(), db.transaction() as session:
        session.get_one(Entry, arena.entries[0]).status = status


def barred(arena):
    with arena.suite.events.app_context():
        return {(row.member_id, row.entry_id): row.kind for row in db.session.scalars(select(Conflict))}


def test_proposal_is_looked_at_then_accepted_and_opened(arena):
    proposed = call(arena, "POST", stage_path(arena, "assignments/propose"), {}, want=201)
    assert (proposed["facts"]["entries"], proposed["facts"]["parts"], dealt(arena)) == (12, 1, [])
    assert call(arena, "GET", stage_path(arena, "assignments/deal")) == proposed
    assert barred(arena)[arena.members[0], arena.entries[0]] == "own_school"
    call(arena, "POST", stage_path(arena, "open"), {}, want=409)
    call(arena, "POST", stage_path(arena, "assignments/accept"), {"deal": proposed["id"]})
    given = panels(arena)
    anchors = [arena.entries[number - 1] for number in proposed["facts"]["anchors"]]
    assert faults(sorted(arena.members), set(barred(arena)), 3, given, anchors) == set()
    assert (len(given), len(anchors)) == (12, 3)
    decided(arena, SUBMITTED)  # an entry nobody has decided about could never be decided about afterwards
    assert call(arena, "POST", stage_path(arena, "open"), {}, want=409)["type"].endswith("entries-wait")
    decided(arena, ADMITTED)
    call(arena, "POST", stage_path(arena, "open"), {})
    assert len(owed(arena, "jury_opened")) == SEVEN
    with arena.suite.events.app_context():
        assert len(arenas.db.session.scalars(select(arenas.StageEntry)).all()) == 12
    told = letter(arena, owed(arena, "jury_opened")[0])
    assert told is not None and "/contests/best-teacher/jury" in told.text


def test_another_seed_gives_another_deal_and_the_same_seed_the_same(arena):
    plans = [
        call(arena, "POST", stage_path(arena, "assignments/propose"), body, want=201)["plan"]
        for body in ({"seed": 3}, {}, {"seed": 3})
    ]
    assert plans[0] == plans[2] != plans[1]


def test_deal_made_from_other_inputs_is_not_accepted(arena):
    put(arena, Entry, arena.entries[11], status=SUBMITTED)
    proposed = call(arena, "POST", stage_path(arena, "assignments/propose"), {}, want=201)
    put(arena, Entry, arena.entries[11], status=ADMITTED)
    refused = call(arena, "POST", stage_path(arena, "assignments/accept"), {"deal": proposed["id"]}, want=409)
    assert refused["type"].endswith("deal-outdated")
    assert dealt(arena) == []


def test_stage_does_not_open_on_a_deal_that_conflicts_have_overtaken(arena):
    deal(arena)
    row = dealt(arena)[0]
    with arena.suite.events.app_context():
        entry, juror = (db.session.get_one(m, row[k]) for m, k in ((Entry, "entry"), (JuryMember, "member")))
    put(arena, arenas.Person, juror.person_id, school_id=entry.school_id)
    refused = call(arena, "POST", stage_path(arena, "open"), {}, want=409)
    assert refused["type"].endswith("deal-outdated")
    deal(arena)
    call(arena, "POST", stage_path(arena, "open"), {})


def test_stage_does_not_open_while_entries_may_still_be_handed_in(arena):
    deal(arena)

    def refused(closes, **entry):
        call(arena, "PATCH", "", {"entries_close_at": (utcnow() + closes).isoformat()})
        put(arena, Entry, arena.entries[11], **{"status": ADMITTED, **entry})
        code = call(arena, "POST", stage_path(arena, "open"), {}, want=409)["type"].rpartition(":")[2]
        return code, arena.suite.browser("ru", arena.organiser).get("/contests/best-teacher/jury/stages").text

    hour = timedelta(hours=1)
    code, page = refused(hour)
    assert (code, "закончите приём" in page) == ("entries-open", True)
    code, page = refused(-hour, status=RETURNED, late_until=utcnow() + hour)
    assert (code, "сократите" in page) == ("entries-extended", True)
    assert refused(-hour, status=RETURNED, late_until=utcnow() - hour)[0] == "deal-outdated"  # as it is not admitted
    put(arena, Entry, arena.entries[11], status=ADMITTED)
    call(arena, "POST", stage_path(arena, "open"), {})


def test_deal_is_replaced_until_the_first_score(arena):
    open_remote(arena)
    deal(arena)
    arenas.score(arena, assignments=[dealt(arena)[0]["id"]], sign=False)
    refused = call(arena, "POST", stage_path(arena, "assignments/propose"), {}, want=409)
    assert refused["type"].endswith("deal-in-use")


@pytest.mark.one_engine("sqlite")
def test_draft_that_holds_only_words_keeps_the_deal(arena):
    open_remote(arena)
    deal(arena)  # the control: nothing is written yet
    body = {"feedback": "Жақсы сабақ", "version": 1}
    call(arena, "PUT", f"/sheets/{first_of(arena, 2)}", body, as_=arena.juror(2))
    refused = call(arena, "POST", stage_path(arena, "assignments/propose"), {}, want=409)
    assert refused["type"].endswith("deal-in-use")


def test_impossible_deal_names_its_constraint(arena):
    for juror in range(1, 6):
        body = {"entry": 2, "note": "таныс", "member": arena.members[juror]}
        call(arena, "POST", "/jury/conflicts", body, want=201)
    refused = call(arena, "POST", stage_path(arena, "assignments/propose"), {}, want=409)
    assert refused["type"].endswith("too-few-readers")
    assert "№ 2" in refused["detail"]
    with pytest.raises(IntegrityError), arena.suite.events.app_context(), db.transaction() as session:
        session.add(Assignment(stage_id=arena.stages["REMOTE"], entry_id=arena.entries[1], member_id=arena.members[1]))


def test_recused_entry_leaves_the_list_and_is_dealt_again(arena):
    open_remote(arena)
    mine = first_of(arena, 2)
    before = row_of(arena, mine)
    path, reason = f"/sheets/{mine}/recuse", {"reason": "Авторы – туысым"}
    call(arena, "POST", path, reason, as_=arena.juror(3), want=404)
    call(arena, "POST", path, reason, as_=arena.juror(2))
    call(arena, "POST", path, reason, as_=arena.juror(2))
    assert first_of(arena, 2) != mine
    assert barred(arena)[arena.members[2], before.entry_id] == "declared"
    [said] = audited(arena, "assignment.recused")
    assert said.reason == "Авторы – туысым"
    readers = panels(arena)[before.entry_id]
    assert len(readers) >= 3 and arena.members[2] not in readers
    again = [row for row in dealt(arena) if row_of(arena, row["id"]).ground == "redeal"]
    assert len(again) == len(owed(arena, "jury_entry")) == (0 if before.ground == "anchor" else 1)
    assert {row["ground"] for row in dealt(arena)} == {None}
    call(arena, "POST", f"/sheets/{mine}/recuse", {}, as_=arena.juror(2), want=422)


def test_entry_that_nobody_can_take_is_told_to_the_organiser(suite):
    arena = arenas.build(suite, entries=4, jurors=4, jury_min=3)
    open_remote(arena)
    for juror in (0, 1):
        body = {"entry": 1, "note": "таныс", "member": arena.members[juror]}
        call(arena, "POST", "/jury/conflicts", body, want=201)
    [told] = owed(arena, "jury_short")
    said = letter(arena, told)
    assert said is not None and "№ 1" in said.text
    page = suite.browser("ru", arena.organiser)
    page.get("/contests/best-teacher/jury/stages")
    assert "№ 1" in page.text


def test_one_more_reader_is_the_least_loaded_without_conflict(arena):
    open_remote(arena)
    with arena.suite.events.app_context(), db.transaction() as session:
        stage = dealing.contests.take_turn(session, arena.stages["REMOTE"])
        plain = next(row for row in dealing.queries.assignments_of(stage.id) if row.ground == "deal")
        given = [redealing.one_more(session, stage, plain.entry) for _turn in range(SEVEN)]
        jurors = [row.member_id for row in given if row]
        grounds = {row.ground for row in given if row}
    forbidden = {member for member, entry in barred(arena) if entry == plain.entry_id}
    assert len(set(jurors)) == len(jurors) == SEVEN - 3 - len(forbidden)
    assert not set(jurors) & forbidden
    assert (given[-1], grounds) == (None, {"split"})


def test_member_who_leaves_hands_over_what_she_has_not_signed(arena):
    open_remote(arena)
    signed = first_of(arena, 4)
    arenas.score(arena, assignments=[signed])
    call(arena, "DELETE", f"/jury/{arena.members[4]}", {"reason": "Ауырып қалды"}, want=204)
    assert [row["id"] for row in dealt(arena) if row["member"] == arena.members[4]] == [signed]
    assert min(len(panel) for panel in panels(arena).values()) >= 3
    call(arena, "GET", "/jury", as_=arena.juror(4), want=404)


@pytest.mark.one_engine("sqlite")
def test_member_who_leaves_costs_few_statements_a_sheet(arena):
    """Who may take her entries is read once: each is then written down, in the records too, and told."""
    open_remote(arena)
    counts = []
    for juror in (1, 2):
        sheets = [row["id"] for row in dealt(arena) if row["member"] == arena.members[juror]]
        if counts:
            arenas.score(arena, assignments=sheets[1:])
            sheets = sheets[:1]
        with statements(arena.suite) as said:
            call(arena, "DELETE", f"/jury/{arena.members[juror]}", {}, want=204)
        counts.append((len(sheets), len(said)))
    (most, many), (one, few) = counts
    assert most > 3 and one == 1
    assert (many - few) / (most - one) < 10, counts


def test_closing_asks_for_a_reason_while_sheets_are_unsigned(arena):
    open_remote(arena)
    refused = call(arena, "POST", stage_path(arena, "close"), {}, want=409)
    assert refused["type"].endswith("unsigned-sheets")
    call(arena, "POST", stage_path(arena, "close"), {"reason": "Мерзім өтті"}, as_=arena.juror(1), want=404)
    call(arena, "POST", stage_path(arena, "close"), {"reason": "Мерзім өтті"}, as_=arena.juror(0))
    [kept] = audited(arena, "stage.closed")
    assert kept.reason == "Мерзім өтті" and len(kept.new["unsigned"]) == len(dealt(arena))
    call(arena, "POST", f"/sheets/{first_of(arena, 1)}/recuse", {"reason": "x"}, as_=arena.juror(1), want=409)


def test_conflicts_are_looked_up_in_the_same_few_statements(arena):
    counted = []
    with arena.suite.events.app_context():
        jurors = dealing.queries.scoring(arena.event_id)
        works = [db.session.get_one(Entry, entry_id) for entry_id in arena.entries]
        for some in (works[:2], works):
            with statements(arena.suite) as said:
                conflicts.found(db.session(), jurors, some, Rules())
            counted.append(len(said))
    assert counted[0] == counted[1] <= 4
