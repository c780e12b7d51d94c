"""The ceiling of a registration: its four statements in one transaction, by the bare driver, and nothing else.

No form, no identity, no audience, no waiting list, no ORM: what no service on this database can beat.
"""

import secrets
import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg

TAKE = "UPDATE event SET turns = turns + 1, seats_taken = seats_taken + 1 WHERE id = {0} AND seats_taken < capacity"
COLUMNS = {
    "registration": "public_id event_id attendee person_id name email language small status "
    "queued_at confirmed_at created_at changed_at version",
    "notification": "recipient recipient_id recipient_name language kind subject_ref sequence topic params status "
    "attempts ambiguous created_at due_at error request_id",
    "audit": "at actor_id actor_name action entity entity_id new reason request_id",
}
Person = tuple[str, str, str]
PROCESSES, THREADS = 2, 8
_own = threading.local()


def insert(table: str) -> str:
    """The INSERT of a table with a slot for each column."""
    names = COLUMNS[table].split()
    slots = ", ".join("{%d}" % number for number in range(len(names)))  # noqa: UP031 - braces for format
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({slots})"  # noqa: S608 - no input


STATEMENTS = [TAKE, *(insert(table) for table in COLUMNS)]


def register(url: str, event_id: str, person: Person) -> str:
    """One registration with its notification and its audit row, committed; the public id."""
    public_id = secrets.token_hex(8)
    rows = [(event_id,), *rows_of(public_id, event_id, person)]
    connection, statements = _connection(url)
    if isinstance(connection, sqlite3.Connection):
        connection.execute("BEGIN IMMEDIATE")
    for statement, row in zip(statements, rows, strict=True):
        connection.execute(statement, row)
    connection.commit()
    return public_id


def rows_of(public_id: str, event_id: str, person: Person) -> list[tuple[Any, ...]]:
    """The values of the three inserts."""
    (person_id, name, email), now = person, datetime.now(UTC).isoformat(sep=" ").removesuffix("+00:00")
    seat = (person_id, person_id, name, email, "kk", False, "confirmed", now, now, now, now, 1)
    letter = (email, person_id, name, "kk", "registration_confirmed", public_id, 1, event_id, "{}", "queued", 0, 0)
    noted = (person_id, name, "registration.made", "registration", public_id, '{"status": "confirmed"}', "", "bare")
    return [(public_id, event_id, *seat), (*letter, now, now, "", "bare"), (now, *noted)]


def _connection(url: str) -> tuple[Any, list[str]]:
    """This thread's connection, opened once, and the statements in its driver's style."""
    if getattr(_own, "url", None) != url:
        _own.url, _own.held = url, _open(url)
    held: tuple[Any, list[str]] = _own.held
    return held


def _open(url: str) -> tuple[Any, list[str]]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=5, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection, [text.format(*["?"] * 20) for text in STATEMENTS]
    options = "-c timezone=UTC"
    return psycopg.connect(url.replace("+psycopg", "", 1), options=options), [
        text.format(*["%s"] * 20) for text in STATEMENTS
    ]


def rush(pool: ProcessPoolExecutor, url: str, event_id: str, people: Sequence[Person]) -> float:
    """Register all with as many processes and threads as the server has; answers seconds."""
    halves = [people[number::PROCESSES] for number in range(PROCESSES)]
    begin = time.perf_counter()
    for done in [pool.submit(_rush, url, event_id, half) for half in halves]:
        done.result()
    return time.perf_counter() - begin


def _rush(url: str, event_id: str, people: Sequence[Person]) -> None:
    threads = _threads()
    for done in [threads.submit(register, url, event_id, person) for person in people]:
        done.result()


def _threads() -> ThreadPoolExecutor:
    """Kept from rush to rush, so that the connections are open when it counts."""
    if not hasattr(_own, "threads"):
        _own.threads = ThreadPoolExecutor(THREADS)
    threads: ThreadPoolExecutor = _own.threads
    return threads
