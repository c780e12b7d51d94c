"""Senders killed after the claim, after the server took the letter, and before that was noted (F3).

`SENDER_KILLS` is how many fours of kills (FAULTS_FULL: 4, over 100 letters).
"""

from contextlib import suppress

import psutil
import pytest

from tests.conftest import ENGINES
from tests.faults.house import scaled
from tests.support import smtp
from tests.support.processes import PATIENCE
from tests.worker.test_jobs import published, register

pytestmark = [pytest.mark.slow, pytest.mark.one_engine("postgres")]
one_engine = pytest.mark.parametrize("engine", ENGINES[-1:], indirect=True)
PLANS = ["after_claim=kill@3", "after_data=kill@3", "before_sent=kill@3"]
BEFORE_OUTSIDE = 8  # letters that reach the server while the plans above are lived


@pytest.fixture
def sink():
    found = smtp.start()
    found.pause = 0.02
    yield found
    found.stop()


def owe(suite, letters):
    event = published(suite, capacity=letters)
    for number in range(letters):
        register(suite, event, number)
    return event


def check_each_arrives(suite, house, sink, plans, letters, twice, seconds=PATIENCE, without=""):
    """All letters arrive; `twice` of them twice, as copies that say they are copies."""
    event = owe(suite, letters)
    house.loop(MAIL_URL=sink.url, REDIS_URL="", SHORT="1", KILLS="|".join(plans), WITHOUT=without)
    house.until_settled(event, seconds)
    copies = sink.copies()
    assert sorted(copies) == [f"teacher{number:04}@example.invalid" for number in range(letters)]
    names = {len(set(ids)) for ids in copies.values()}
    assert names == {1}, f"copies that do not say so: {names}"
    assert sum(len(ids) - 1 for ids in copies.values()) == twice


def kill_while_it_waits(house, sink, at):
    """`kill -9` of the sender when the server has the letter and has not said so, at these counts of letters."""

    def script(envelope):
        if len(sink.messages) in at:
            with suppress(psutil.NoSuchProcess):
                for sender in house.started[-1].child.children():
                    sender.kill()

    sink.script = script


def test_sender_killed_again_and_again_loses_no_letter_and_doubles_only_what_was_in_its_hands(suite, house, sink):
    rounds = scaled("SENDER_KILLS", 1, 4)
    kill_while_it_waits(house, sink, {BEFORE_OUTSIDE * rounds + 2 + 3 * number for number in range(rounds)})
    letters = 30 if rounds == 1 else 25 * rounds
    plans = PLANS * rounds + ["outside"] * rounds
    check_each_arrives(suite, house, sink, plans, letters, twice=3 * rounds)


@one_engine
@pytest.mark.parametrize(
    ("guard", "plan", "seconds"),
    [("lease", "after_claim=kill@2", 20), ("stable_id", "before_sent=kill@1", PATIENCE)],
)
def test_dead_sender_is_noticed_when_its_guard_is_taken_out(suite, house, sink, guard, plan, seconds):
    with pytest.raises(AssertionError, match="sending|do not say so"):
        check_each_arrives(suite, house, sink, [plan], 4, 1, seconds, without=guard)
