"""Web processes killed on either side of the commit: what was acknowledged is there, whole, and once.

`WEB_KILLS` is how many are killed (FAULTS_FULL: 50).
"""

from collections import Counter

import pytest

from tests.conftest import ENGINES
from tests.faults.house import at_rate, scaled
from tests.support.race import gather

pytestmark = [pytest.mark.slow, pytest.mark.one_engine("postgres")]
one_engine = pytest.mark.parametrize("engine", ENGINES[-1:], indirect=True)
WHOLE = (1, 1)


def check_after_commit(house, kills, without="", at=4):
    """F1: the row is there and so is its message, though nobody rang and nobody was told."""
    web = house.web(FAILPOINTS=f"after_commit=kill@{at}", WITHOUT=without)
    event, people = house.event(capacity=1000), house.people(10 * kills)
    calls = (lambda person=person: house.register(event, person) for person in people)
    told = at_rate(20, calls, go_on=lambda: web.log.count("SIGKILL") < kills)
    asked, traces = people[: len(told)], house.traces(event)
    kept = [person for person, one in zip(asked, told, strict=True) if one.acknowledged]
    untold = [person for person in asked if person not in kept]
    assert kept and untold
    assert {traces.get(person.id) for person in kept} == {WHOLE}
    assert set(traces.values()) == {WHOLE}
    there = sum(person.id in traces for person in untold)
    gather([lambda person=person: house.until_told(event, person) for person in untold], at_once=4)
    killed = web.log.count("SIGKILL")
    print(f"{killed} kills, {len(asked)} registered, {len(untold)} had to press again, {there} of them were there")
    assert killed >= kills and there
    assert house.traces(event) == {person.id: WHOLE for person in asked}
    assert house.select("SELECT seats_taken FROM event WHERE id = :id", id=event)[0].seats_taken == len(asked)
    return [person.email for person in asked]


def check_before_commit(house, people, without=""):
    """F2: nothing exists, and the same press again works once."""
    house.web(FAILPOINTS="before_commit=kill@3", WITHOUT=without)
    event, killed = house.event(), 0
    for person in house.people(people):
        told = house.register(event, person)
        if not told.acknowledged:
            killed += 1
            assert told.status == 0
            assert person.id not in house.traces(event)
            house.until_told(event, person)
        assert house.traces(event)[person.id] == WHOLE
    assert killed >= people // 4
    [row] = house.select("SELECT seats_taken FROM event WHERE id = :id", id=event)
    assert row.seats_taken == people


def test_web_killed_between_commit_and_bell_loses_no_registration_and_no_mail(house, suite):
    addresses = check_after_commit(house, scaled("WEB_KILLS", 6, 50))
    suite.drain()
    sent = Counter(mail["To"].addresses[0].addr_spec for mail in suite.mails())
    assert sent == dict.fromkeys(addresses, 1)


def test_web_killed_before_the_commit_leaves_nothing_and_the_retry_works_once(house):
    check_before_commit(house, scaled("WEB_KILLS", 12, 100))


@one_engine
@pytest.mark.breaks("I4", "I12")
@pytest.mark.parametrize(
    ("guard", "check"),  # without an outbox each registration commits twice: the third is a cause without its message
    [("outbox", lambda house: check_after_commit(house, 3, "outbox", at=3)),
     ("one_commit", lambda house: check_before_commit(house, 8, "one_commit"))],
    ids=["outbox", "one_commit"],
)  # fmt: skip
def test_kill_is_noticed_when_its_guard_is_taken_out(house, guard, check):
    with pytest.raises(AssertionError):
        check(house)
