"""Nine jurors save while the chair closes the stage: each ballot is wholly in, or refused with 409.

RACE_RUNS says how often (20 times on PostgreSQL in a normal run); without the stage's turn the same trial fails.
"""

import os
import time
from collections import Counter
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update

from events_service.contests import queries as contests
from events_service.contests.models import OPEN, Stage
from events_service.db import db
from events_service.directory.models import Person
from events_service.jury import stages
from events_service.jury.models import Assignment, JuryMember
from events_service.scoring import scoring
from events_service.scoring.models import Score
from tests.events_service import arena as arenas
from tests.support.race import gather

# A writer of SQLite waits in steps, so that its rounds take longer and tell less.
ROUNDS = {"postgres": 20, "sqlite": 9}
CODES = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")


@pytest.fixture
def arena(suite):
    """A chair, seven jurors and a teacher who is the ninth."""
    arena = arenas.build(suite, nominations=1, entries=1, jurors=8, open_stage="REMOTE", deal=True)
    suite.sign_in("teacher", 9)
    with suite.events.app_context(), db.transaction() as session:
        person = session.scalars(select(Person).where(Person.email == "teacher0009@example.invalid")).one()
        who = {"person_id": person.id, "name": person.name, "email": person.email}
        ninth = JuryMember(event_id=arena.event_id, **who)
        session.add(ninth)
        session.flush()
        row = Assignment(stage_id=arena.stages["REMOTE"], entry_id=arena.entries[0], member_id=ninth.id)
        session.add(row)
        session.flush()
        arena.assignments.append(row.id)
    return arena


def token(arena, number):
    return arena.juror(number) if number < 8 else arena.suite.sign_in("teacher", 9)


def close(arena):
    """The chair closes; the unsigned sheets have to be given a reason."""
    path = f"{arena.api}/stages/{arena.stages['REMOTE']}/close"
    reply = arena.suite.json("POST", path, {"reason": "Мерзім бітті"}, arena.juror(0))
    assert reply.status_code == 200, reply.text


def again(arena):
    with arena.suite.events.app_context(), db.transaction() as session:
        session.execute(update(Stage).where(Stage.id == arena.stages["REMOTE"]).values(status=OPEN, closed_at=None))
        return dict(session.execute(select(Assignment.id, Assignment.version)).tuples().all())


def trial(arena, number, tokens):
    """One round; answers the statuses. Whole ballots of this round lie at the version after that of before."""
    versions, tally, answered = again(arena), Counter(), []
    scores = dict.fromkeys(CODES, f"{number % 5}.{number % 100:02}")

    def save(sheet, who):
        headers = {"If-Match": f'"{versions[sheet]}"'}
        reply = arena.suite.json("PUT", f"{arena.api}/sheets/{sheet}", {"scores": scores}, who, headers)
        answered.append(reply.status_code)
        return reply.status_code

    def end():
        """In each round after another number of answers, so that every order comes up."""
        while len(answered) < number % 9:
            time.sleep(0.001)
        close(arena)

    pairs = list(zip(arena.assignments, tokens, strict=True))
    jobs = [lambda pair=pair: save(*pair) for pair in pairs]
    statuses = gather([*jobs[:5], end, *jobs[5:]], at_once=10)
    statuses.pop(5)
    with arena.suite.events.app_context():
        closed = db.session.get_one(Stage, arena.stages["REMOTE"]).closed_at
        for (sheet, _), status in zip(pairs, statuses, strict=True):
            new = Score.assignment_id == sheet, Score.version == versions[sheet] + 1
            count, last = db.session.execute(select(func.count(), func.max(Score.at)).where(*new)).one()
            assert (status, count) in {(200, len(CODES)), (409, 0)}, (status, count)
            assert last is None or last <= closed
            tally[status] += 1
    return tally


def run(arena, rounds):
    """`rounds` are numbers; with one that nine divides the chair closes at once."""
    tokens = [token(arena, number) for number in range(9)]
    return sum((trial(arena, number, tokens) for number in rounds), Counter())


def test_nine_ballots_are_wholly_in_or_refused_while_the_stage_closes(arena):
    rounds = int(os.environ.get("RACE_RUNS", ROUNDS[arena.suite.engine]))
    tally = run(arena, range(1, rounds + 1))
    assert sum(tally.values()) == 9 * rounds
    assert min(tally[200], tally[409]) >= rounds, tally


def slowly(verb):
    """The chair takes her time between the end of the stage and its commit."""

    def slow(*args, **more):
        time.sleep(0.3)
        return verb(*args, **more)

    return slow


@pytest.mark.one_engine("postgres")
@pytest.mark.breaks("I8", "I12")
@pytest.mark.parametrize("guarded", [True, False])
def test_race_is_noticed_without_the_turn_of_the_stage(arena, monkeypatch, guarded):
    def read_only(session, stage_id):
        stage = session.get(Stage, stage_id, populate_existing=True)
        time.sleep(0.1)
        return stage

    monkeypatch.setattr(stages, "_changed", slowly(stages._changed))
    if guarded:
        run(arena, (9, 18))
        return
    blind = SimpleNamespace(**{**vars(contests), "take_turn": read_only})  # who closes keeps her turn
    monkeypatch.setattr(scoring, "contests", blind)
    with pytest.raises(AssertionError):
        run(arena, (9, 18))
