"""What single letters say, and what they must never say."""

import pytest

from tests.events_service.notifications.steps import asked, cancelled, changed, waiting, withdrawn
from tests.events_service.scene import calendar_of, mail_of, play
from tests.support.suite import Suite

pytestmark = pytest.mark.either_engine


def test_organiser_of_the_invitation_is_the_sender(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    mail = scene.mails()[0]
    calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    address = mail["From"].addresses[0].addr_spec
    assert calendar_of(calendar.get_payload(decode=True)).walk("VEVENT")[0]["ORGANIZER"] == f"mailto:{address}"


def test_withdrawal_takes_the_entry_from_her_alone(suite: Suite) -> None:
    scene = play(suite)
    row = withdrawn(scene)
    letter = scene.letter("registration_withdrawn", row)
    assert letter is not None
    assert "STATUS" not in calendar_of(letter.calendar).walk("VEVENT")[0]


def test_withdrawal_of_one_who_only_waited_has_no_calendar_part(suite: Suite) -> None:
    scene = play(suite, capacity=1)
    row = waiting(scene)
    scene.withdraw(row, 2)
    letter = scene.letter("registration_withdrawn", row)
    assert letter is not None
    assert letter.calendar is None


def test_cancellation_says_why_and_cancels_the_whole_event(suite: Suite) -> None:
    scene = play(suite)
    letter = scene.letter("event_cancelled", cancelled(scene), "en")
    assert letter is not None
    assert calendar_of(letter.calendar).walk("VEVENT")[0]["STATUS"] == "CANCELLED"
    assert "Why: Snow <b>storm</b>" in letter.text
    assert "Snow &lt;b&gt;storm&lt;/b&gt;" in letter.html


def test_change_says_the_new_place(suite: Suite) -> None:
    scene = play(suite)
    letter = scene.letter("event_changed", changed(scene), "ru")
    assert letter is not None
    assert "Балхаш" in letter.text
    assert calendar_of(letter.calendar).walk("VEVENT")[0]["LOCATION"] == "Балхаш"


def test_link_to_join_goes_to_those_who_have_a_place(suite: Suite) -> None:
    scene = play(suite, capacity=1)
    second = waiting(scene)
    first = scene.do("GET", "/api/v1/registrations", as_=suite.sign_in("teacher", 1))["items"]
    seated = next(row for row in first if row["event_id"] == scene.event["id"])
    confirmed_letter = scene.letter("registration_confirmed", seated)
    waiting_letter = scene.letter("registration_waiting", second)
    assert confirmed_letter is not None
    assert waiting_letter is not None
    assert "https://zoom.example/j/123" in confirmed_letter.text
    assert b"zoom.example" in (confirmed_letter.calendar or b"").replace(b"\r\n ", b"")
    assert "zoom.example" not in waiting_letter.text + waiting_letter.html


def test_words_of_a_stranger_do_not_reach_an_unproved_address(suite: Suite) -> None:
    scene = play(suite)
    letter = scene.letter("guest_confirm", asked(scene))
    assert letter is not None
    assert "evil.example" not in letter.to_name + letter.subject + letter.text + letter.html


def test_guest_gets_the_link_to_her_own_registration(suite: Suite) -> None:
    scene = play(suite)
    row = scene.ask()
    asking = scene.letter("guest_confirm", row)
    scene.confirm(row)
    told = scene.letter("registration_confirmed", row)
    assert asking is not None
    assert told is not None
    link = next(line for line in asking.text.splitlines() if "/registrations/" in line)
    assert link.startswith("http://127.0.0.1:8000/registrations/")
    assert link in told.text


def test_event_without_an_exact_day_has_no_calendar_part(suite: Suite) -> None:
    scene = play(suite, date_precision="month")
    letter = scene.letter("registration_confirmed", scene.register(1))
    assert letter is not None
    assert letter.calendar is None
    assert "10:00" not in letter.text


def test_text_missing_in_her_language_is_given_in_another(suite: Suite) -> None:
    scene = play(suite, title={"kk": "Тек қазақша"})
    letter = scene.letter("registration_confirmed", scene.register(1), "ru")
    assert letter is not None
    assert "Тек қазақша" in letter.subject
    assert '<span lang="kk">Тек қазақша</span>' in letter.html


def test_hostile_title_adds_no_header_and_no_line(suite: Suite) -> None:
    title = 'A\\nEND:VEVENT, "x"; <script>alert(1)</script> =?utf-8?q?=0D=0ABcc:_x?= %(secret)s'
    scene = play(suite, title={"kk": title})
    scene.register(1)
    mail = scene.mails()[0]
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(("html",)).get_content()
    calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    entries = calendar_of(calendar.get_payload(decode=True)).walk("VEVENT")
    assert [str(entry["SUMMARY"]) for entry in entries] == [title]


def test_mail_has_the_parts_that_mail_programs_expect(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    mail = scene.mails()[0]
    types = [part.get_content_type() for part in mail.walk()]
    calendar, attached = list(mail.walk())[4:]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert calendar.get_param("method") == "REQUEST"
    assert attached.get_filename() == "invite.ics"
    assert calendar.get_payload(decode=True) == attached.get_payload(decode=True)
    assert mail["To"].addresses[0].addr_spec == mail_of(1)
