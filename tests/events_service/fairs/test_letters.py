"""Letters about ideas: in the reader's language, once, and not when they are overtaken."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from services.fields import midnight, today
from services.i18n import LANGUAGES
from tests.events_service.fairs.fairground import PHYSICS, TITLE, open_fair
from tests.events_service.scene import TITLE as FAIR_TITLE
from tests.events_service.scene import mail_of, text_of

pytestmark = pytest.mark.either_engine


def test_each_letter_is_in_the_readers_language(suite):
    fair = open_fair(suite)
    ideas = {kind: fair.submit(number) for number, kind in enumerate(("accepted", "declined", "moved", "waiting"), 1)}
    fair.accept(ideas["accepted"], "10:30", place="№ 5")
    fair.say("decline", ideas["declined"], fair.organiser, {"reason": "Snow <b>storm</b>"})
    fair.accept(ideas["moved"], "10:30")
    fair.place(ideas["moved"], "11:00")
    marks = {"accepted": "10:30–10:50", "moved": "11:00–11:20", "declined": "Snow <b>storm</b>"}
    for kind, mark in marks.items():
        for language in LANGUAGES:
            letter = fair.letter(f"idea_{kind}", ideas[kind]["id"], language)
            assert letter is not None
            assert TITLE[language] in letter.subject
            for body in (letter.text, letter.html):
                assert TITLE[language] in body
                others = set(LANGUAGES) - {language}
                assert not any(TITLE[other] in body or PHYSICS[other] in body for other in others)
            assert [other in letter.text for other in marks.values()] == [other == mark for other in marks.values()]
            assert "<b>storm" not in letter.html
            assert f"/fairs/{fair.slug}/ideas/{ideas[kind]['id']}" in letter.text
    for language in LANGUAGES:
        letter = fair.letter("ideas_waiting", fair.scene.event["id"], language)
        assert letter is not None
        assert FAIR_TITLE[language] in letter.subject
        assert f"/fairs/{fair.slug}/ideas\n" in letter.text
    ledger = suite.get(f"/notifications?event={fair.slug}", fair.organiser, "en").get_data(as_text=True)
    for name in ("Idea accepted", "Idea not taken", "New slot of an idea", "Ideas wait for a decision"):
        assert name in ledger


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


def test_authors_hear_once_that_the_fair_is_off_and_on_again(suite):
    fair = open_fair(suite)
    for number in (1, 1, 2):
        fair.submit(number)
    fair.write(3)
    fair.scene.register(2)
    desk = suite.browser("en", fair.organiser)
    desk.get(f"/events/{fair.slug}/cancel")
    assert "1 author of an idea gets a letter." in desk.text
    desk.submit_fields({"reason": "Боран"})
    assert "2 letters go out." in desk.text
    assert [owed.recipient for owed in fair.owed("fair_cancelled")] == [mail_of(1)]
    letter = fair.letter("fair_cancelled", fair.scene.event["id"])
    assert letter is not None
    assert FAIR_TITLE["en"] in letter.subject
    assert "Боран" in letter.text
    fair.scene.restore()
    assert fair.letter("fair_cancelled", fair.scene.event["id"]) is None
    assert fair.letter("fair_restored", fair.scene.event["id"]) is not None
