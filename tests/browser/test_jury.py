"""A juror on a phone, in Kazakh and without JavaScript: five entries scored, the line lost on the way, nothing lost."""

import os
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from events_service.db import db
from events_service.jury.models import Assignment
from events_service.scoring.models import Score
from tests.browser.test_journey import become
from tests.events_service import arena as arenas
from tests.support.processes import free_port, spawn, wait_for_http
from tests.support.region import dispose, environ_of, make_apps
from tests.support.suite import Suite

pytestmark = pytest.mark.one_engine("sqlite")
ENTRIES, LINES, LOST = 5, 7, {1: "there", 2: "back"}
COMMENT = "Топтық жұмыс анық құрылған, бірақ 2-сынып оқушыларының нәтижесі көрсетілмеген."
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def contest(suite_settings, tmp_path):
    """The suite behind one web process, with a stage of the contest open for the jury."""
    apps = make_apps(suite_settings)
    arena = arenas.build(
        Suite(suite_settings, *apps, "sqlite"), nominations=2, entries=ENTRIES, jurors=2, open_stage="REMOTE", deal=True
    )
    dispose(*apps)
    port = free_port()
    environ = environ_of(suite_settings) | {"PUBLIC_URL": f"http://127.0.0.1:{port}", "REDIS_URL": ""}
    gunicorn = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-k", "gthread", "wsgi:single"]
    with spawn(gunicorn, env=environ, log_path=tmp_path / "log"):
        wait_for_http(f"http://127.0.0.1:{port}/health/live")
        yield arena, f"http://127.0.0.1:{port}/contests/{arenas.SLUG}/jury"
    dispose(*apps)


class Line:
    """Loses one request on its way there, or its answer on its way back, where it is told to."""

    def __init__(self, page):
        self.lost = ""
        page.route("**/jury/*", self)

    def __call__(self, route):
        lost, self.lost = self.lost, ""
        if lost == "back":
            route.fetch(max_redirects=0)
        if lost:
            route.abort("internetdisconnected")
        else:
            route.continue_()


def press(page, button, line=None, lost=""):
    """Press; where the line is lost, go back to the form and press again, as people do."""
    if lost:
        line.lost = lost
        with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"), page.expect_navigation():
            page.click(button, no_wait_after=True)
        while not page.url.startswith("chrome-error"):
            page.wait_for_timeout(50)
        page.go_back()
    with page.expect_navigation():
        page.click(button)


def fill(page, number):
    for place, field in enumerate(page.locator("input[inputmode=decimal]").all()):
        field.fill(f"{(number + place) % 5},5")
    page.fill("textarea", f"{COMMENT} {number}")


def shoot(page, name):
    if SHOTS:
        Path(SHOTS).mkdir(exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_juror_scores_five_entries_and_loses_nothing_with_the_line(contest, new_page):
    arena, url = contest
    page = new_page("kk", width=360)
    become(page, url.partition("/contests")[0], "juror", 0, "kk")
    line = Line(page)
    page.goto(url)
    for number in range(1, ENTRIES + 1):
        press(page, "p.buttons a.btn")
        fill(page, number)
        shoot(page, f"sheet-{number}")
        if number in LOST:
            press(page, ".dock button.b2", line, LOST[number])
            assert page.input_value("textarea") == f"{COMMENT} {number}"
            assert page.locator(".dock .ok").is_visible()
        press(page, '.dock button[name="sign"]')
        shoot(page, f"sign-{number}")
        press(page, ".dock button")
        assert page.url == url
    shoot(page, "list")
    assert not page.locator("p.buttons a.btn").count()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    with arena.suite.events.app_context():
        mine = Assignment.member_id == arena.members[1]
        sheets = db.session.scalars(select(Assignment).where(mine)).all()
        assert sorted(sheet.feedback[-1] for sheet in sheets) == ["1", "2", "3", "4", "5"]
        assert all(sheet.signed_at for sheet in sheets)
        counts = select(Score.assignment_id, func.count()).group_by(Score.assignment_id)
        assert [count for _, count in db.session.execute(counts)] == [LINES] * ENTRIES
