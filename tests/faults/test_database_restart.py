"""PostgreSQL restarted under load without asking anybody: 503 at worst, nothing half-written, and it heals (F7).

`DATABASE_RESTARTS` is how often (FAULTS_FULL: 10).
"""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import ENGINES
from tests.faults.house import at_rate, scaled

RATE, BETWEEN = 20, 1.5
WHOLE = (1, 1)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("engine", [name for name in ENGINES if name == "postgres"], indirect=True),
]


def calls(house, event, people):
    """Registrations, pages and feeds in turn."""
    for person in people:
        yield lambda person=person: house.register(event, person)
        yield lambda: house.tell("GET", f"/events/{event}")
        yield lambda: house.tell("GET", "/calendars/all.ics")


def check_restarts(house, server, restarts, without=""):
    if not server.own:
        pytest.skip("the server is somebody else's")
    house.web(WITHOUT=without)
    house.loop(SHORT="1")
    event, people = house.event(capacity=1000), house.people(1000)
    going = True
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(at_rate, RATE, calls(house, event, people), lambda: going)
        for _ in range(restarts):
            time.sleep(BETWEEN)
            server.restart()
        time.sleep(BETWEEN)
        going = False
        told = load.result()
    print(f"{restarts} restarts: {dict(Counter(one.status for one in told))}")
    assert {one.status for one in told} <= {200, 201, 503}
    assert all("Retry-After" in one.reply.headers for one in told if one.status == 503)
    asked = people[: len(told[::3])]
    kept = [person for person, one in zip(asked, told[::3], strict=True) if one.acknowledged]
    traces = house.traces(event)
    assert {traces.get(person.id) for person in kept} == {WHOLE}
    assert set(traces.values()) == {WHOLE}
    check_heals(house, server, event, people[len(asked) : len(asked) + 20])
    for person in asked:
        house.until_told(event, person)
    assert {house.traces(event)[person.id] for person in asked} == {WHOLE}
    house.until_settled(event)


def check_heals(house, server, event, people):
    """Once the server is back nobody meets a dead connection of the pool."""
    server.restart()
    told = [house.register(event, person) for person in people]
    assert Counter(one.status for one in told) == {201: len(people)}


def test_restarted_database_costs_503_at_worst_and_nothing_that_was_acknowledged(house, postgres_server):
    check_restarts(house, postgres_server, scaled("DATABASE_RESTARTS", 2, 10))


@pytest.mark.parametrize(("guards", "status"), [("ping", 503), ("ping,mapping", 500)])
def test_dead_connection_is_noticed_when_its_guard_is_taken_out(house, postgres_server, guards, status):
    with pytest.raises(AssertionError, match=str(status)):
        check_restarts(house, postgres_server, 1, guards)
