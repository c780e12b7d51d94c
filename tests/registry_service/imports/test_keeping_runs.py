"""Dry runs are kept for a day, few of them, and forgotten with their rows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from registry_service.db import db
from registry_service.imports.importing import MOST_KEPT
from registry_service.imports.models import ImportRow, ImportRun
from services.database import utcnow
from tests.registry_service.facts import API, coordinator, registrar
from tests.registry_service.imports.files import IMPORTS, SCHOOLS, csv_file, dry_run

pytestmark = pytest.mark.either_engine


def file_of(number):
    return csv_file(SCHOOLS, [f"N-{number}", "Школа", "Абай"])


def kept(suite):
    with suite.registry.app_context():
        return [db.session.scalar(select(func.count()).select_from(model)) for model in (ImportRun, ImportRow)]


def grow_old(suite, run_id):
    past = utcnow() - timedelta(minutes=1)
    with suite.registry.app_context(), db.transaction() as session:
        session.execute(update(ImportRun).where(ImportRun.id == run_id).values(expires_at=past))


def test_run_is_unknown_and_then_forgotten_after_its_day(suite):
    run = dry_run(suite, "schools", file_of(1), registrar(suite))["id"]
    assert suite.json("GET", f"{API}/imports/{run}", as_=registrar(suite)).status_code == 200
    grow_old(suite, run)

    for method, path in (("GET", f"{API}/imports/{run}"), ("POST", f"{API}/imports/{run}/confirm")):
        assert suite.json(method, path, as_=registrar(suite)).status_code == 404
    assert suite.get(f"{IMPORTS}/{run}", as_=registrar(suite)).status_code == 404
    dry_run(suite, "schools", file_of(2), coordinator(suite))
    assert kept(suite) == [1, 1]


def test_housekeeping_forgets_old_runs(suite):
    from worker.jobs import housekeeping

    grow_old(suite, dry_run(suite, "schools", file_of(1), registrar(suite))["id"])
    housekeeping({"registry": suite.registry, "events": suite.events})

    assert kept(suite) == [0, 0]


def test_one_person_keeps_few_runs(suite):
    runs = [dry_run(suite, "schools", file_of(number), registrar(suite))["id"] for number in range(MOST_KEPT + 2)]

    assert kept(suite) == [MOST_KEPT, MOST_KEPT]
    browser = suite.browser(as_=registrar(suite))
    browser.get(IMPORTS)
    links = {link.get("href").rpartition("/")[2] for link in browser.tree.iter("a") if link.get("href")}
    assert links >= set(runs[2:])
    assert not links & set(runs[:2])
