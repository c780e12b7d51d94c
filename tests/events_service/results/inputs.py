"""Inputs of the method written by hand or drawn from a seed, without a database."""

import random
from fractions import Fraction

from events_service.contests.exact import half_up
from events_service.contests.rules import Rules, written

WEIGHTS = ("0.2500", "0.2000", "0.2000", "0.1500", "0.1000", "0.1000")


def nomination(code="N", weights=WEIGHTS, maxima=("10.00",) * 6):
    lines = [
        {"id": f"{code}{number}", "code": f"R{number}", "position": number, "max": most, "weight": weight}
        for number, (weight, most) in enumerate(zip(weights, maxima, strict=True), start=1)
    ]
    return {"id": code, "code": code, "position": 1, "criteria": lines}


def inputs(nominations, entries, sheets, stages=(), followed=True, weight="0.4000", votes=(), corrections=(), **rules):
    """`entries` are (id, nomination, district), `sheets` are (juror, entry, points by criterion)."""
    return {
        "stage": {"id": "s", "code": "REMOTE", "kind": "remote", "weight": weight, "position": 1, "followed": followed},
        "rules_version": 1,
        "rules": written(Rules(**rules)),
        "stages": list(stages),
        "nominations": list(nominations),
        "entries": [
            {"id": entry, "number": number, "district": district, "nomination": kind, "late": False}
            for number, (entry, kind, district) in enumerate(entries, start=1)
        ],
        "sheets": [
            {
                "assignment": f"{juror}/{entry}",
                "juror": juror,
                "entry": entry,
                "ground": "deal",
                "points": {code: str(half_up(Fraction(value))) for code, value in points.items()},
            }
            for juror, entry, points in sheets
        ],
        "corrections": list(corrections),
        "votes": list(votes),
    }


def simple(scores, followed=True, stages=(), districts=None, **rules):
    """One criterion of 100 points: `scores` are points by (juror, entry), what a sheet gives is its points."""
    names = sorted({entry for _, entry in scores})
    entries = [(name, "N", (districts or {}).get(name, "A")) for name in names]
    sheets = [(juror, entry, {"R1": value}) for (juror, entry), value in scores.items()]
    rubric = [nomination(weights=("1.0000",), maxima=("100.00",))]
    return inputs(rubric, entries, sheets, stages, followed, **{"least_scores": 1, **rules})


def dealt(seed, entries=60, jurors=7, readers=3):
    """Who reads what: `readers` of each entry drawn from a seed, loads nearly equal, all linked."""
    draw, load, found = random.Random(seed), dict.fromkeys(range(jurors), 0), []
    for entry in range(entries):
        chosen = sorted(load, key=lambda juror: (load[juror], draw.random()))[:readers]
        for juror in chosen:
            load[juror] += 1
            found.append((f"j{juror}", f"e{entry:03}"))
    return found


def entries_of(document):
    return {line["id"]: line for kind in document["nominations"] for line in kind["entries"]}
