"""The sweep takes what no row names and is old, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import String, delete

from events_service.awards.models import Protocol
from events_service.db import db
from events_service.entries.models import EntryFile
from events_service.files import store, sweeping
from events_service.results.models import Compilation
from services.fields import today
from tests.deploy.compose import ROOT
from tests.events_service.entries.acts import PDF, begin, contest, teachers
from tests.support.region import environ_of
from worker import jobs

pytestmark = pytest.mark.one_engine("sqlite")
DAYS = 2 * 86400
# A web process that sends itself a file and is killed between the store and the commit.
UPLOAD = """
import sys
import events_service.service
from services import settings

path, token = sys.argv[1:]
client = events_service.create_app(settings.load()).test_client()
client.post(path, data={"file": (sys.stdin.buffer, "x.pdf")}, headers={"Authorization": f"Bearer {token}"})
"""


def place(suite, key):
    return Path(suite.settings.files_url.removeprefix("file:"), key)


def put(suite, name="", old=True):
    """Bytes under a new key, or in a file of another name; `old` ones lie there for two days."""
    with suite.events.app_context():
        key = name or store.new_key()
        store.put(key, b"x")
    if old:
        os.utime(place(suite, key), (time.time() - DAYS,) * 2)
    return key


def sweep(suite):
    with suite.events.app_context():
        return sweeping.sweep()


def name(suite, file_keys, scan_keys=()):
    """Rows that name bytes: files of an entry, each with its blind copy, and the scan of a protocol."""
    arena = contest(suite, entries=1)
    stage = next(iter(arena.stages.values()))
    with suite.events.app_context(), db.transaction() as session:
        for key, blind in file_keys:
            of = {"entry_id": arena.entries[0], "name": "x", "media_type": "application/pdf", "size": 1}
            session.add(EntryFile(sha256=key[:64], key=key, blind_key=blind, **of))
        for number, key in enumerate(scan_keys):
            session.add(made := Compilation(stage_id=stage, number=number + 1, created_by="x", status="failed"))
            session.flush()
            of = {"stage_id": stage, "compilation_id": made.id, "number": "1", "created_by": "x"}
            session.add(Protocol(held_on=today(), file_key=key, **of))
    return arena


def test_nameless_bytes_go_after_a_day_and_nothing_else(suite, caplog):
    file, blind, scan = kept = [put(suite) for _ in range(3)]
    name(suite, [(file, blind)], [scan])
    kept += [put(suite, old=False), put(suite, "ab/of-somebody-else.pdf"), put(suite, f"ff/{'0' * 32}")]
    nameless = [put(suite) for _ in range(2)]
    apps = {"events": suite.events}
    assert jobs.run("sweep_files", apps) == 2
    assert not any(place(suite, key).exists() for key in nameless)
    assert all(place(suite, key).exists() for key in kept)
    assert "2 files are named by no row, 2 of them are deleted" in caplog.text
    put(suite)
    assert jobs.run("sweep_files", apps) == 0, "once an hour"


def test_sweep_has_a_limit_and_leaves_the_store_of_an_empty_database_alone(suite, monkeypatch):
    monkeypatch.setattr(sweeping, "MOST", 2)
    kept, *_nameless = [put(suite) for _ in range(4)]
    with suite.events.app_context(), db.transaction() as session:
        session.execute(delete(EntryFile))  # the region has some
    assert sweep(suite) == 0
    name(suite, [(kept, "")])
    assert [sweep(suite) for _ in range(3)] == [2, 1, 0]
    assert place(suite, kept).exists()


def test_every_column_that_names_bytes_is_asked():
    keys = {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("key") and isinstance(column.type, String) and column.type.length == 100
    }
    assert keys == {f"{column.class_.__tablename__}.{column.key}" for column in sweeping.NAMING}


def test_bytes_of_a_web_process_killed_before_its_commit_are_swept(suite):
    token, kept = suite.sign_in("teacher", teachers(suite)[-1]), put(suite)
    arena, root = name(suite, [(kept, "")]), place(suite, "")
    path = f"{arena.api}/entries/{begin(arena, token)['id']}/files"
    env = {**environ_of(replace(suite.settings, env="test")), "FAILPOINTS": "before_commit=kill"}
    ended = subprocess.run([sys.executable, "-c", UPLOAD, path, token], cwd=ROOT, env=env, input=PDF, check=False)
    assert ended.returncode == -signal.SIGKILL
    files = [found for found in root.rglob("*") if found.is_file()]
    assert len(files) == 3, "the named one, and the one that was sent with its blind copy"
    assert sweep(suite) == 0
    for found in files:
        os.utime(found, (time.time() - DAYS,) * 2)
    assert sweep(suite) == 2
    assert [found for found in files if found.exists()] == [place(suite, kept)]
