"""Jurors are reminded three days and one day before a stage closes, while they have not signed everything."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from events_service.contests.models import Stage
from events_service.db import Notification, db
from services.fields import midnight, today
from tests.events_service import arena as arenas
from tests.events_service.scoring.test_sheets import change, post
from worker import jobs

# Closes at 15:00 by the clock of Almaty, in ten days.
CLOSES = midnight(today() + timedelta(days=10)) + timedelta(hours=15)


@pytest.fixture
def arena(suite):
    arena = arenas.build(suite, nominations=1, entries=2, jurors=3, open_stage="REMOTE", deal=True)
    change(arena, Stage, arena.stages["REMOTE"], closes_at=CLOSES)
    arenas.score(arena, assignments=[arena.assignments[0], arena.assignments[3], arena.assignments[1]])
    return arena


def owed(arena, before, minutes=1):
    """What the job owes so long before the end, to whom."""
    with time_machine.travel(CLOSES - before + timedelta(minutes=minutes), tick=False):
        jobs.owe_reminders({"events": arena.suite.events})
        with arena.suite.events.app_context():
            rows = db.session.scalars(select(Notification).where(Notification.kind == "sheets_due"))
            return sorted((row.recipient.partition("@")[0], row.status) for row in rows)


def send(arena, before):
    with time_machine.travel(CLOSES - before + timedelta(minutes=2), tick=False):
        arena.suite.drain()


def test_reminders_come_twice_and_only_to_who_has_not_signed_all(arena):
    assert owed(arena, timedelta(days=3), minutes=-1) == []
    assert owed(arena, timedelta(days=3)) == [("juror0", "queued"), ("juror1", "queued")]
    assert owed(arena, timedelta(days=3)) == owed(arena, timedelta(days=3), minutes=30)
    send(arena, timedelta(days=3))
    letters = {mail["To"]: mail for mail in arena.suite.mails() if "/jury" in mail.get_body(("plain",)).get_content()}
    assert len(letters) == 2
    text = next(m for to, m in letters.items() if "juror1@" in to).get_body(("plain",)).get_content()
    assert "2" in text and f"/contests/{arenas.SLUG}/jury" in text and "15:00" in text
    arenas.score(arena, assignments=[arena.assignments[4]])
    assert [who for who, status in owed(arena, timedelta(days=1)) if status == "queued"] == ["juror1"]
    arenas.score(arena, assignments=[arena.assignments[2], arena.assignments[5]])
    send(arena, timedelta(days=1))
    assert [status for _, status in owed(arena, timedelta(days=1))].count("superseded") == 1


def test_later_closing_has_reminders_of_its_own_and_a_closed_stage_none(arena):
    day = timedelta(days=1)
    assert len(owed(arena, day)) == 2
    change(arena, Stage, arena.stages["REMOTE"], closes_at=CLOSES + 2 * day)
    send(arena, day)
    assert sorted(status for _, status in owed(arena, day)) == ["queued"] * 2 + ["superseded"] * 2
    change(arena, Stage, arena.stages["REMOTE"], status="closed", closed_at=CLOSES - day)
    send(arena, day)
    assert {status for _, status in owed(arena, day)} == {"superseded"} and len(owed(arena, -day)) == 4


@pytest.mark.one_engine("sqlite")
def test_letter_of_a_sheet_signed_again_meanwhile_is_not_sent(arena):
    assert post(arena, "reopen", 0, 0, {"reason": "тексеру"}).status_code == 200
    assert post(arena, "sign", 0, 0).status_code == 200
    arena.suite.drain()
    with arena.suite.events.app_context():
        found = select(Notification.status).where(Notification.kind == "sheet_reopened")
        assert db.session.scalars(found).all() == ["superseded"]
