"""One database into one file and back, by the means of its own engine; a copy is of one instant."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

# Whoever still writes is told at once, instead of being waited for.
OPTIONS = "-c lock_timeout=5000"
# Everything goes and comes in one transaction: what was there stays until the copy is in its place.
EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner"


class DumpError(RuntimeError):
    """A copy could not be made or brought back; the text says why."""


def dump(url: URL, path: Path) -> None:
    """Write the database into a file that must not be there yet."""
    if url.get_backend_name() == "sqlite":
        _copy(Path(str(url.database)), path)
    else:
        _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")


def load(url: URL, path: Path) -> None:
    """Make the database what the file says, whole or not at all."""
    if url.get_backend_name() == "sqlite":
        _copy(path, Path(str(url.database)))
        return
    script = path.with_suffix(".sql")
    try:
        _call(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(path)])
        _run(url, "psql", "-Xq1", "-v", "ON_ERROR_STOP=1", "-c", EMPTY, "-f", str(script))
    finally:
        script.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """SQLite's online copy: readers and writers may go on, a kill leaves the target as it was."""
    if not source.is_file():
        raise DumpError(f"there is no database {source}")
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=5)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise DumpError(f"{target.name}: {error}") from error


def _run(url: URL, program: str, *words: str) -> None:
    """A client program of PostgreSQL; the password is not on its command line."""
    place = url.set(drivername="postgresql", password=None).render_as_string()
    _call([program, f"--dbname={place}", *words], password=url.password)


def _call(command: Sequence[str], password: str | None = None) -> None:
    if shutil.which(command[0]) is None:
        raise DumpError(f"{command[0]} is missing: install PostgreSQL's client programs of the server's version")
    env = {**os.environ, "PGOPTIONS": OPTIONS, **({"PGPASSWORD": password} if password else {})}
    result = subprocess.run(list(command), env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        raise DumpError(f"{command[0]}: {result.stderr.strip().splitlines()[-1:] or 'failed'}")
