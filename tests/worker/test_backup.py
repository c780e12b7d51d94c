"""Both databases into a folder and back: nothing lost, nothing sent twice, the copy of the register goes on."""

import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from events_service import db as events_db
from events_service.directory import copying, queries
from registry_service import db as registry_db
from services.database import utcnow
from tests.deploy.compose import programs
from tests.worker.test_jobs import places, published, register
from worker import backup as verbs
from worker import checking, filing
from worker.backup import backup, restore, verify
from worker.delivery import drain_all
from worker.dumping import DumpError

TOUCHED = {"notification", "audit", "alembic_version"}


@pytest.fixture(autouse=True)
def client_programs(monkeypatch):
    monkeypatch.setenv("PATH", f"{programs()}{os.pathsep}{os.environ['PATH']}")


def content(suite):
    """What both databases hold, table by table."""
    found = {}
    for app, rows in ((suite.registry, registry_db), (suite.events, events_db)):
        with app.app_context(), rows.db.engine.connect() as connection:
            for table in rows.db.metadata.sorted_tables:
                lines = sorted(repr(tuple(row)) for row in connection.execute(table.select()))
                found[app.name, table.name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return found


def wipe(suite):
    for app, rows in ((suite.registry, registry_db), (suite.events, events_db)):
        with app.app_context(), rows.db.writing(), rows.db.engine.begin() as connection:
            rows.db.metadata.drop_all(connection)
            connection.execute(text("DROP TABLE alembic_version"))


def age(suite, address, **changed):
    """Make the letters to an address older, or of another state."""
    with suite.events.app_context(), events_db.db.transaction() as session:
        model = events_db.Notification
        session.execute(update(model).where(model.recipient == address).values(**changed))


def letter(number):
    return f"teacher{number:04}@example.invalid"


def recipients(suite):
    return sorted(mail["To"].addresses[0].addr_spec for mail in suite.mails())


def statuses(suite):
    with suite.events.app_context(), events_db.db.engine.connect() as connection:
        found = connection.execute(text("SELECT recipient, status FROM notification WHERE status <> 'superseded'"))
        return dict(found.tuples().all())


@pytest.fixture
def owed(suite):
    """One letter sent; of those that wait, two are old, one is young and one is due only tomorrow."""
    ref = published(suite, capacity=50)
    register(suite, ref, 0)
    suite.drain()
    for number in (1, 2, 3, 4):
        register(suite, ref, number)
    old, now = utcnow() - timedelta(hours=2), utcnow()
    age(suite, letter(1), created_at=old, due_at=old)
    age(suite, letter(2), created_at=old, status="sending", claim="x", lease_until=now - timedelta(minutes=5))
    age(suite, letter(4), created_at=old, due_at=now + timedelta(days=1))
    return ref


def test_rehearsal_after_a_loss_everything_is_as_it_was_and_no_old_letter_leaves(suite, owed, tmp_path):
    before = content(suite)
    made = backup(places(suite), tmp_path / "backups")
    register(suite, owed, 5)
    wipe(suite)
    assert restore(places(suite), made) == 2
    after = content(suite)
    assert {key for key in before if before[key] != after[key]} <= {
        (app, table) for app in ("registry", "events") for table in TOUCHED
    }
    assert statuses(suite) == {
        letter(0): "sent",
        letter(1): "held",
        letter(2): "held",
        letter(3): "queued",
        letter(4): "queued",
    }
    drain_all(places(suite))
    assert recipients(suite) == [letter(0), letter(3)]
    register(suite, owed, 6)
    drain_all(places(suite))
    assert recipients(suite) == [letter(0), letter(3), letter(6)]
    assert checking.report(places(suite)) == 0


def test_letters_would_leave_again_without_being_held(suite, owed, tmp_path, monkeypatch):
    """The same drill with the guard taken out."""
    made = backup(places(suite), tmp_path / "backups")
    monkeypatch.setattr(verbs, "hold_after_restore", lambda apps, source: 0)
    restore(places(suite), made, overwrite=True)
    drain_all(places(suite))
    assert recipients(suite) == [letter(0), letter(1), letter(2), letter(3)]


def test_copy_of_the_register_goes_on_after_a_restore(suite, tmp_path):
    registrar = suite.sign_in("registrar", 0)
    suite.pull()
    made = backup(places(suite), tmp_path)

    def add(name):
        body = {"name": "Кейін", "email": f"{name}@example.invalid"}
        reply = suite.json("POST", "/registry/api/v1/people", body, as_=registrar)
        assert reply.status_code == 201
        suite.pull()

    add("lost")
    restore(places(suite), made, overwrite=True)
    with suite.events.app_context():
        counted = copying.cursor()
        assert queries.person_by_mail("lost@example.invalid") is None
    add("found")
    with suite.events.app_context():
        assert queries.person_by_mail("found@example.invalid").name == "Кейін"
        assert copying.cursor() == counted + 1


def test_events_are_copied_before_the_register_so_that_their_cursor_is_never_ahead(suite, tmp_path, monkeypatch):
    order = []
    real = verbs.dump
    monkeypatch.setattr(verbs, "dump", lambda url, path: (order.append(path.stem), real(url, path)))
    backup(places(suite), tmp_path)
    assert order == ["events", "registry"]


def test_sign_in_letters_are_dropped_and_their_links_erased(suite, tmp_path):
    browser = suite.browser("ru")
    browser.get("/registry/sign-in")
    browser.submit(email=letter(3))
    with suite.registry.app_context(), registry_db.db.transaction() as session:
        session.execute(update(registry_db.Notification).values(created_at=utcnow() - timedelta(hours=2)))
    restore(places(suite), backup(places(suite), tmp_path), overwrite=True)
    with suite.registry.app_context(), registry_db.db.engine.connect() as connection:
        rows = connection.execute(text("SELECT status, params FROM notification")).tuples().all()
        assert [(status, str(params)) for status, params in rows] == [("superseded", "{}")]
        line = connection.execute(text("SELECT action, new FROM audit WHERE entity = 'database'")).one()
        assert line.action == "restored" and "qonyrau-" in str(line.new)


def test_spoilt_or_partial_backup_touches_nothing(suite, tmp_path):
    made = backup(places(suite), tmp_path)
    before = content(suite)
    path = next(made.glob("registry.*"))
    whole = path.read_bytes()
    for spoilt in (whole[:-1], whole[:100] + b"x" + whole[101:]):
        path.write_bytes(spoilt)
        with pytest.raises(DumpError, match="registry is not what was written"):
            restore(places(suite), made, overwrite=True)
    path.unlink()
    with pytest.raises(DumpError, match="no whole backup"):
        restore(places(suite), made, overwrite=True)
    assert content(suite) == before


def test_restore_that_fails_half_way_leaves_what_was_there(suite, tmp_path):
    made = backup(places(suite), tmp_path)
    before = content(suite)
    path = next(made.glob("events.*"))
    path.write_bytes(b"no database" * 1000)
    manifest = json.loads((made / "manifest.json").read_text())
    manifest["files"]["events"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (made / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DumpError):
        restore(places(suite), made, overwrite=True)
    assert content(suite) == before


def test_databases_that_hold_something_are_not_overwritten_unasked(suite, tmp_path):
    made = backup(places(suite), tmp_path)
    with pytest.raises(DumpError, match="not empty: say --overwrite"):
        restore(places(suite), made)


def test_backup_is_whole_or_not_there_and_only_the_newest_are_kept(suite, tmp_path, monkeypatch):
    folder = tmp_path / "backups"
    made = [backup(places(suite), folder, keep=2) for _ in range(3)]
    assert sorted(folder.iterdir()) == made[1:]
    assert all(Path(path).stat().st_size for path in verify(made[2]).values())
    assert made[2].stat().st_mode & 0o077 == 0
    monkeypatch.setattr(filing, "digest_of", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup(places(suite), folder)
    assert sorted(folder.iterdir()) == made[1:]
