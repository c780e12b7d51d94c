"""The correction for severity: it finds planted severities, and is refused where it could not."""

import random
from fractions import Fraction
from itertools import combinations

import pytest

from events_service.results import method, severity
from tests.events_service.results.inputs import dealt, entries_of, simple

LAMBDA = Fraction(1)
SEEDS = 100


def tau(one, two):
    """Kendall's tau-a of two scores by entry."""
    names = sorted(one)
    signs = ((one[a] > one[b]) - (one[a] < one[b]) for a, b in combinations(names, 2))
    others = ((two[a] > two[b]) - (two[a] < two[b]) for a, b in combinations(names, 2))
    return sum(x * y for x, y in zip(signs, others, strict=True)) / (len(names) * (len(names) - 1) / 2)


def contest(seed, pairs):
    """True merits, planted severities, and the whole points that jurors give for them."""
    draw = random.Random(seed)
    merit = {entry: draw.gauss(70, 8) for entry in sorted({entry for _, entry in pairs})}
    strict = {juror: draw.gauss(0, 5) for juror in sorted({juror for juror, _ in pairs})}
    given = {
        (entry, juror): Fraction(round(min(100, max(0, merit[entry] + strict[juror] + draw.gauss(0, 5)))))
        for juror, entry in pairs
    }
    return merit, strict, given


def means(given):
    of = {}
    for (entry, _), score in given.items():
        of.setdefault(entry, []).append(score)
    return {entry: sum(scores) / len(scores) for entry, scores in of.items()}


def test_correction_comes_nearer_to_the_merits_than_the_raw_mean():
    raw = corrected = found = 0.0
    for seed in range(SEEDS):
        merit, strict, given = contest(seed, dealt(seed))
        fit = severity.fit(given, LAMBDA, 8)
        assert fit.connected and fit.refused is None
        raw += tau(merit, means(given))
        corrected += tau(merit, fit.scores)
        found += tau(strict, fit.severity)
    assert corrected / SEEDS > raw / SEEDS + 0.02
    assert found / SEEDS > 0.7


def test_correction_is_refused_on_closed_panels_of_districts():
    panels = [(f"j{side}{n}", f"e{side}{entry:02}") for side in "AB" for n in range(3) for entry in range(20)]
    fit = severity.fit(contest(1, panels)[2], LAMBDA, 8)
    assert (fit.connected, fit.refused, fit.scores) == (False, severity.NOT_CONNECTED, {})


def test_one_entry_read_by_both_panels_links_them():
    panels = [(f"j{side}{n}", f"e{side}{entry:02}") for side in "AB" for n in range(3) for entry in range(20)]
    assert severity.fit(contest(1, [*panels, ("jA0", "eB00")])[2], LAMBDA, 8).refused is None


@pytest.mark.parametrize(("least", "shrinkage", "why"), [
    (8, LAMBDA, None), (9, LAMBDA, severity.FEW_SHEETS), (8, Fraction(), severity.NO_SHRINKAGE),
])  # fmt: skip
def test_correction_is_refused_for_too_few_sheets_and_without_shrinkage(least, shrinkage, why):
    given = contest(2, dealt(2, entries=14, jurors=5))[2]
    assert severity.fit(given, shrinkage, least).refused == why


def test_full_panel_needs_no_correction():
    fit = severity.fit(contest(3, [(f"j{j}", f"e{e:02}") for j in range(4) for e in range(9)])[2], LAMBDA, 8)
    assert (fit.needed, fit.refused, fit.scores) == (False, None, {})


def test_fit_solves_the_normal_equations_exactly():
    given = contest(4, dealt(4, entries=20, jurors=5))[2]
    fit = severity.fit(given, Fraction(3, 2), 8)
    mean = sum(given.values()) / len(given)
    for juror, found in fit.severity.items():
        left = [score - fit.scores[entry] for (entry, one), score in given.items() if one == juror]
        assert found == sum(left) / (len(left) + Fraction(3, 2))
    for entry, score in fit.scores.items():
        left = [score - mean - fit.severity[juror] for (one, juror), score in given.items() if one == entry]
        assert score - mean == sum(left) / (len(left) + Fraction(3, 2))


def test_document_says_what_the_correction_changes():
    _, _, given = contest(5, dealt(5))
    document = method.compiled(simple({(juror, entry): score for (entry, juror), score in given.items()}, threshold=70))
    found = entries_of(document)
    assert (document["correction"], document["connected"], document["decided_by"]) == ("applied", True, "mean")
    assert all(line["corrected"] for line in found.values())
    flagged = [line for line in found.values() if line["flag"]]
    assert flagged and all(line["flag"] == "method" for line in flagged)
    assert all(line["other_place"] is None for line in found.values() if not line["flag"])


def test_corrected_score_decides_where_the_rules_say_so():
    _, _, given = contest(6, dealt(6))
    points = {(juror, entry): score for (entry, juror), score in given.items()}
    document = method.compiled(simple(points, method="corrected"))
    assert document["method"] == "corrected/1"
    assert all(line["decides"] == line["corrected"] for line in entries_of(document).values())
    refused = method.compiled(simple(points, method="corrected", least_per_juror=99))
    assert (refused["method"], refused["correction"]) == ("mean/1", "refused: few-sheets")
    assert all(line["decides"] == line["score"] for line in entries_of(refused).values())
