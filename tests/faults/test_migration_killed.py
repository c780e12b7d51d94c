"""A migration killed half-way (F16): nothing of it stays, and the next run completes it.

`MIGRATION_KILLS` is at how many points (FAULTS_FULL: 10).
"""

import subprocess
import sys
import uuid

import pytest
from sqlalchemy import NullPool, create_engine, inspect

from tests.conftest import ENGINES
from tests.faults.house import scaled
from tests.support.processes import ROOT
from tests.support.region import SERVICES, environ_of

pytestmark = pytest.mark.slow
# Forked for each point, so that the suite is imported once: killed when it makes its nth table.
SCRIPT = """
import os, signal, sys
from alembic import op
from tests.support import unguarded
from services.migrations import upgrade
app = unguarded.events
make = op.create_table
def counting(*given, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return make(*given, **named)
for nth in sys.argv[1:]:
    child = os.fork()
    if not child:
        left, op.create_table = int(nth), counting
        with app.app_context():
            upgrade()
        os._exit(0)
    print("killed" if os.WIFSIGNALED(os.waitpid(child, 0)[1]) else "lived", flush=True)
    sys.stdin.readline()
with app.app_context():
    upgrade()
"""


@pytest.fixture
def empty(template, tmp_path):
    """Settings of databases in which nothing is."""
    name = f"e{uuid.uuid4().hex[:10]}"
    if template.server:
        for service in SERVICES:
            template.server.create(f"{name}_{service}")
    yield template.settings(template.urls(name, tmp_path), tmp_path)
    template.drop(name)


def tables(settings):
    engine = create_engine(settings.events_database_url, poolclass=NullPool)
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def check_killed(settings, points, without=""):
    environ = {**environ_of(settings), "WITHOUT": without}
    command = [sys.executable, "-c", SCRIPT, *map(str, points)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            for point in points:
                assert process.stdout.readline() == "killed\n"
                assert tables(settings) == set(), f"left by a kill at table {point}"
                process.stdin.write("\n")
                process.stdin.flush()
            assert process.wait(120) == 0
        finally:
            process.kill()
    assert {"event", "registration", "notification", "audit"} <= tables(settings)


def test_killed_migration_leaves_nothing_and_the_next_run_completes_it(empty):
    count = scaled("MIGRATION_KILLS", 3, 10)
    check_killed(empty, [1 + number * 11 // count for number in range(count)])


# PostgreSQL makes tables inside transactions whatever is asked.
@pytest.mark.parametrize("engine", [name for name in ENGINES if name == "sqlite"], indirect=True)
def test_half_a_migration_is_noticed_when_the_driver_begins_as_it_likes(empty):
    with pytest.raises(AssertionError, match="left by a kill"):
        check_killed(empty, [5], without="ddl_begin")
