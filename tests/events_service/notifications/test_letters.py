"""Each kind of letter in each language: its words, its parts, and the entry it puts into a calendar."""

import re

import pytest

from services.mail import Letter
from tests.events_service.scene import OPENING, TITLE, Scene, calendar_of, mail_of, play
from tests.support.suite import Suite

LANGUAGES = ("kk", "ru", "en")
STORED = ("Қоңырау", "Zoom", "Snow <b>storm</b>", "А. Оспанова")
MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}


def confirmed(scene: Scene) -> dict:
    return scene.register(1)


def waiting(scene: Scene) -> dict:
    scene.register(1)
    return scene.register(2)


def promoted(scene: Scene) -> dict:
    first, second = scene.register(1), scene.register(2)
    scene.withdraw(first, 1)
    return second


def withdrawn(scene: Scene) -> dict:
    row = scene.register(1)
    scene.withdraw(row, 1)
    return row


def asked(scene: Scene) -> dict:
    return scene.ask(name="Сатып алыңыз http://evil.example")


def changed(scene: Scene) -> dict:
    row = scene.register(1)
    scene.change(venue={"kk": "Балқаш", "ru": "Балхаш", "en": "Balqash"}, format="in_person")
    return row


def cancelled(scene: Scene) -> dict:
    row = scene.register(1)
    scene.cancel("Snow <b>storm</b>")
    return row


def restored(scene: Scene) -> dict:
    row = cancelled(scene)
    scene.restore()
    return row


KINDS = {
    "registration_confirmed": (confirmed, "REQUEST"),
    "registration_waiting": (waiting, ""),
    "registration_promoted": (promoted, "REQUEST"),
    "registration_withdrawn": (withdrawn, "CANCEL"),
    "guest_confirm": (asked, ""),
    "event_changed": (changed, "REQUEST"),
    "event_cancelled": (cancelled, "CANCEL"),
    "event_restored": (restored, "REQUEST"),
}


def in_each_language(suite: Suite, kind: str) -> tuple[Scene, dict[str, Letter]]:
    scene = play(suite, capacity=1)
    row = KINDS[kind][0](scene)
    found = {language: scene.letter(kind, row, language) for language in LANGUAGES}
    assert all(found.values())
    return scene, found  # type: ignore[return-value]


@pytest.mark.parametrize("kind", KINDS)
def test_letter_says_title_day_and_almaty_time_in_the_readers_language(suite: Suite, kind: str) -> None:
    _scene, found = in_each_language(suite, kind)
    for language, letter in found.items():
        others = [title for code, title in TITLE.items() if code != language]
        said = letter.subject + letter.text + letter.html
        assert TITLE[language] in letter.subject
        for body in (letter.text, letter.html):
            assert TITLE[language] in body
            assert "10:00–12:00" in body
            assert any(month in body for month in MONTHS[language].split())
        assert not any(title in said for title in others)
        assert letter.headers["Content-Language"] == language
        assert f'lang="{language}"' in letter.html


def words_of_ours(scene: Scene, letter: Letter) -> str:
    """A letter's text without links, names, and what organisers wrote in one language only."""
    own = {letter.to_name, *scene.event["title"].values()} - {""}
    calendar = (letter.calendar or b"").replace(b"\r\n ", b"").decode()
    shown = [line.partition(":")[2] for line in calendar.splitlines() if re.match("SUMMARY|DESCRIPTION|LOCATION", line)]
    text = "\n".join([letter.subject, letter.text, *shown]).replace("\\n", "\n")
    for foreign in (*sorted(own, key=len, reverse=True), *OPENING.values(), *STORED):
        text = text.replace(foreign, "")
    return re.sub(r"https?://\S+", "", text)


@pytest.mark.parametrize("kind", KINDS)
def test_letter_holds_no_word_of_another_language(suite: Suite, kind: str) -> None:
    scene, found = in_each_language(suite, kind)
    assert re.findall("[A-Za-z]{2,}", words_of_ours(scene, found["kk"])) == []
    assert re.findall("[A-Za-z]{2,}", words_of_ours(scene, found["ru"])) == []
    assert re.findall("[әғқңөұүһі]", words_of_ours(scene, found["ru"]), re.IGNORECASE) == []
    assert re.findall("[а-яё]", words_of_ours(scene, found["en"]), re.IGNORECASE) == []


@pytest.mark.parametrize("kind", KINDS)
def test_letter_carries_the_calendar_part_of_its_kind(suite: Suite, kind: str) -> None:
    scene, found = in_each_language(suite, kind)
    for letter in found.values():
        assert letter.calendar_method == KINDS[kind][1]
        if not letter.calendar_method:
            assert letter.calendar is None
            continue
        calendar = calendar_of(letter.calendar)
        entry = calendar.walk("VEVENT")[0]
        present = scene.do("GET", scene.path())
        assert calendar["METHOD"] == letter.calendar_method
        assert entry["UID"] == present["uid"]
        assert entry["SEQUENCE"] == present["sequence"]
        assert entry["ATTENDEE"] == f"mailto:{letter.to_address}"
        assert entry["ORGANIZER"] == "mailto:qonyrau@127.0.0.1"


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
