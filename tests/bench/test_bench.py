"""The bench with tiny counts: every figure gives its rows, and the ceilings do the same work."""

import dataclasses
from contextlib import ExitStack

import psutil
import pytest
from sqlalchemy import create_engine

from bench import load, mailing, processes, raw, reading, registering, results, table
from bench.stage import Stage, one
from tests.support.region import environ_of

pytestmark = pytest.mark.breaks("I12")  # events and ceilings are planted as bare rows, without a history


@pytest.fixture
def bench_stage(suite_settings, engine, tmp_path):
    """The stage on the region of the tests instead of one loaded anew."""
    with ExitStack() as ended:
        rows = create_engine(suite_settings.events_database_url)
        ended.callback(rows.dispose)
        made = Stage(engine, tmp_path, environ_of(suite_settings), rows, ended)
        made.fill(people=6, feed_events=3)
        yield made


@pytest.mark.one_engine("postgres")
def test_pages_feeds_and_registrations_stand_beside_their_ceilings(bench_stage):
    rows = [*reading.measure(bench_stage, 1, 2), *registering.measure(bench_stage, 1, 4)]
    assert len(rows) == 9
    assert all(row.ratio > 0 and row.engine == bench_stage.engine for row in rows)
    shown = list(table.lines(table.HEAD, [row.cells() for row in rows]))
    assert len(shown) == 10 and shown[0].startswith("figure")
    bare_answer_has_the_bytes_of_the_page(bench_stage)


def bare_answer_has_the_bytes_of_the_page(stage):
    """With the servers that run already: each start costs seconds."""
    ours, bare = stage.serve("wsgi:single"), stage.serve("bench.bare:app")
    answer = one(ours.port, load.Request("/", headers={"Accept-Encoding": "gzip"}))
    same = one(bare.port, reading.bare_request(stage, answer))
    assert same.body == answer.body and same.headers["content-encoding"] == answer.headers["content-encoding"]
    with pytest.raises(RuntimeError, match="404"):
        one(ours.port, load.Request("/events/nothing"))


def test_letters_stand_beside_the_same_bytes(bench_stage):
    row = next(iter(mailing.measure(bench_stage, 1, 2)))
    assert row.ratio > 0
    assert not mailing.read(bench_stage.folder / "nothing.json")
    assert len(mailing.read(bench_stage.folder / "taken.json")) == 2


def test_results_stand_beside_an_average_of_the_same_rows(bench_stage):
    row, amount = results.measure(bench_stage, 1, 12)
    assert row.ratio > 0
    assert amount.value < amount.most


def test_raw_transaction_makes_the_rows_of_a_registration(bench_stage):
    event_id = bench_stage.copy_event("raw")
    public_id = raw.register(bench_stage.url, event_id, bench_stage.people[0])
    registering.check_rows(bench_stage, event_id, 1)
    assert bench_stage.count("audit", "entity_id", public_id) == 1
    with pytest.raises(RuntimeError, match="2 wanted, 1 registered"):
        registering.check_rows(bench_stage, event_id, 2)


def test_a_missed_aim_is_named():
    slow, fast = [table.Round(1, 2, 1)] * 3, [table.Round(4, 1, 1)] * 3
    row = table.Row("page", "sqlite", "bare", slow, fast, aim=0.5)
    assert row.ratio == 0.25 and "0.5 MISSED" in row.cells() and "0.50" in row.cells()
    assert "0.2 met" in dataclasses.replace(row, aim=0.2).cells()
    assert table.Amount("ready", "sqlite", 4, "s", 3).cells()[-1] == "≤ 3 MISSED"


def test_seconds_to_readiness_and_memory(bench_stage):
    environ = processes._environ(bench_stage)
    wall, cpu = processes._until_ready(bench_stage, "loop", "exec python -m worker drain --loop", environ)
    assert cpu > 0 and wall > 0
    assert 1 < processes.pss(psutil.Process()) < 1000
