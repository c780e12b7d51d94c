"""Both databases into a folder and back.

Events first, then the register: the copy of the register that events hold must never be ahead of
the register itself, or changes numbered anew after a restore would lie behind its cursor unseen.
What the register holds more is pulled as usual. docs/decisions/0025 says more.
"""

import hashlib
import json
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
from worker.dumping import DumpError, dump, load
from worker.places import EVENTS, REGISTRY, Apps

ORDER = (EVENTS, REGISTRY)
ROWS: Mapping[str, Any] = {EVENTS: events_db, REGISTRY: registry_db}
MANIFEST, FORM = "manifest.json", "qonyrau-%Y%m%dT%H%M%S.%fZ"
# What was queued when the copy was made and is older than this may have left since.
DOUBTFUL = timedelta(hours=1)
CONSOLE = Actor("", "command line", frozenset(), "")


def backup(apps: Apps, folder: Path, keep: int = 0) -> Path:
    """A new folder with both databases and their checksums; it bears its name only once it is whole.

    Of older ones only `keep` in all stay, the newest; 0 keeps all.
    """
    done = folder / datetime.now(UTC).strftime(FORM)
    making = folder / f".{done.name}"
    making.mkdir(mode=0o700, parents=True)
    try:
        files = {name: _dumped(apps, name, making) for name in ORDER}
        (making / MANIFEST).write_text(json.dumps({"made_at": utcnow().isoformat(), "files": files}, indent=1))
        making.rename(done)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    whole = sorted(path.parent for path in folder.glob(f"qonyrau-*/{MANIFEST}"))
    for old in whole[:-keep] if keep else []:
        shutil.rmtree(old)
    return done


def _dumped(apps: Apps, name: str, folder: Path) -> dict[str, Any]:
    url = _url(apps, name)
    path = folder / f"{name}.{url.get_backend_name()}"
    dump(url, path)
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": _digest(path)}


def verify(folder: Path) -> dict[str, Path]:
    """The files of a backup by service; DumpError where one is missing or not what was written."""
    try:
        files = json.loads((folder / MANIFEST).read_text())["files"]
        found = {name: folder / files[name]["file"] for name in ORDER}
        spoilt = [name for name, path in found.items() if _digest(path) != files[name]["sha256"]]
    except (OSError, ValueError, KeyError) as error:
        raise DumpError(f"{folder} is no whole backup: {error}") from error
    if spoilt:
        raise DumpError(f"{folder}: {', '.join(spoilt)} is not what was written")
    return found


def restore(apps: Apps, folder: Path, overwrite: bool = False) -> int:
    """Make both databases what the backup says, bring them to the newest migration, and hold back old letters.

    Answers how many letters are held. Nothing may serve meanwhile. DumpError where something is
    wrong; before both files are proved whole nothing is touched.
    """
    found = verify(folder)
    for name, path in found.items():
        if path.suffix != f".{_url(apps, name).get_backend_name()}":
            raise DumpError(f"{path.name} is a copy of another engine than the settings name")
        if not overwrite and _holds_rows(apps, name):
            raise DumpError(f"the database of {name} is not empty: say --overwrite to replace what it holds")
    for name, path in found.items():
        load(_url(apps, name), path)
        with apps[name].app_context():
            migrations.upgrade()
    return hold_after_restore(apps, folder.name)


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


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
