"""The method on inputs written by hand: what the rules say, to the hundredth."""

import copy
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.facts import rows_of
from events_service.results import method
from tests.events_service.results.inputs import entries_of, inputs, nomination, simple

VOTED = {"entries": ["a", "b"], "order": ["b", "a"]}


def places(document):
    return {line["id"]: line["place"] for line in entries_of(document).values()}


def ties(document):
    return {line["id"]: line["tie"] for line in entries_of(document).values()}


def test_worked_example_of_the_rules_gives_its_numbers():
    lines = [
        row for row in rows_of("contest") if (row["nomination_code"], row["stage_code"]) == ("INNOVATION", "REMOTE")
    ]
    weights, maxima = [row["weight_in_stage"] for row in lines], [row["max_points"] for row in lines]
    given = [(8, 7, 9, 10, 6, 4, 5), (7, 6, 8, 9, 6, 4, 5), (9, 8, 9, 10, 7, 3, 5)]
    sheets = [(f"j{at}", "e", {f"R{n}": p for n, p in enumerate(row, 1)}) for at, row in enumerate(given)]
    rubric = nomination(weights=weights, maxima=maxima)
    line = entries_of(method.compiled(inputs([rubric], [("e", "N", "A")], sheets)))["e"]
    assert [sheet["score"] for sheet in line["sheets"]] == ["85.00", "77.50", "88.00"]
    assert (line["score"], line["gap"], line["passes"], line["total"]) == ("83.50", "10.50", True, None)
    before = {"code": "REMOTE", "weight": "0.4000", "position": 0, "compilation": "c", "scores": {"e": "83.50"}}
    final = simple({("j", "e"): "88.50"}, followed=False, stages=[before], weight="0.6000")
    final["stage"]["code"] = "FINAL"
    line = entries_of(method.compiled(final))["e"]
    assert (line["stages"], line["total"]) == ({"REMOTE": "83.50", "FINAL": "88.50"}, "86.50")


def test_a_mean_is_rounded_once_and_half_up():
    line = entries_of(method.compiled(simple({("i", "a"): "80", ("j", "a"): "80.01", ("k", "b"): "79.99"})))
    assert (line["a"]["score"], line["b"]["score"]) == ("80.01", "79.99")
    assert (line["a"]["passes"], line["b"]["why"]) == (True, "threshold")


def test_equal_entries_share_a_place_and_the_next_is_left_out():
    found = method.compiled(simple({("j", name): value for name, value in zip("abcd", (90, 85, 85, 80), strict=True)}))
    assert places(found) == {"a": 1, "b": 2, "c": 2, "d": 4}
    assert ties(found) == {"a": None, "b": "shared", "c": "shared", "d": None}


def final_of(earlier, own, **more):
    before = {"code": "R", "weight": "0.5000", "position": 0, "compilation": "c", "scores": earlier}
    return simple({("j", name): value for name, value in own.items()}, False, [before], weight="0.5000", **more)


def test_higher_final_score_breaks_a_tie_of_totals():
    found = method.compiled(final_of({"a": "90.00", "b": "80.00", "c": "70.00"}, {"a": 70, "b": 80, "c": 70}))
    assert places(found) == {"b": 1, "a": 2, "c": 3}
    assert ties(found) == {"a": "final", "b": "final", "c": None}


def two_lines(a, b, **more):
    rubric = nomination(weights=("0.6000", "0.4000"), maxima=("10.00", "10.00"))
    sheets = [("j", "a", dict(zip(("R1", "R2"), a, strict=True))), ("j", "b", dict(zip(("R1", "R2"), b, strict=True)))]
    return inputs([rubric], [("a", "N", "A"), ("b", "N", "A")], sheets, least_scores=1, **more)


def test_heaviest_criterion_breaks_what_the_final_score_does_not():
    found = method.compiled(two_lines((6, 9), (8, 6)))
    assert (places(found), ties(found)) == ({"b": 1, "a": 2}, {"a": "heaviest", "b": "heaviest"})


def test_median_breaks_a_tie_only_where_the_rules_name_it():
    given = {("i", "a"): 70, ("j", "a"): 70, ("k", "a"): 100, ("i", "b"): 80, ("j", "b"): 80, ("k", "b"): 80}
    chain = ("final", "median", "vote")
    assert ties(method.compiled(simple(given, ties=chain))) == {"a": "median", "b": "median"}
    assert ties(method.compiled(simple(given))) == {"a": "shared", "b": "shared"}


@pytest.mark.parametrize(("vote", "wanted"), [
    ([VOTED], ({"b": 1, "a": 2}, "vote")),
    ([{"entries": ["a", "b"], "order": []}], ({"a": 1, "b": 1}, "shared")),
    ([{"entries": ["a", "b", "c"], "order": ["b", "a", "c"]}], ({"a": 1, "b": 1}, "shared")),
])  # fmt: skip
def test_vote_counts_for_exactly_the_entries_it_was_on(vote, wanted):
    found = method.compiled(two_lines((8, 6), (8, 6), votes=vote))
    assert (places(found), ties(found)["a"]) == wanted


def test_vote_the_rules_do_not_name_counts_for_nothing():
    assert ties(method.compiled(two_lines((8, 6), (8, 6), votes=[VOTED], ties=("final",)))) == dict.fromkeys(
        "ab", "shared"
    )


def test_cap_is_of_a_district_and_equals_at_it_pass():
    scores = {("j", name): value for name, value in zip("abcdef", (95, 90, 90, 85, 85, 79), strict=True)}
    districts = dict(zip("abcdef", "AAAABB", strict=True))
    found = entries_of(method.compiled(simple(scores, districts=districts, district_cap=2)))
    assert {name: line["why"] for name, line in found.items()} == {
        "a": None, "b": None, "c": None, "d": "cap", "e": None, "f": "threshold",
    }  # fmt: skip


def test_entry_with_too_few_sheets_has_no_score_and_no_place():
    found = entries_of(method.compiled(simple({("i", "a"): 90, ("j", "a"): 90, ("i", "b"): 90}, least_scores=2)))
    assert [found["b"][name] for name in ("score", "decides", "place", "passes", "why")] == [
        None,
        None,
        None,
        False,
        "scores",
    ]
    assert found["a"]["place"] == 1


def test_upheld_correction_stands_in_the_place_of_the_points():
    change = {"appeal": "x", "assignment": "j/a", "criterion": "R1", "points": "90.00"}
    found = entries_of(method.compiled({**simple({("j", "a"): 70, ("j", "b"): 80}), "corrections": [change]}))
    assert (found["a"]["place"], found["a"]["sheets"][0]["corrected"]) == (1, ["R1"])


def test_sheet_that_is_not_whole_is_refused():
    broken = simple({("j", "a"): 70})
    broken["sheets"][0]["points"] = {}
    with pytest.raises(ValueError, match="j/a"):
        method.compiled(broken)


def drawn(seed, readers=3):
    draw = random.Random(seed)
    sheets = [
        (f"j{j}", f"e{e}", {f"R{n}": draw.randint(0, 10) for n in range(1, 7)})
        for e in range(12)
        for j in range(readers)
    ]
    return inputs(
        [nomination()], [(f"e{e}", "N", "AB"[e % 2]) for e in range(12)], sheets, votes=[VOTED], threshold=Decimal(40)
    )


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_order_of_rows_never_matters(seed, shuffle):
    first, second = drawn(seed), copy.deepcopy(drawn(seed))
    for name in ("nominations", "entries", "sheets", "votes"):
        shuffle.shuffle(second[name])
    shuffle.shuffle(second["nominations"][0]["criteria"])
    assert method.canonical(method.compiled(first)) == method.canonical(method.compiled(second))


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 20))
def test_severity_of_a_juror_changes_no_order_on_a_full_panel(seed, less):
    draw = random.Random(seed)
    given = {(f"j{j}", f"e{e}"): draw.randint(20, 100) for e in range(8) for j in range(4)}
    harsh = {(juror, entry): value - (less if juror == "j0" else 0) for (juror, entry), value in given.items()}
    assert places(method.compiled(simple(given))) == places(method.compiled(simple(harsh)))


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(0, 11), st.sampled_from(["j0", "j1", "j2"]))
def test_more_points_never_lower_a_place(seed, entry, juror):
    first = drawn(seed)
    second = copy.deepcopy(first)
    row = next(row for row in second["sheets"] if (row["juror"], row["entry"]) == (juror, f"e{entry}"))
    row["points"]["R1"] = "10.00"
    before, after = (entries_of(method.compiled(one))[f"e{entry}"] for one in (first, second))
    assert after["place"] <= before["place"]
    assert after["passes"] >= before["passes"]
