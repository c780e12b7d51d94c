"""What a protocol says of how the jury worked, from documents without a database."""

from types import SimpleNamespace

import pytest

from events_service.awards import judging
from events_service.awards.facts import Facts
from events_service.contests.rules import Rules
from events_service.results import method
from tests.events_service.results.inputs import inputs, nomination

pytestmark = pytest.mark.one_engine("sqlite")


def test_widest_gap_is_the_exact_one_that_called_the_extra_reader(suite):
    """Neither her own sheet nor a correction after an appeal belongs to it; 20.004 is more than 20."""
    kind = nomination(weights=("0.9996", "0.0004"), maxima=("10.00",) * 2)
    given = [
        *(("a", "e1", {"R1": 6, "R2": 0}), ("b", "e1", {"R1": 8, "R2": 3})),
        *(("a", "e2", {"R1": 6, "R2": 6}), ("b", "e2", {"R1": "8.5", "R2": "8.5"}), ("c", "e2", {"R1": 4, "R2": 4})),
        *(("a", "e3", {"R1": 6, "R2": 6}), ("b", "e3", {"R1": 8, "R2": 8})),
    ]
    upheld = {"appeal": "x", "assignment": "b/e2", "criterion": "R1", "points": "10.00"}
    entries = [(name, "N", "ABA") for name in ("e1", "e2", "e3")]
    found = inputs([kind], entries, given, corrections=[upheld])
    next(sheet for sheet in found["sheets"] if sheet["assignment"] == "c/e2")["ground"] = "split"
    document = method.compiled(found)
    title = SimpleNamespace(title={"kk": "Бағыт", "ru": "Направление"})
    facts = SimpleNamespace(
        document=document, rules=Rules(), members={"c": SimpleNamespace(name="Серікова")},
        rows=lambda: ((title, kind["entries"]) for kind in document["nominations"]),
    )  # fmt: skip
    facts.gaps = lambda: Facts.gaps(facts)
    with suite.events.test_request_context():
        [table, alone] = judging.extra(facts)
    assert [row[::2] for row in table["table"]["rows"]] == [["№ 2", "25,00"]]
    assert alone["text"].endswith("№ 1.")
