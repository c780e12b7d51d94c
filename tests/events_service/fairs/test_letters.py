"""Letters about ideas: in the reader's language, once, and not when they are overtaken."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from services.fields import midnight, today
from services.i18n import LANGUAGES
from tests.events_service.fairs.fairground import PHYSICS, TITLE, open_fair
from tests.events_service.scene import TITLE as FAIR_TITLE
from tests.events_service.scene import text_of


@pytest.mark.parametrize("kind", ["idea_accepted", "idea_declined", "idea_moved", "ideas_waiting"])
def test_letter_is_in_the_readers_language(suite, kind):
    fair = open_fair(suite)
    idea = fair.submit(1)
    if kind == "idea_declined":
        fair.say("decline", idea, fair.organiser, {"reason": "Snow <b>storm</b>"})
    elif kind != "ideas_waiting":
        fair.accept(idea, "10:30", place="№ 5")
    if kind == "idea_moved":
        fair.place(idea, "11:00")
    ref = fair.scene.event["id"] if kind == "ideas_waiting" else idea["id"]
    for language in LANGUAGES:
        letter = fair.letter(kind, ref, language)
        assert letter is not None
        own, others = (FAIR_TITLE, ()) if kind == "ideas_waiting" else (TITLE, set(LANGUAGES) - {language})
        assert own[language] in letter.subject
        for body in (letter.text, letter.html):
            assert own[language] in body
            assert not any(TITLE[other] in body or PHYSICS[other] in body for other in others)
        assert ("10:30–10:50" in letter.text) is (kind == "idea_accepted")
        assert ("11:00–11:20" in letter.text) is (kind == "idea_moved")
        assert ("Snow <b>storm</b>" in letter.text) is (kind == "idea_declined")
        assert "<b>storm" not in letter.html
        assert f"/fairs/{fair.slug}/ideas" in letter.text


def test_decision_that_was_changed_is_told_as_it_is_now(suite):
    fair = open_fair(suite)
    idea = fair.accepted(1)
    fair.say("decline", idea, fair.organiser, {"reason": "-"})
    assert fair.letter("idea_accepted", idea["id"]) is None
    assert fair.letter("idea_declined", idea["id"]) is not None
    fair.accept(idea)
    assert fair.letter("idea_declined", idea["id"]) is None
    suite.drain()
    assert [mail["Subject"].partition(":")[2] for mail in suite.mails()] == [f" {TITLE[fair.row(idea).language]}"]


def test_new_slot_is_told_once_and_not_after_it_was_told_with_the_decision(suite):
    fair = open_fair(suite)
    idea = fair.accepted(1, "10:30")
    fair.place(idea, "11:00")
    fair.place(idea, "11:00")
    suite.drain()
    [mail] = suite.mails()
    assert "11:00–11:20" in text_of(mail)
    fair.place(idea, "11:30")
    fair.place(idea, "12:00")
    suite.drain()
    assert ["12:00–12:20" in text_of(mail) for mail in suite.mails()] == [False, True]
    fair.place(idea, "12:10")
    fair.scene.cancel()
    assert fair.letter("idea_moved", idea["id"]) is None


def test_organiser_hears_once_a_day_how_many_ideas_wait(suite):
    fair = open_fair(suite)
    for number in (1, 2, 3):
        fair.submit(number)
    [owed] = fair.owed("ideas_waiting")
    assert owed.due_at == midnight(today() + timedelta(days=1)) + timedelta(hours=8)
    suite.drain()
    assert suite.mails() == []
    fair.accept({"id": fair.suite.json("GET", fair.path("/ideas"), as_=fair.organiser).get_json()["items"][0]["id"]})
    suite.drain()
    with time_machine.travel(owed.due_at + timedelta(minutes=1), tick=False):
        suite.drain()
    waiting = [mail for mail in suite.mails() if mail["To"].addresses[0].addr_spec == owed.recipient]
    assert len(waiting) == 1
    assert "2" in text_of(waiting[0])
    assert f"/fairs/{fair.slug}/ideas" in text_of(waiting[0])
    assert datetime.now(UTC) < owed.due_at


def test_ledger_names_the_letters_of_a_fair(suite):
    fair = open_fair(suite)
    fair.accepted(1)
    desk = suite.browser("en", fair.organiser)
    desk.get(f"/notifications?event={fair.slug}")
    assert "Idea accepted" in desk.text
    assert "Ideas wait for a decision" in desk.text
