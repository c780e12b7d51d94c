"""An entry that leaves while it is judged: nobody has to read it any more, and no results hold it."""

import pytest
from sqlalchemy import select

from events_service.db import Audit, db
from events_service.jury.models import ACTIVE, REMOVED, Assignment
from tests.events_service import arena as arenas
from tests.events_service.awards.test_next_step import next_of
from tests.events_service.jury.court import letter, owed
from tests.events_service.results import hall as halls

pytestmark = pytest.mark.either_engine
WHY = {"reason": "Басқа байқаудан көшірілген"}


def test_excluded_entry_is_taken_from_jurors_and_nobody_waits_for_its_sheets(suite):
    arena = arenas.build(suite, nominations=1, entries=3, jurors=3, open_stage="REMOTE", deal=True)
    first, rest = arena.assignments[:3], arena.assignments[3:]
    arenas.score(arena, assignments=[first[0], *rest])

    def post(path, body=None, as_=arena.organiser):
        return suite.json("POST", arena.api + path, body or {}, as_=as_)

    close = f"/stages/{arena.stages['REMOTE']}/close"
    assert post(close).get_json()["type"].endswith("unsigned-sheets")  # the control
    path = f"/entries/{arena.entries[0]}"
    assert post(f"{path}/exclude").status_code == 422
    for _again in range(2):
        assert post(f"{path}/exclude", WHY).get_json()["status"] == "excluded"
    assert post(f"{path}/withdraw", as_=suite.sign_in("teacher", 0)).status_code == 409
    with suite.events.app_context():
        rows = [db.session.get_one(Assignment, key).status for key in first]
        wrote = db.session.scalars(select(Audit).where(Audit.action == "entry.excluded")).all()
    assert (rows, [row.reason for row in wrote]) == ([ACTIVE, REMOVED, REMOVED], [WHY["reason"]])
    assert suite.json("GET", f"{arena.api}/sheets/{first[1]}", as_=arena.juror(1)).status_code == 404
    told = owed(arena, "jury_left")
    assert len(told) == 2 and "№ 1" in letter(arena, told[0]).text and WHY["reason"] not in letter(arena, told[0]).text
    [author] = owed(arena, "entry_excluded")
    assert WHY["reason"] in letter(arena, author).text
    assert post(close).status_code == 200


def test_author_takes_her_entry_back_until_her_results_are_known(suite):
    hall = halls.closed(suite, {(entry, juror): 79 + 2 * entry for entry in range(4) for juror in range(3)})
    old = hall.compile()

    def leave(entry, status):
        return hall.call("POST", f"/entries/{hall.arena.entries[entry]}/withdraw", {}, hall.teacher(entry), status)

    assert leave(3, 200)["status"] == "withdrawn"
    hall.publish(old, 409)
    version = hall.published()
    assert [hall.lines(version)[entry]["place"] for entry in range(3)] == [3, 2, 1]
    assert 3 not in hall.lines(version)
    leave(2, 200)  # she has come through: her last stage is still to be
    assert next_of(hall.arena) == ("left", "REMOTE")
    assert 2 not in hall.lines(hall.published())
    assert leave(0, 409)["type"].endswith("entry-judged")


def test_page_asks_why_and_says_so(suite):
    arena = arenas.build(suite, nominations=1, entries=1, jurors=2, open_stage="REMOTE", deal=True)
    path = f"/contests/{arenas.SLUG}/entries/{arena.entries[0]}"
    desk = suite.browser("ru", arena.organiser)
    desk.get(path)
    assert f"{path}/exclude" in desk.html
    desk.get(f"{path}/exclude")
    assert desk.submit(reason="").status_code == 422
    desk.submit(reason=WHY["reason"])
    assert f"{path}/exclude" not in desk.get(path).text
    assert WHY["reason"] in suite.get(path, suite.sign_in("teacher", 0), "ru").text
