"""Results of a large stage by the worker's verb, beside one SQL statement that only averages the same rows."""

import time
from collections.abc import Iterator
from statistics import median

from sqlalchemy import text

from bench.stage import Stage
from bench.table import Amount, Round, Row, rounds
from events_service.db import db
from events_service.results import compiling
from events_service.results.models import DONE, Compilation
from tests.events_service.results import crowd

MOST_SECONDS = 5.0
AVERAGES = text("""
SELECT a.entry_id, SUM(1.0 * c.weight * s.points / c.max_points) / COUNT(DISTINCT a.id) AS score
FROM score s
JOIN (SELECT assignment_id, criterion_id, MAX(version) AS version FROM score GROUP BY assignment_id, criterion_id) n
  ON n.assignment_id = s.assignment_id AND n.criterion_id = s.criterion_id AND n.version = s.version
JOIN assignment a ON a.id = s.assignment_id AND a.status = 'active' AND a.signed_at IS NOT NULL
JOIN criterion c ON c.id = s.criterion_id
WHERE a.stage_id = :stage GROUP BY a.entry_id ORDER BY score DESC
""")


def measure(stage: Stage, times: int, size: int) -> Iterator[Row | Amount]:
    """Entries a second, and the seconds of the whole stage: all arithmetic kept against an average thrown away."""
    with stage.apps()["events"].app_context():
        with db.transaction() as session:
            crowd.write(session, crowd.points_of(entries=size))
        ours, theirs = rounds(times, lambda: _compiled(size), lambda: _averaged(stage, size))
    name = f"results of {size} × {crowd.JURORS} × {crowd.CRITERIA}"
    yield Row(name, stage.engine, "raw SQL average", ours, theirs)
    yield Amount(name, stage.engine, median(size / one.rate for one in ours), "s", MOST_SECONDS)


def _compiled(size: int) -> Round:
    with db.transaction() as session:
        number = len(session.query(Compilation.id).all()) + 1
        row = Compilation(stage_id=crowd.STAGE, number=number, created_by="bench")
        session.add(row)
    begin, cpu = time.perf_counter(), time.process_time()
    compiling.work()
    took, spent = time.perf_counter() - begin, time.process_time() - cpu
    db.session.expire_all()
    if row.status != DONE:
        raise RuntimeError(f"not compiled: {row.reason}")
    return Round(size / took, spent, size)


def _averaged(stage: Stage, size: int) -> Round:
    begin, cpu = time.perf_counter(), time.process_time()
    with stage.rows.connect() as connection:
        found = connection.execute(AVERAGES, {"stage": crowd.STAGE}).all()
    took, spent = time.perf_counter() - begin, time.process_time() - cpu
    if len(found) != size:
        raise RuntimeError(f"{size} wanted, {len(found)} averaged")
    return Round(size / took, spent, size)
