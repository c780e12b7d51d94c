"""The two files of a contest's rules: what they hold, and every fault by line and column."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events_service.contests import levels, reading, reading_rules
from events_service.contests.rules import Rules

DATA = Path(__file__).resolve().parents[3] / "demo" / "data"
CONTEST = (DATA / "contest.csv").read_text(encoding="utf-8")
RULES = (DATA / "contest_rules.csv").read_text(encoding="utf-8")
LINES = CONTEST.splitlines()


def changed(line: int, old: str, new: str) -> str:
    """The file with one line changed; lines are counted from 1, as faults count them."""
    assert old in LINES[line - 1]
    return "\n".join([*LINES[: line - 1], LINES[line - 1].replace(old, new), *LINES[line:]])


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in reading.rubric(text).faults]


def test_file_of_the_report_is_five_nominations_of_twelve_criteria():
    found = reading.rubric(CONTEST)
    assert found.faults == []
    assert (found.code, len(found.nominations)) == ("BEST_TEACHER_2021", 5)
    assert found.stages == {"REMOTE": (1, Decimal("0.4000")), "FINAL": (2, Decimal("0.6000"))}
    assert Counter(map(len, found.criteria.values())) == {7: 5, 5: 5}
    for lines in found.criteria.values():
        assert sum(line["weight"] for line in lines) == 1
    combined = found.criteria["PRIMARY", "REMOTE"][1]
    assert combined["title"]["ru"] == "Работа с совмещённым, разновозрастным классом"  # a comma inside quotes


def test_semicolons_and_a_byte_order_mark_make_no_difference():
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(csv.reader(LINES))
    assert reading.rubric("\ufeff" + text.getvalue()) == reading.rubric(CONTEST)


@pytest.mark.parametrize(("text", "found"), [
    ("", [(0, "")]),
    ("x" * 200_001, [(0, "")]),
    (CONTEST.replace("max_points", "most"), [(1, "max_points")]),
    (changed(3, ",10,0.20", ",-1,0.20"), [(3, "max_points")]),
    (changed(3, ",10,0.20", ",10,"), [(3, "weight_in_stage")]),
    (changed(3, ",10,0.20", ",10,0.20001"), [(3, "weight_in_stage")]),
    (changed(3, ",R2,", ",R 2,"), [(3, "criterion_code")]),
    (changed(3, ",R2,", ",R1,"), [(3, "criterion_code")]),
    (changed(3, ",0.40,", ",0.30,"), [(3, "stage_weight")]),
    (changed(3, "Бастауыш", "Бастауышш"), [(3, "nomination_kk")]),
    (changed(3, '"Біріктірілген', 'x"Біріктірілген'), [(3, "")]),
    (changed(61, "INNOVATION,", '"INNOVATION,'), [(61, "")]),
    ("\n".join([LINES[0], *[LINES[1]] * 501]), [(502, "")]),
])  # fmt: skip
def test_fault_is_named_by_line_and_column(text, found):
    assert set(found) <= set(faults(text))


def test_weights_that_give_less_than_one_name_nomination_and_stage():
    found = reading.rubric(changed(2, ",10,0.25", ",10,0.24"))
    [fault] = found.faults
    assert "PRIMARY, REMOTE" in fault.message and "0.99" in fault.message
    whole_stage = "\n".join(line for line in LINES if not line.startswith("BEST_TEACHER_2021,STEM") or "FINAL" in line)
    [fault] = reading.rubric(whole_stage).faults
    assert "STEM, REMOTE" in fault.message


def test_levels_may_stand_in_columns_of_their_own():
    first = f"{LINES[1]},10 – бәрі | 4.0 – жартысы,4 – половина | 10 – все"
    text = "\n".join([f"{LINES[0]},levels_kk,levels_ru", first, *(f"{line},," for line in LINES[2:])])
    line = reading.rubric(text).criteria["PRIMARY", "REMOTE"][0]
    assert line["levels"] == [
        {"points": Decimal("10.00"), "text": {"kk": "бәрі", "ru": "все"}},
        {"points": Decimal("4.00"), "text": {"kk": "жартысы", "ru": "половина"}},
    ]
    assert "levels" not in reading.rubric(CONTEST).criteria["PRIMARY", "REMOTE"][0]
    assert (2, "levels_ru") in faults(text.replace("4 – половина", "половина"))
    shown = levels.write([{"points": "7.50", "text": {"kk": "а", "ru": "б"}}])
    assert levels.read(shown) == [{"points": "7.5", "text": {"kk": "а", "ru": "б"}}]


def test_rules_of_the_report_are_the_defaults_but_for_what_it_does_not_say():
    found = reading_rules.settings(RULES)
    assert found.faults == []
    defaults = Rules()
    for name, value in found.values.items():
        kept = getattr(defaults, name)
        assert value == (list(kept) if isinstance(kept, tuple) else kept), name
    assert found.total == {"remote": Decimal("0.4"), "final": Decimal("0.6")}
    assert found.skipped == ["month", "purpose_1", "purpose_2", "purpose_3"]


@pytest.mark.parametrize(("old", "new", "line"), [
    ("final_threshold,80.00", "final_threshold,180", 11),
    ("final_threshold,80.00", "final_thresh,80", 11),
    ("jury_min_size,5", "jury_min_size,many", 7),
    ("100*sum(weight*mean(points)/max)", "sum(points)", 9),
    ("0.4*remote+0.6*final", "remote+final", 10),
    ("higher FINAL score", "by the letter", 14),
    ("I:1 II:2 III:3", "I:1 II:2", 17),
    ("appeal_window,3", "jury_min_size,3", 18),
])  # fmt: skip
def test_rule_that_cannot_be_taken_is_named_by_its_line(old, new, line):
    assert old in RULES
    assert [fault.line for fault in reading_rules.settings(RULES.replace(old, new)).faults] == [line]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_a_file_holds_it_is_read_or_refused(data):
    """Pieces of the good files cut, doubled and mixed with anything else."""
    whole = data.draw(st.sampled_from([CONTEST[:2500], RULES]))
    for _ in range(data.draw(st.integers(1, 4))):
        first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
        junk = data.draw(
            st.text(max_size=5) | st.sampled_from(['"', ";", "\n", "\0", "9" * 5000, "1e5", "∞", "२", "a" * 999])
        )
        whole = whole[:first] + junk + whole[last if last - first < 40 else first :]
    for read in (reading.rubric, reading_rules.settings):
        assert read(whole).faults is not None
