"""500 entries × 9 jurors × 6 criteria: equal to a recomputation of its own, and the same bytes everywhere."""

import json
import time
from fractions import Fraction

import pytest

from events_service.db import db
from events_service.results import compiling, method
from events_service.results.models import Compilation
from tests.events_service.results import crowd
from tests.events_service.results.inputs import entries_of

RUNS = 20
THRESHOLD, CAP = "55.00", 10
RULES = {"threshold": THRESHOLD, "district_cap": CAP}

pytestmark = pytest.mark.breaks("I12")  # the event is written as a bare row, without a history


def hundredths(value):
    """Half up, in whole hundredths."""
    return (2 * value.numerator * 100 + value.denominator) // (2 * value.denominator)


def printed(text):
    return int(text.replace(".", ""))


def recomputed(points):
    """Scores in hundredths, places, and who goes on, by nothing that the product is made of."""
    lines = [(Fraction(weight), Fraction(most)) for weight, most in zip(crowd.WEIGHTS, crowd.MAXIMA, strict=True)]
    sheets = {}
    for (entry, juror, line), given in points.items():
        weight, most = lines[int(line[1:])]
        sheets[entry, juror] = sheets.get((entry, juror), 0) + 100 * weight * Fraction(given) / most
    totals, heaviest = {}, {}
    for (entry, _), score in sheets.items():
        totals[entry] = totals.get(entry, 0) + score
    for (entry, _, line), given in points.items():
        heaviest[entry] = heaviest.get(entry, 0) + (Fraction(given) if line == "C0" else 0)
    scores = {entry: hundredths(total / crowd.JURORS) for entry, total in totals.items()}
    keys = {entry: (score, heaviest[entry]) for entry, score in scores.items()}
    places = {entry: 1 + sum(other > key for other in keys.values()) for entry, key in keys.items()}
    least = int(Fraction(THRESHOLD) * 100)
    district = {entry: (int(entry[5:]) + 1) % 9 for entry in scores}
    passing = {
        entry for entry, score in scores.items()
        if score >= least and sum(o > score for e, o in scores.items() if district[e] == district[entry]) < CAP
    }  # fmt: skip
    return {key: hundredths(score) for key, score in sheets.items()}, scores, places, passing


def test_large_stage_is_exact_and_the_same_bytes_on_every_run_and_engine(suite):
    points = crowd.points_of()
    with suite.events.app_context():
        with db.transaction() as session:
            crowd.write(session, points, **RULES)
            session.add(Compilation(id="first", stage_id=crowd.STAGE, number=1, created_by="x"))
        begin = time.perf_counter()
        assert compiling.work() == 1
        took = time.perf_counter() - begin
        row = db.session.get_one(Compilation, "first")
        assert row.status == "done", row.reason
        text = row.document
    assert took < 60  # `make bench` measures it; here the machine may be busy
    inputs = crowd.inputs(points, **RULES)  # without the database, so both engines are compared with the same
    assert {method.canonical(method.compiled(inputs)) == text for _ in range(RUNS // 2)} == {True}
    found = entries_of(json.loads(text))
    sheets, scores, places, passing = recomputed(points)
    assert {
        (entry, sheet["juror"]): printed(sheet["score"]) for entry, line in found.items() for sheet in line["sheets"]
    } == sheets
    assert {entry: printed(line["score"]) for entry, line in found.items()} == scores
    assert {entry: line["place"] for entry, line in found.items()} == places
    assert {entry for entry, line in found.items() if line["passes"]} == passing
    assert 9 * 5 < len(passing) < 500 and len(set(places.values())) < 500
