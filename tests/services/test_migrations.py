"""A database behind its code is not served; a migration killed inside leaves the rows as they were."""

import os
import shutil
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, inspect, text

from services import migrations
from tests.support.processes import ROOT
from tests.support.region import environ_of

# Makes a table anew that others point to, and writes into all of its rows.
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{down}"


def upgrade():
    with op.batch_alter_table("event", recreate="auto") as batch:
        batch.add_column(sa.Column("proved", sa.Integer(), nullable=True))
        batch.create_check_constraint("proved", "proved > 0")
    op.execute("UPDATE event SET proved = 1")
    op.execute("UPDATE registration SET version = version + 1")
"""
# Runs it once for each number given, killed after so many statements; 0: to its end.
RUN = """
import os, signal, sys
import events_service.service
from flask_migrate import upgrade
from services import settings
from sqlalchemy import event

folder, *points = sys.argv[1:]
for point in map(int, points):
    child = os.fork()
    if not child:
        app = events_service.create_app(settings.load())
        with app.app_context():
            seen = []

            def count(*_):
                seen.append(1)
                if len(seen) == point:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(app.config["SERVICE"].db.engine, "after_cursor_execute", count)
            upgrade(directory=folder)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
POINTS = [str(point) for point in range(3, 3 + int(os.environ.get("KILLED_MIGRATIONS", "3")))]


@pytest.fixture
def next_migration(tmp_path):
    """The events service's migrations and one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "events_service" / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = migrations._revisions(str(ROOT / "events_service" / "migrations"))[0]
    (folder / "versions" / "9999_next.py").write_text(NEXT.format(down=newest))
    return folder


@pytest.fixture
def held(suite_settings):
    """What the events database holds: its tables' columns and the rows of two of them."""
    engine = create_engine(suite_settings.events_database_url)

    def look():
        with engine.connect() as connection:
            tables = {
                name: [c["name"] for c in inspect(engine).get_columns(name)]
                for name in inspect(engine).get_table_names()
            }
            rows = {
                name: sorted(connection.execute(text(f"SELECT id, version FROM {name}")).tuples().all())
                for name in ("event", "registration")
            }
            at = connection.scalar(text("SELECT version_num FROM alembic_version"))
        engine.dispose()
        return tables, rows, at

    return look


def migrate(settings, folder, points):
    command = [sys.executable, "-c", RUN, str(folder), *points]
    result = subprocess.run(command, env=environ_of(settings), cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout.split(), result.stderr


@pytest.mark.slow
@pytest.mark.breaks("I4")  # the migration touches every registration, and owes nobody a letter
def test_migration_killed_inside_changes_nothing_and_completes_at_the_next_run(suite_settings, next_migration, held):
    before = held()
    codes, said = migrate(suite_settings, next_migration, POINTS)
    assert codes == ["-9"] * len(POINTS), said
    assert held() == before
    codes, said = migrate(suite_settings, next_migration, ["0"])
    assert codes == ["0"], said
    tables, rows, at = held()
    assert at == "9999" and "proved" in tables.pop("event")
    assert {name: columns for name, columns in before[0].items() if name != "event"} == tables
    assert rows["event"] == before[1]["event"]
    assert rows["registration"] == [(key, version + 1) for key, version in before[1]["registration"]]


def test_migration_that_loses_references_is_taken_back(suite, next_migration, engine):
    from flask_migrate import upgrade
    from sqlalchemy.exc import IntegrityError

    path = next_migration / "versions" / "9999_next.py"
    path.write_text(path.read_text().replace("SET version = version + 1", "SET event_id = 'nothing'"))
    app = suite.events
    with app.app_context():
        db = app.config["SERVICE"].db
        register_somebody(suite)
        with pytest.raises(SystemExit if engine == "sqlite" else IntegrityError):
            upgrade(directory=str(next_migration))
        assert "proved" not in [column["name"] for column in inspect(db.engine).get_columns("event")]
        if engine == "sqlite":
            with db.engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def register_somebody(suite):
    from tests.worker.test_jobs import published, register

    register(suite, published(suite, capacity=5), 0)


@pytest.fixture(params=["", "/registry"], ids=["events", "registry"])
def ready(suite, request):
    """The health page of one service, and a way to say where its database is."""
    app = suite.app(f"{request.param}/health/ready")

    def look():
        return suite.json("GET", f"{request.param}/health/ready")

    def put(version):
        with app.app_context():
            db = app.config["SERVICE"].db
            with db.transaction() as session:
                session.execute(text("DELETE FROM alembic_version"))
                if version:
                    session.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})

    return look, put


def test_service_is_ready_only_when_its_database_is_as_new_as_its_code(ready, monkeypatch):
    look, put = ready
    assert (look().status_code, look().get_json()["schema"]) == (200, "ok")
    put("")
    assert look().status_code == 503
    assert "is at nothing, its code needs" in look().text
    put("0001")
    monkeypatch.setattr(migrations, "_revisions", lambda folder: ("0002", "0001"))
    assert look().status_code == 503
    assert "is at 0001, its code needs 0002" in look().text
    put("0003")
    assert look().status_code == 200
