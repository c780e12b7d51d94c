"""Blindness as non-interference: what somebody may not know changes nothing that she can look at.

Fifty random pairs of worlds give a juror the same status, headers and body at every GET of a contest, with her own
ids and with others', its exports and papers, and at all that has no holes, her feed too; so for the chair, who may
know what is signed, and for an author before results are published. Routes are found by themselves. The clock stands
still, ids and the token of forms stay.
"""

import os

import pytest
import time_machine

from events_service.db import db
from events_service.files import store
from events_service.jury.models import Assignment
from services.database import utcnow
from tests.events_service.scoring import worlds

pytestmark = pytest.mark.breaks("I8", "I12")
EVERYTHING = "EVERYTHING" in os.environ
PAIRS = {("juror", "sqlite"): 50, ("author", "sqlite"): 50 if EVERYTHING else 12}
FEWER = {"sqlite": 6, "postgres": 1}
A_BLOCK = 10  # pairs with the same knowledge


def differences(world, pairs):
    """What the viewer sees differently in two worlds, and how many answers were good.

    What is refused in the first world is asked for again once in each block, and so are lists with a query and what
    lies outside the contest.
    """
    looker, addresses, found, good = worlds.Looker(world), worlds.addresses(world), [], 0
    for known in range(0, pairs, A_BLOCK):
        worlds.draw(world, f"{known} first", str(known))
        first = {address: looker.look(address) for address in addresses}
        for pair in range(known, min(known + A_BLOCK, pairs)):
            worlds.draw(world, f"{pair} second", str(known))
            for address, before in first.items():
                plain = before[0] == 200 and "/contests/" in address and not address.endswith(worlds.QUERY)
                if plain or pair == known or EVERYTHING:
                    after = looker.look(address)
                    good += after[0] == 200
                    found += [(address, *apart(before, after))] if after != before else []
    return found, good


def apart(before, after):
    """The first words in which two answers differ."""
    one, other = str(before), str(after)
    place = next((at for at, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), 0)
    return one[max(place - 80, 0) : place + 80], other[max(place - 80, 0) : place + 80]


@pytest.fixture
def still():
    with time_machine.travel(utcnow(), tick=False) as clock:
        yield clock


@pytest.fixture
def world(suite, still, monkeypatch, request):
    monkeypatch.setattr(store, "get", lambda key: key.encode())
    return worlds.build(suite, request.param)


@pytest.mark.parametrize("world", ["juror", "chair", "author"], indirect=True)
def test_what_she_may_not_know_changes_nothing_she_sees(world):
    engine = world.arena.suite.engine
    pairs = PAIRS.get((world.viewer, engine), FEWER[engine])
    found, good = differences(world, pairs)
    assert not found, found[0]
    assert good >= pairs * 5


def leak_in_the_page(view):
    def leaking(**kwargs):
        signed = db.session.query(Assignment).filter(Assignment.signed_at.is_not(None)).count()
        return f"{view(**kwargs)}<!-- {signed} -->"

    return leaking


def leak_in_a_header(view):
    def leaking(**kwargs):
        answer = view(**kwargs)
        newest = max(row.version for row in db.session.query(Assignment))
        return answer, 200, {"ETag": f'"{newest}"'}

    return leaking


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize("world", ["juror"], indirect=True)
@pytest.mark.parametrize(
    ("endpoint", "leak"),
    [("scoring.my_sheets", leak_in_the_page), ("scoring_api.list_sheets", leak_in_a_header)],
)
def test_leak_is_noticed(world, endpoint, leak, monkeypatch):
    views = world.arena.suite.events.view_functions
    monkeypatch.setitem(views, endpoint, leak(views[endpoint]))
    assert differences(world, 3)[0]
