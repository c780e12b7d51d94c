"""Tables of a contest as files: each as far as its reader may see it, and no cell a formula."""

import csv
import io

import pytest
from sqlalchemy import select

from events_service.db import db
from events_service.entries.models import Entry
from events_service.jury.models import Assignment
from tests.events_service import arena as arenas
from tests.events_service.awards import ground
from tests.events_service.awards.test_minutes import TITLE

pytestmark = pytest.mark.one_engine("sqlite")


def rows(suite, table, as_=None):
    reply = suite.get(f"/contests/{TITLE}/tables/{table}.csv", as_=as_)
    if reply.status_code != 200:
        return reply.status_code
    return list(csv.reader(io.StringIO(reply.get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))


@pytest.mark.both_engines
def test_tables_open_to_those_who_may_see_them(suite):
    arena = ground.closed(suite, entries=4, jurors=5, nominations=1)
    ground.compiled(arena)
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(Entry, arena.entries[0]).title = "=1+1"
        session.scalars(select(Assignment)).first().signed_at = None  # a draft: its marks are nobody's business
    chair, juror, own = arena.juror(0), arena.juror(2), arena.organiser
    shown = {table: rows(suite, table, own) for table in ("results", "sheets", "assignments", "entries", "awards")}
    assert {table: len(found) - 1 for table, found in shown.items()} == {
        "results": 4, "sheets": (4 * 5 - 1) * 5, "assignments": 20, "entries": 4, "awards": 0,
    }  # fmt: skip
    assert "'=1+1" in [row[2] for row in shown["entries"]]
    assert rows(suite, "sheets", chair) == shown["sheets"]
    assert (rows(suite, "entries", chair), rows(suite, "awards", chair)) == (404, 404)
    assert [rows(suite, table, juror) for table in ("sheets", "assignments", "entries")] == [404] * 3
    public = rows(suite, "results")
    assert [row[:8] for row in shown["results"]] == public
    assert suite.get(f"/contests/{TITLE}/tables/results.xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("publish", [False, True])
def test_results_appear_when_they_are_published(suite, publish):
    arena = ground.closed(suite, entries=2, jurors=5)
    ground.compiled(arena, publish=publish)
    assert len(rows(suite, "results")) == 1 + 2 * publish
    assert len(rows(suite, "results", arena.organiser)) == 1 + 2 * publish


def test_reasons_of_an_open_stage_are_the_organisers_and_ones_own(suite):
    arena = arenas.build(suite, entries=1, jurors=4, open_stage="REMOTE", deal=True)
    for juror in (0, 1):
        path = f"{arena.api}/sheets/{arena.assignments[juror]}/recuse"
        assert suite.json("POST", path, {"reason": f"r{juror}"}, arena.juror(juror)).status_code == 200

    def reasons(as_):
        return sorted(filter(None, (row[6] for row in rows(suite, "assignments", as_)[1:])))

    assert (reasons(arena.organiser), reasons(arena.juror(0))) == (["r0", "r1"], ["r0"])
    arenas.close(arena, "REMOTE")
    assert reasons(arena.juror(0)) == ["r0", "r1"]


def test_marks_of_an_open_stage_are_in_no_table(suite):
    arena = arenas.build(suite, entries=2, jurors=3, open_stage="REMOTE", deal=True)
    arenas.score(arena)
    for reader in (arena.organiser, arena.juror(0)):
        assert len(rows(suite, "sheets", reader)) == 1
        assert len(rows(suite, "assignments", reader)) == 7  # the control: what was dealt is there
