"""Two beats, two workers and two loops at once: each slot of a job is taken once, each letter sent once (F14)."""

from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.faults.house import scaled
from tests.support import valkey
from tests.support.processes import wait_until
from tests.worker.test_jobs import published, register

pytestmark = [pytest.mark.slow, pytest.mark.one_engine("postgres")]
one_engine = pytest.mark.parametrize("engine", ENGINES[:1], indirect=True)
BEAT = ("-P", "solo", "-B", "--scheduler", "celery.beat:Scheduler")
LETTERS = 20


def check_nothing_twice(suite, house, slots, celeries=0, without=""):
    """Lived for as many slots, of a second each (TWIN_SLOTS; FAULTS_FULL: 600)."""
    event, runs = published(suite, capacity=LETTERS), house.folder / "runs"
    runs.touch()
    for _ in range(2):
        house.loop(SHORT="1", RUNS=str(runs), WITHOUT=without)
    for _ in range(celeries):
        house.celery(*BEAT, SHORT="1", RUNS=str(runs), WITHOUT=without)
    if celeries:
        wait_until(lambda: house.select("SELECT 1 FROM job_run"))
    for number in range(LETTERS):
        register(suite, event, number)
    house.until_settled(event)
    wait_until(lambda: len(set(runs.read_text().split("\n"))) > 2 * slots, 60 + 3 * slots, 0.2)
    twice = {line: count for line, count in Counter(runs.read_text().split("\n")[:-1]).items() if count > 1}
    assert not twice, f"slots taken twice: {twice}"
    letters = Counter(path.name.split("Z-")[1] for path in Path(house.settings.mail_url[5:]).glob("*.eml"))
    assert len(suite.mails()) == LETTERS, f"letters sent twice: {letters}"


def test_two_beats_two_workers_and_two_loops_do_nothing_twice(suite, house, tmp_path):
    with valkey.start(tmp_path / "valkey") as broker:
        house.changed["REDIS_URL"] = broker.url
        check_nothing_twice(suite, house, scaled("TWIN_SLOTS", 3, 600), celeries=2)


@one_engine
@pytest.mark.breaks("I6")
@pytest.mark.parametrize(("guard", "said"), [("slot", "slots taken twice"), ("claim", "letters sent twice")])
def test_twins_are_noticed_when_their_guard_is_taken_out(suite, house, guard, said):
    with pytest.raises(AssertionError, match=said):
        check_nothing_twice(suite, house, 2, without=guard)
