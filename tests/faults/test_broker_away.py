"""Valkey killed, frozen, and back: people who register do not notice, and their letters come (F6).

`BROKER_CALLS` is how many register in each state, ten a second (FAULTS_FULL: 600). There 19 of 20 may be
BROKER_SLOWER (50) milliseconds slower than before; the normal run, on a machine that does other things
too, asks it of the median, and allows 600. A bell that is tried by everybody would cost a second.
"""

from collections import Counter
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.faults.house import FULL, at_rate, scaled
from tests.support import valkey

pytestmark = [pytest.mark.slow, pytest.mark.one_engine("postgres")]
one_engine = pytest.mark.parametrize("engine", ENGINES[:1], indirect=True)
SLOWER = scaled("BROKER_SLOWER", 600, 50) / 1000
SHARE = 0.95 if FULL else 0.5


@pytest.fixture
def broker(tmp_path):
    with valkey.start(tmp_path / "valkey") as found:
        yield found


def within(told, share):
    """Seconds in which so large a part of the callers was answered."""
    return sorted(one.seconds for one in told)[int(len(told) * share)]


class Presses:
    """People who register one after the other, so that each does it once."""

    def __init__(self, house):
        self.house, self.event, self.people = house, house.event(capacity=None), iter(house.people(2000))
        self.made = []

    def times(self, count, rate=10.0):
        people = [next(self.people) for _ in range(count)]
        told = at_rate(rate, (lambda person=person: self.house.register(self.event, person) for person in people))
        assert Counter(one.status for one in told) == {201: count}
        self.made += people
        return told


def check_not_slower(house, broker, ways, without=""):
    """The bell is tried, found dead, and left alone; 19 of 20 who register are answered as before."""
    house.web(REDIS_URL=broker.url, WITHOUT=without)
    presses, calls = Presses(house), scaled("BROKER_CALLS", 40, 600)
    presses.times(8)
    before = presses.times(calls)
    for way in ways:
        broker.freeze() if way == "frozen" else broker.kill()
        presses.times(8, rate=1000)  # both processes find out
        after = presses.times(calls)
        for share in (0.5, 0.95):
            print(f"{way}: {share:.0%} within {within(after, share):.3f} s, before {within(before, share):.3f} s")
        broker.thaw() if way == "frozen" else broker.restart(empty=True)
        assert within(after, SHARE) - within(before, SHARE) <= SLOWER, way
    return presses


def test_registering_goes_on_as_fast_and_letters_come_by_the_loop_once(house, broker):
    presses = check_not_slower(house, broker, ["killed", "frozen"])
    house.loop(REDIS_URL=broker.url)
    house.until_settled(presses.event)
    broker.kill()
    last = presses.times(1)[0]
    house.until_settled(presses.event)
    assert last.acknowledged
    folder = Path(house.settings.mail_url.removeprefix("file:"))
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml")]
    assert Counter(mail["To"].addresses[0].addr_spec for mail in mails) == {p.email: 1 for p in presses.made}


@one_engine
def test_frozen_broker_is_noticed_when_the_bell_does_not_rest(house, broker):
    with pytest.raises(AssertionError, match="frozen"):
        check_not_slower(house, broker, ["frozen"], without="rest")
