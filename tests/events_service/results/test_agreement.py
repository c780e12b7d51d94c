"""Agreement of the jury: who gives more, who spreads, whose sheet stands apart."""

from fractions import Fraction

from events_service.results.agreement import of_jurors


def test_severity_spread_and_outliers_of_each_juror():
    given = {
        ("a", "kind"): 90, ("a", "even"): 80, ("a", "hard"): 70,
        ("b", "kind"): 70, ("b", "even"): 60, ("b", "hard"): 20,
        ("c", "kind"): 50,
    }  # fmt: skip
    found = {
        line["id"]: line for line in of_jurors({key: Fraction(value) for key, value in given.items()}, Fraction(20))
    }
    assert {name: line["severity"] for name, line in found.items()} == {
        "kind": "22.50",
        "even": "7.50",
        "hard": "-30.00",
    }
    assert found["even"]["spread"] == "10.00"
    assert {name: line["outliers"] for name, line in found.items()} == {"kind": ["b"], "even": [], "hard": ["b"]}
    assert found["kind"]["sheets"] == 3


def test_juror_who_reads_alone_has_no_severity():
    assert of_jurors({("a", "one"): Fraction(50)}, Fraction(20))[0]["severity"] is None
