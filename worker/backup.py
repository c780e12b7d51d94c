"""Both databases and the files into a folder and back.

Events first, then the register: the copy of the register that events hold must never be ahead of
the register itself, or changes numbered anew after a restore would lie behind its cursor unseen.
What the register holds more is pulled as usual. The files come last, as bytes are put before their
row: what the copy of the rows names is there. docs/decisions/0025 says more.
"""

import json
import logging
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, and_, inspect, or_, update

from events_service import db as events_db
from registry_service import db as registry_db
from services import ledger, migrations
from services.database import utcnow
from services.identity import Actor
from worker import filing
from worker.dumping import DumpError, dump, load
from worker.places import EVENTS, REGISTRY, Apps

log = logging.getLogger("qonyrau.backup")
ORDER = (EVENTS, REGISTRY)
ROWS: Mapping[str, Any] = {EVENTS: events_db, REGISTRY: registry_db}
MANIFEST, FORM = "manifest.json", "qonyrau-%Y%m%dT%H%M%S.%fZ"
# What was queued when the copy was made and is older than this may have left since.
DOUBTFUL = timedelta(hours=1)
SHOWN = 20
CONSOLE = Actor("", "command line", frozenset(), "")


def backup(apps: Apps, folder: Path, keep: int = 0) -> Path:
    """A new folder with both databases, the files and all checksums; it bears its name only once it is whole.

    Of older ones only `keep` in all stay, the newest; 0 keeps all.
    """
    done = folder / datetime.now(UTC).strftime(FORM)
    making = folder / f".{done.name}"
    making.mkdir(mode=0o700, parents=True)
    try:
        files = {name: _dumped(apps, name, making) for name in ORDER}
        files[filing.FOLDER] = _filed(apps, making, folder)
        (making / MANIFEST).write_text(json.dumps({"made_at": utcnow().isoformat(), "files": files}, indent=1))
        making.rename(done)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    for old in _whole(folder)[:-keep] if keep else []:
        shutil.rmtree(old)
    return done


def _whole(folder: Path) -> list[Path]:
    """The backups in a folder, the newest last."""
    return sorted(path.parent for path in folder.glob(f"qonyrau-*/{MANIFEST}"))


def _dumped(apps: Apps, name: str, folder: Path) -> dict[str, Any]:
    url = _url(apps, name)
    path = folder / f"{name}.{url.get_backend_name()}"
    dump(url, path)
    return _line(path)


def _filed(apps: Apps, making: Path, folder: Path) -> dict[str, Any]:
    with apps[EVENTS].app_context():
        filing.take(making, next(reversed(_whole(folder)), None))
    return _line(making / filing.LIST)


def _line(path: Path) -> dict[str, Any]:
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": filing.digest_of(path)}


def verify(folder: Path) -> dict[str, Path]:
    """The copies of the databases by service; DumpError where one is missing or not what was written."""
    try:
        files = json.loads((folder / MANIFEST).read_text())["files"]
        found = {name: folder / line["file"] for name, line in files.items()}
        spoilt = [name for name, path in found.items() if filing.digest_of(path) != files[name]["sha256"]]
        databases = {name: found[name] for name in ORDER}
    except (OSError, ValueError, KeyError) as error:
        raise DumpError(f"{folder} is no whole backup: {error}") from error
    if spoilt:
        raise DumpError(f"{folder}: {', '.join(spoilt)} is not what was written")
    return databases


def restore(apps: Apps, folder: Path, overwrite: bool = False, without_damaged: bool = False) -> int:
    """Make both databases what the backup says, put its files back, and hold back old letters.

    Answers how many letters are held. Nothing may serve meanwhile. DumpError where something is
    wrong; before everything is proved whole nothing is touched, unless it goes `without_damaged` files.
    """
    found, damaged = verify(folder), filing.damaged(folder)
    if damaged and not without_damaged:
        raise DumpError(
            f"{folder}: {_some(damaged)} not there or not what was written: take them from a copy of this backup, "
            "or say --without-damaged to go without them"
        )
    for name, path in found.items():
        if path.suffix != f".{_url(apps, name).get_backend_name()}":
            raise DumpError(f"{path.name} is a copy of another engine than the settings name")
        if not overwrite and _holds_rows(apps, name):
            raise DumpError(f"the database of {name} is not empty: say --overwrite to replace what it holds")
    with apps[EVENTS].app_context():
        if not overwrite and filing.holds_any():
            raise DumpError("the store of files is not empty: say --overwrite to put the files of the backup into it")
        filing.bring(folder, sorted(filing.sums_of(folder).keys() - set(damaged)))
    for name, path in found.items():
        load(_url(apps, name), path)
        with apps[name].app_context():
            migrations.upgrade()
    held = hold_after_restore(apps, folder.name)
    with apps[EVENTS].app_context():
        if lacking := filing.lacking():
            log.warning("rows name files that are not in the store: %s", _some(lacking))
    return held


def _some(keys: list[str]) -> str:
    return f"{', '.join(keys[:SHOWN])}{f' and {len(keys) - SHOWN} more' if keys[SHOWN:] else ''}"


def hold_after_restore(apps: Apps, source: str) -> int:
    """Nothing that may have been sent already leaves by itself: an organiser looks at it first.

    The register's letters let somebody in for minutes only: they are dropped, and what they hold erased.
    """
    dropped: dict[str, Any] = {"status": "superseded", "rendered": None, "params": {}}
    _set_aside(apps, REGISTRY, source, dropped)
    return _set_aside(apps, EVENTS, source, {"status": "held"})


def _set_aside(apps: Apps, name: str, source: str, values: dict[str, Any]) -> int:
    rows, now = ROWS[name], utcnow()
    model = rows.Notification
    due = or_(model.status == "sending", and_(model.status == "queued", model.due_at <= now))
    with apps[name].app_context(), rows.db.transaction() as session:
        aside = session.execute(
            update(model)
            .where(due, model.created_at < now - DOUBTFUL)
            .values(lease_until=None, claim=None, **values)
            .execution_options(synchronize_session=False)
        ).rowcount
        new = {"backup": source, "letters": aside}
        ledger.audit(session, rows.Audit, CONSOLE, "restored", "database", name, new=new)
    return int(aside)


def _url(apps: Apps, name: str) -> URL:
    with apps[name].app_context():
        url: URL = ROWS[name].db.engine.url
        return url


def _holds_rows(apps: Apps, name: str) -> bool:
    with apps[name].app_context():
        return bool(inspect(ROWS[name].db.engine).get_table_names())
