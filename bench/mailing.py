"""Letters to a server in another process, beside smtplib sending the same bytes over one connection.

Two servers: one answers at once, which nobody's does, and shows what a letter costs us; the other takes
50 ms to accept one, as a relay does that puts it on its disk and stands in another town.
"""

import json
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import text

from bench import raw
from bench.stage import Stage
from bench.table import Amount, Round, Row, rounds
from services.outbox import drain
from tests.support.processes import ROOT, wait_until
from worker.delivery import OUTBOXES

AIM = 0.8
_events = count()


def measure(stage: Stage, times: int, size: int) -> Iterator[Row | Amount]:
    """Rows: the outbox of events drained, each letter claimed, rendered, sent and settled."""
    taken = stage.folder / "taken.json"
    for pause, least_ratio in ((0, 0.0), (50, AIM)):
        count = size if not pause else max(1, size // 4)
        with sink(taken, pause) as port:
            turns = (partial(by_outbox, stage, port, taken, count), partial(by_smtplib, port, taken, count))
            found, least = rounds(times, *turns)
        yield Row(f"letters, server takes {pause} ms", stage.engine, "smtplib, same bytes", found, least, least_ratio)
    letters = read(taken)
    yield Amount("a letter on the wire", stage.engine, sum(map(len, letters)) / len(letters) / 1000, "kB")
    yield from _storage(stage)


def _storage(stage: Stage) -> Iterator[Amount]:
    """What a row takes with its indexes and its letter's body; PostgreSQL alone says so."""
    if stage.engine != "postgres":
        return
    for table in ("registration", "notification", "audit"):
        size = text(f"SELECT pg_total_relation_size('{table}')::float / count(*) FROM {table}")  # noqa: S608
        with stage.rows.connect() as connection:
            taken = float(connection.execute(size).scalar_one())
        yield Amount(f"a row of {table}, on disk", stage.engine, taken / 1000, "kB")


@contextmanager
def sink(taken: Path, pause: int) -> Iterator[int]:
    """The port of a server in a process of its own that takes so many ms to accept a letter."""
    command = [sys.executable, "-m", "bench.sink", str(taken), str(pause)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline() if process.stdout else 0)
        finally:
            process.terminate()


def owe(stage: Stage, size: int) -> str:
    """An event with `size` people registered, each owed a letter; its id."""
    with stage.rows.begin() as connection:  # what other figures left is nobody's turn now
        connection.execute(text("UPDATE notification SET status = 'held' WHERE status = 'queued'"))
    event_id = stage.copy_event(f"letters-{next(_events)}")
    for person in stage.people[:size]:
        raw.register(stage.url, event_id, person)
    return event_id


def by_outbox(stage: Stage, port: int, taken: Path, size: int) -> Round:
    """What the worker does."""
    event_id = owe(stage, size)
    taken.unlink(missing_ok=True)
    app = stage.apps()["events"]
    settings = stage.settings_with(MAIL_URL=f"smtp://127.0.0.1:{port}")
    with app.app_context():
        begin, spent = time.perf_counter(), time.process_time()
        tally = drain(OUTBOXES["events"], settings)
        seconds, spent = time.perf_counter() - begin, time.process_time() - spent
    letters = wait_until(lambda: read(taken), 5)
    sent = stage.count("notification", "status = 'sent' AND topic", event_id)
    if not tally.sent == len(letters) == sent == size:
        raise RuntimeError(f"{size} owed, {tally}, {len(letters)} taken, {sent} settled")
    return Round(size / seconds, spent, size)


def by_smtplib(port: int, taken: Path, size: int) -> Round:
    """The letters just taken, once more."""
    letters = read(taken)
    parsed = [(m["From"], m["To"], text.encode()) for text in letters for m in [message_from_string(text)]]
    taken.unlink()
    begin, spent = time.perf_counter(), time.process_time()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for sender, recipient, body in parsed:
            connection.sendmail(sender, recipient, body)
        seconds, spent = time.perf_counter() - begin, time.process_time() - spent
    if wait_until(lambda: read(taken), 5) != letters:
        raise RuntimeError("other bytes were sent")
    return Round(size / seconds, spent, size)


def read(taken: Path) -> list[str]:
    """What the sink has written down; nothing while it writes."""
    try:
        found: list[str] = json.loads(taken.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    return found
