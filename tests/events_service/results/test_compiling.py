"""Compiling: asked for, worked off under a lease, the same bytes every time, refused while the stage is open."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from events_service.contests.models import Stage
from events_service.db import Audit, db
from events_service.entries.models import WITHDRAWN
from events_service.invariants import invariants
from events_service.results import compiling, method
from events_service.results.models import Compilation
from services.database import utcnow
from services.invariants import check
from tests.events_service import arena as arenas
from tests.events_service.results.hall import Hall, closed
from worker import jobs

SCORES = {(0, 0): 80, (0, 1): 90, (1, 0): 70, (1, 1): 75}


def rows(hall):
    return list(db.session.scalars(select(Compilation).order_by(Compilation.number)))


def test_results_are_asked_for_and_compiled_by_the_worker(suite):
    hall = closed(suite, SCORES)
    stage = hall.arena.stages["REMOTE"]
    asked = hall.call("POST", f"/stages/{stage}/results", status=202)
    assert (asked["status"], asked["number"], asked["total"]) == ("queued", 1, 4)
    assert hall.call("POST", f"/stages/{stage}/results", status=202)["id"] == asked["id"]
    assert jobs.run("compile_results", {"registry": suite.registry, "events": suite.events}) == 1
    found = hall.call("GET", f"/results/{asked['id']}")
    assert (found["status"], found["done"], found["current"]) == ("done", 4, False)
    assert {number: line["score"] for number, line in hall.lines(found).items()} == {0: "85.00", 1: "72.50"}
    assert found["document"]["inputs_hash"] == found["inputs_hash"] == method.digest(found["document"]["inputs"])
    assert hall.work() == 0
    with suite.events.app_context():
        noted = db.session.scalars(select(Audit.action).where(Audit.entity == "compilation").order_by(Audit.id))
        assert list(noted) == ["compilation.requested", "compilation.done"]


def test_same_rows_give_the_same_bytes_and_other_rows_another_hash(suite):
    hall = closed(suite, SCORES)
    first, second = hall.compile(), hall.compile()
    hall.change(1, status=WITHDRAWN)
    third = hall.compile()
    assert (first["number"], second["number"]) == (1, 2)
    assert third["inputs_hash"] != first["inputs_hash"] and set(hall.lines(third)) == {0}
    with suite.events.app_context():
        one, two, _ = (row.document for row in rows(hall))
        assert one == two == method.canonical(method.compiled(json.loads(one)["inputs"]))


def test_open_stage_has_no_results(suite):
    hall = Hall(arenas.build(suite, 1, 2, 2, open_stage="REMOTE", deal=True))
    stage = hall.arena.stages["REMOTE"]
    assert hall.call("POST", f"/stages/{stage}/results", status=409)["type"].endswith("stage-not-closed")
    hall.close()
    hall.call("POST", f"/stages/{stage}/results", status=202)


def test_later_stage_waits_for_the_results_of_the_earlier_one(suite):
    hall = closed(suite, SCORES)
    hall.open()
    hall.close("FINAL")
    found = hall.call("POST", f"/stages/{hall.arena.stages['FINAL']}/results", status=409)
    assert found["type"].endswith("earlier-stage")


def test_only_those_who_direct_the_jury_ask(suite):
    hall = closed(suite, SCORES)
    path = f"/stages/{hall.arena.stages['REMOTE']}/results"
    for token in (hall.arena.juror(1), hall.teacher(0), suite.sign_in("organiser", 3)):
        hall.call("POST", path, as_=token, status=404)
    hall.call("POST", path, as_=hall.chair, status=202)
    version = hall.compile()
    hall.call("GET", f"/results/{version['id']}", as_=hall.arena.juror(1), status=404)
    assert hall.call("GET", path, as_=hall.teacher(0))["total"] == 0


def test_lease_of_a_dead_worker_runs_out_and_a_late_one_cannot_write(suite):
    hall = closed(suite, SCORES)
    hall.call("POST", f"/stages/{hall.arena.stages['REMOTE']}/results", status=202)
    with suite.events.app_context():
        first = compiling.claim()
        assert first and compiling.claim() is None
        second = compiling.claim(utcnow() + compiling.LEASE + timedelta(seconds=1))
        assert second and second[0] == first[0]
        compiling._compile(*first)
        assert rows(hall)[0].status == "running"
        compiling._compile(*second)
        db.session.expire_all()
        assert rows(hall)[0].status == "done"


def test_progress_is_written_down_as_it_goes(suite, monkeypatch):
    monkeypatch.setattr(compiling, "STEP", 2)
    seen, write = [], compiling._write
    monkeypatch.setattr(compiling, "_write", lambda *a, **v: seen.append(v.get("done")) or write(*a, **v))
    closed(suite, SCORES).compile()
    assert seen == [2, 4, 4]


@pytest.mark.parametrize(("error", "reason"), [
    (ValueError("x"), "not-whole"), (ZeroDivisionError("y"), "trouble: ZeroDivisionError"),
])  # fmt: skip
def test_failure_says_why_and_the_next_try_is_a_new_version(suite, monkeypatch, error, reason):
    hall = closed(suite, SCORES)

    def fail(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(method, "compiled", fail)
        failed = hall.compile()
    assert failed["status"] == "failed" and failed["reason"].startswith(reason)
    assert "document" not in failed
    assert hall.compile()["number"] == 2


def test_stage_opened_again_meanwhile_is_not_compiled(suite):
    hall = closed(suite, SCORES)
    hall.call("POST", f"/stages/{hall.arena.stages['REMOTE']}/results", status=202)
    hall.open("REMOTE")
    hall.work()
    with suite.events.app_context():
        assert [(row.status, row.reason) for row in rows(hall)] == [("failed", "stage-not-closed")]


def test_published_results_are_what_is_compiled_now(suite):
    hall = closed(suite, SCORES)
    version = hall.published()
    with suite.events.app_context(), db.transaction() as session:
        stage, found = session.get_one(Stage, version["stage_id"]), session.get_one(Compilation, version["id"])
        assert compiling.is_current(session, stage, found)
        session.execute(text("UPDATE assignment SET signed_at = NULL WHERE id IN (SELECT min(id) FROM assignment)"))
        assert not compiling.is_current(session, stage, found)
        session.execute(text("UPDATE assignment SET signed_at = created_at WHERE signed_at IS NULL"))


def test_score_younger_than_the_published_results_is_noticed(suite):
    closed(suite, SCORES).published()
    with suite.events.app_context(), db.engine.connect() as connection:
        asked = [one for one in invariants() if one.name == "I7"]
        assert [found.broken for found in check(connection, asked)] == [0, 0]
        connection.execute(text("UPDATE compilation SET created_at = '2020-01-01 00:00:00.000000'"))
        assert [found.broken for found in check(connection, asked)] == [0, 4 * 7]
        connection.rollback()
