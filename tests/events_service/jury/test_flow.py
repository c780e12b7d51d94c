"""Dealing without a database: 50 random registers, impossible cases by name, and what the checks would notice."""

from dataclasses import replace

import pytest

from events_service.jury import flow
from events_service.jury.conflicts import conflicts_between
from tests.events_service.jury.registers import drawn, faults

READERS, ANCHORS = 3, 3
JURORS = [f"j{number}" for number in range(7)]


def problem(entries, jurors, blocked, readers=READERS, anchors=ANCHORS):
    """`blocked` holds pairs of juror and entry."""
    turned = frozenset((entry, juror) for juror, entry in blocked)
    return flow.Problem(tuple(entries), tuple(jurors), turned, readers, least=3, anchors=anchors)


@pytest.mark.parametrize("seed", range(50))
def test_random_register_is_dealt_evenly_without_conflicts_and_connected(seed):
    register = drawn(seed)
    found = conflicts_between(register.readers, register.entries, register.links, register.own_district)
    assert set(found) == register.barred()
    assert len(found) > 10
    plan = flow.solve(problem([work[0] for work in register.works], JURORS, found))
    assert faults(JURORS, set(found), READERS, plan.panels, plan.anchors) == set()
    assert len(plan.anchors) == ANCHORS
    assert len(set(plan.panels.values())) > 25  # of 35 panels of three


ENTRIES = [f"e{number:02}" for number in range(40)]


def greedy(entries, barred):
    """A solver that forgets the loads."""
    return {e: tuple(j for j in JURORS if (j, e) not in barred)[:READERS] for e in entries}


def test_checks_notice_a_solver_that_forgets_something():
    register = drawn(1, entries=40)
    entries, barred = [work[0] for work in register.works], register.barred()
    assert faults(JURORS, barred, READERS, greedy(entries, barred)) >= {"loads"}
    blind = flow.solve(problem(entries, JURORS, (), anchors=0))
    assert faults(JURORS, barred, READERS, blind.panels) == {"conflict"}
    closed = {e: tuple(JURORS[:3] if n % 2 else JURORS[3:6]) for n, e in enumerate(entries)}
    assert "apart" in faults(JURORS[:6], set(), READERS, closed)
    assert faults(JURORS, set(), READERS, dict.fromkeys(entries, ("j0", "j0", "j1"))) >= {"readers"}


def test_deal_is_the_same_for_the_same_seed_only():
    given = problem(ENTRIES, JURORS, [("j0", "e01")])
    assert flow.solve(given, 5) == flow.solve(given, 5)
    assert flow.solve(given, 5).panels != flow.solve(given, 6).panels


def test_few_jurors_read_everything_they_may():
    plan = flow.solve(problem(ENTRIES, JURORS[:4], [("j0", "e01")], readers=7))
    assert plan.full
    assert plan.panels["e01"] == ("j1", "j2", "j3")
    assert {len(panel) for panel in plan.panels.values()} == {3, 4}


def test_anchors_are_those_with_the_fewest_conflicts_and_lowest_numbers():
    blocked = [("j0", "e00"), ("j1", "e00"), ("j0", "e02")]
    assert flow.solve(problem(ENTRIES, JURORS, blocked)).anchors == ("e01", "e03", "e04")


def test_fewer_anchors_are_taken_where_all_of_them_would_upset_the_loads():
    blocked = [("j0", entry) for entry in ENTRIES[:23]]  # j0 can read 17 of 40, no more
    plan = flow.solve(problem(ENTRIES, JURORS, blocked, anchors=40 // 8))
    assert faults(JURORS, set(blocked), READERS, plan.panels, plan.anchors) == set()
    assert len(plan.anchors) < 5


def test_too_few_jurors_are_named():
    with pytest.raises(flow.TooFewJurors) as said:
        flow.solve(problem(ENTRIES, JURORS[:2], []))
    assert (said.value.there, said.value.needed) == (2, 3)


def test_entry_with_too_few_readers_is_named():
    blocked = [(juror, "e07") for juror in JURORS[:5]]
    with pytest.raises(flow.TooFewReaders) as said:
        flow.solve(problem(ENTRIES, JURORS, blocked))
    assert said.value.short == {"e07": 2}


def test_juror_whose_conflicts_upset_the_loads_is_named():
    blocked = [("j3", entry) for entry in ENTRIES[:30]] + [("j5", "e01")]
    with pytest.raises(flow.Uneven) as said:
        flow.solve(problem(ENTRIES, JURORS, blocked))
    assert (said.value.held, said.value.entries) == ({"j3": 30}, 40)


def test_groups_without_a_common_entry_are_named():
    left, right = JURORS[:3], JURORS[3:6]
    blocked = [(j, e) for n, e in enumerate(ENTRIES) for j in (left if n % 2 else right)]
    with pytest.raises(flow.Apart) as said:
        flow.solve(problem(ENTRIES, JURORS[:6], blocked))
    assert said.value.parts == [left, right]


def test_largest_contest_is_dealt():
    jurors = [f"j{number}" for number in range(9)]
    entries = [f"e{number:03}" for number in range(500)]
    given = replace(problem(entries, jurors, [("j0", e) for e in entries[:100]]), readers=4)
    plan = flow.solve(given)
    assert faults(jurors, {(j, e) for e, j in given.blocked}, 4, plan.panels, plan.anchors) == set()


def test_solver_is_loaded_with_the_first_deal():
    assert not hasattr(flow, "nx")
