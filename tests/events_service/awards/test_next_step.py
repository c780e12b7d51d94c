"""What the page of a contest tells who directs it to do next."""

from datetime import timedelta

import pytest

from events_service.awards import queries
from events_service.contests.models import Contest
from events_service.db import db
from events_service.entries.models import SUBMITTED, Entry
from events_service.events.models import Event
from events_service.results.models import DISMISSED, Appeal, Compilation
from services.database import utcnow
from tests.events_service import arena as scene
from tests.events_service.awards import ground
from tests.events_service.awards.test_minutes import call, drafted

pytestmark = pytest.mark.one_engine("sqlite")


def next_of(arena):
    with arena.suite.events.app_context():
        step, stage = queries.next_step(db.session.get_one(Event, arena.event_id))
        return step, stage and stage.code


def test_next_step_leads_to_the_opening_of_the_first_stage(suite):
    arena = scene.build(suite, nominations=1, entries=3)
    assert next_of(arena) == ("jury", None)
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(Entry, arena.entries[0]).status = SUBMITTED
    assert next_of(arena) == ("admit", None)
    with suite.events.app_context(), db.transaction() as session:
        scene._seat(session, arena, 6)
        session.get_one(Contest, arena.event_id).entries_close_at = utcnow() - timedelta(hours=1)
    assert next_of(arena) == ("admit", None)
    with suite.events.app_context(), db.transaction() as session:
        session.delete(session.get_one(Entry, arena.entries[0]))
    assert next_of(arena) == ("deal", "REMOTE")


def test_next_step_leads_from_scoring_to_results(suite):
    arena = scene.build(suite, nominations=1, entries=2, jurors=5, open_stage="REMOTE", deal=True)
    assert next_of(arena) == ("score", "REMOTE")
    scene.score(arena)
    assert next_of(arena) == ("close", "REMOTE")
    scene.close(arena, "REMOTE")
    assert next_of(arena) == ("compile", "REMOTE")


def test_next_step_leads_from_results_by_the_signed_protocol_to_publishing(suite):
    arena = ground.closed(suite, entries=2, stage="REMOTE")
    for _results in ("first", "of a stage that was published, with an appeal answered since"):
        ground.compiled(arena, "REMOTE", publish=False)
        assert next_of(arena) == ("write", "REMOTE")
        drafted(arena, "REMOTE")
        assert next_of(arena) == ("sign", "REMOTE")
        assert call(arena, "POST", "/sign", {"signed": arena.members}, stage="REMOTE").status_code == 200
        assert next_of(arena) == ("show", "REMOTE")
        shown = suite.get(f"/contests/{scene.SLUG}/protocol", arena.organiser, "en").text
        assert "they can be published" in shown
        published = ground.point(arena, "REMOTE")
        assert next_of(arena) == ("empty", "FINAL")
        with suite.events.app_context(), db.transaction() as session:
            since = session.get_one(Compilation, published).created_at + timedelta(milliseconds=1)
            about = {"stage_id": arena.stages["REMOTE"], "compilation_id": published, "entry_id": arena.entries[0]}
            session.add(Appeal(text="Р", answered_at=since, status=DISMISSED, **about))
        assert next_of(arena) == ("correct", "REMOTE")


def test_contest_page_shows_the_next_step_to_who_directs_it_and_to_nobody_else(suite):
    arena = scene.build(suite, nominations=1, entries=2, jurors=5, open_stage="REMOTE", deal=True)
    path = f"/contests/{scene.SLUG}"
    for token, told in ((arena.organiser, True), (arena.juror(0), True), (arena.juror(1), False), (None, False)):
        page = suite.browser("ru", token).get(path) if token else suite.browser("ru").get(path)
        assert ("Следующий шаг" in page.text) is told


def test_own_page_of_a_juror_leads_to_her_sheets(suite):
    arena = scene.build(suite, nominations=1, entries=2, jurors=5, open_stage="REMOTE", deal=True)
    scene.score(arena, assignments=[arena.assignments[1]])
    page = suite.browser("ru", arena.juror(1)).get("/my").text
    assert f'href="/contests/{scene.SLUG}/jury"' in page and "Подписано: 1 из 2" in page
    assert f"/contests/{scene.SLUG}/jury" not in suite.browser("ru", suite.sign_in("teacher", 0)).get("/my").text
