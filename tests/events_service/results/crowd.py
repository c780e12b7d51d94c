"""A large stage written by bulk: 500 entries × 9 jurors × 6 criteria, the same rows on every engine."""

import random
from decimal import Decimal

from sqlalchemy import insert, update

from events_service.contests.models import CLOSED, Contest, Criterion, Nomination, Stage
from events_service.contests.rules import Rules, written
from events_service.entries.models import ADMITTED, Entry, StageEntry
from events_service.events.models import Event
from events_service.jury.models import CHAIR, MEMBER, Assignment, JuryMember
from events_service.scoring.models import Score
from services.database import utcnow

ENTRIES, JURORS, CRITERIA = 500, 9, 6
WEIGHTS = ("0.3000", "0.2500", "0.1500", "0.1500", "0.1000", "0.0500")
MAXIMA = ("10.00", "10.00", "10.00", "5.00", "7.50", "3.00")
EVENT, STAGE = "contest", "stage"
Points = dict[tuple[str, str, str], Decimal]


def points_of(seed: int = 4, entries: int = ENTRIES) -> Points:
    """Points in quarters by (entry, juror, criterion); the last entry is given what the first is."""
    draw = random.Random(seed)
    found = {
        (f"entry{entry:03}", f"juror{juror}", f"C{line}"): Decimal(draw.randint(0, int(Decimal(MAXIMA[line]) * 4))) / 4
        for entry in range(entries)
        for juror in range(JURORS)
        for line in range(CRITERIA)
    }
    last = f"entry{entries - 1:03}"
    return {key: found["entry000", *key[1:]] if key[0] == last else given for key, given in found.items()}


def write(session, points: Points, organisation: str = "UMC", **rules: object) -> None:
    """A published event with one nomination and one stage, open while the scores go in, then closed."""
    now, entries = utcnow(), sorted({entry for entry, _, _ in points})
    event = {
        "id": EVENT, "slug": EVENT, "uid": "contest@qonyrau.test", "organisation": organisation, "created_by": "x",
        "kind": "contest", "title": {"kk": "Байқау"}, "status": "published", "published_at": now,
    }  # fmt: skip
    session.add(Event(**event))
    session.flush()
    session.add(Contest(event_id=EVENT, rules=written(Rules(**rules)), frozen_at=now))
    session.add(Nomination(id="kind", event_id=EVENT, code="N", title={"kk": "Номинация"}))
    stage = {"id": STAGE, "event_id": EVENT, "code": "REMOTE", "title": {"kk": "Кезең"}, "weight": Decimal("0.4")}
    session.add(Stage(**stage, status="open", position=1))
    session.add(Stage(**{**stage, "id": "next", "code": "FINAL", "weight": Decimal("0.6")}, position=2))
    session.flush()
    lines = [
        {"id": f"C{n}", "code": f"C{n}", "position": n, "max_points": Decimal(most), "weight": Decimal(weight)}
        for n, (most, weight) in enumerate(zip(MAXIMA, WEIGHTS, strict=True))
    ]
    common = {"nomination_id": "kind", "stage_id": STAGE, "title": {"kk": "Өлшемшарт"}}
    session.execute(insert(Criterion), [{**common, **line} for line in lines])
    _people(session, entries)
    sheets = [{"id": f"{entry}.{juror}", "stage_id": STAGE, "entry_id": entry, "member_id": juror}
              for entry, juror in sorted({key[:2] for key in points})]  # fmt: skip
    session.execute(insert(Assignment), sheets)
    session.execute(insert(Score), [
        {"assignment_id": f"{entry}.{juror}", "criterion_id": line, "version": 2, "points": given, "by_id": "x",
         "at": now}
        for (entry, juror, line), given in points.items()
    ])  # fmt: skip
    session.execute(update(Assignment).values(signed_at=now))
    session.execute(update(Stage).where(Stage.id == STAGE).values(status=CLOSED, closed_at=now))


def _people(session, entries: list[str]) -> None:
    session.execute(insert(Entry), [
        {"id": entry, "event_id": EVENT, "nomination_id": "kind", "number": number, "author_id": entry, "name": entry,
         "email": f"{entry}@example.invalid", "district": f"D{number % 9}", "status": ADMITTED}
        for number, entry in enumerate(entries, start=1)
    ])  # fmt: skip
    session.execute(insert(StageEntry), [{"stage_id": STAGE, "entry_id": entry} for entry in entries])
    session.execute(insert(JuryMember), [
        {"id": f"juror{n}", "event_id": EVENT, "person_id": f"juror{n}", "name": f"Juror {n}",
         "email": f"juror{n}@example.invalid", "role": MEMBER if n else CHAIR}
        for n in range(JURORS)
    ])  # fmt: skip


def inputs(points: Points, **rules: object) -> dict:
    """What the rows must be read into, made without them: the same for every engine."""
    rubric = zip(MAXIMA, WEIGHTS, strict=True)
    criteria = [
        {"id": f"C{n}", "code": f"C{n}", "position": n, "max": most, "weight": weight}
        for n, (most, weight) in enumerate(rubric)
    ]
    entries = sorted({entry for entry, _, _ in points})
    sheets: dict[tuple[str, str], dict[str, str]] = {}
    for (entry, juror, line), given in points.items():
        sheets.setdefault((entry, juror), {})[line] = f"{given:.2f}"
    return {
        "stage": {
            "id": STAGE, "code": "REMOTE", "kind": "remote", "weight": "0.4000", "position": 1, "followed": True,
        },
        "rules_version": 1,
        "rules": written(Rules(**rules)),
        "stages": [],
        "nominations": [{"id": "kind", "code": "N", "position": 0, "criteria": criteria}],
        "entries": [
            {"id": entry, "number": number, "district": f"D{number % 9}", "nomination": "kind", "late": False}
            for number, entry in enumerate(entries, start=1)
        ],
        "sheets": [
            {"assignment": f"{entry}.{juror}", "juror": juror, "entry": entry, "ground": "deal", "points": given}
            for (entry, juror), given in sheets.items()
        ],
        "corrections": [],
        "votes": [],
    }  # fmt: skip
