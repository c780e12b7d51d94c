"""Invitations at a real mail server: request, update, cancellation and withdrawal, to the letter (RFC 6047)."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Component
from sqlalchemy import select

from events_service.db import Notification, db
from events_service.events.models import Event
from events_service.notifications import letters
from events_service.registrations.models import Registration
from services.fields import zone_info
from services.mail import build
from tests.events_service.scene import TITLE, Scene, calendar_of, entry_of, in_days, mail_of, play
from tests.services.sink import DATE
from tests.support import smtp
from tests.support.smtp import Received, Sink
from tests.support.suite import ORIGIN, Suite

pytestmark = pytest.mark.one_engine("sqlite")
OURS = "qonyrau@127.0.0.1"
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
ALMATY_TIME = {"kk": "Алматы уақыты", "ru": "по времени Алматы", "en": "Almaty time"}


@pytest.fixture
def sink(suite: Suite) -> Iterator[Sink]:
    found = smtp.start()
    suite.events.config["SETTINGS"] = dataclasses.replace(suite.settings, mail_url=found.url)
    yield found
    found.stop()


def delivered(scene: Scene, sink: Sink, number: int) -> Received:
    """The one letter that what was done last brings to a teacher."""
    before = len(sink.messages)
    scene.suite.drain()
    (found,) = [one for one in sink.messages[before:] if one.recipients == [mail_of(number)]]
    return found


def personal(scene: Scene, number: int) -> bytes:
    """Her own feed."""
    url = scene.do("GET", "/api/v1/me/calendar", as_=scene.suite.sign_in("teacher", number))["url"]
    return scene.suite.json("GET", url.removeprefix(ORIGIN)).data


def part(mail: EmailMessage, kind: str) -> EmailMessage:
    (found,) = [one for one in mail.walk() if one.get_content_type() == kind]
    return found


def bytes_of(mail: EmailMessage, kind: str) -> bytes:
    body = part(mail, kind).get_payload(decode=True)
    assert isinstance(body, bytes)
    return body


def shape(mail: EmailMessage) -> object:
    """The tree of parts."""
    kind = mail.get_content_type()
    return (kind, [shape(inner) for inner in mail.iter_parts()]) if mail.is_multipart() else kind


def check_structure(received: Received, number: int, method: str) -> Component:
    """What every mail program needs; answers the entry."""
    mail = received.message
    alternatives = ["text/plain", "text/html", "text/calendar"]
    assert shape(mail) == ("multipart/mixed", [("multipart/alternative", alternatives), "application/ics"])
    calendar, attached = part(mail, "text/calendar"), part(mail, "application/ics")
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": method}
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar["Content-Disposition"] is None
    assert attached["Content-Disposition"] == 'attachment; filename="invite.ics"'
    assert [one.get_content_charset() for one in list(mail.walk())[2:4]] == ["utf-8", "utf-8"]
    body = bytes_of(mail, "text/calendar")
    assert bytes_of(mail, "application/ics") == body
    assert body.count(b"\n") == body.count(b"\r\n") == body.count(b"\r")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", received.content)
    assert max(map(len, received.content.split(b"\r\n"))) <= 998
    return check_people(received, number, method)


def check_people(received: Received, number: int, method: str) -> Component:
    mail, her = received.message, mail_of(number)
    calendar = calendar_of(bytes_of(mail, "text/calendar"))
    (entry,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == method
    assert entry["ATTENDEE"] == f"mailto:{her}"
    assert entry["ATTENDEE"].params["RSVP"] == "FALSE"
    assert entry["ATTENDEE"].params["CUTYPE"] == "INDIVIDUAL"
    assert entry["ATTENDEE"].params["CN"] == mail["To"].addresses[0].display_name
    assert entry["ORGANIZER"] == f"mailto:{mail['From'].addresses[0].addr_spec}" == f"mailto:{OURS}"
    assert [mail[name] for name in ("Cc", "Bcc", "Reply-To", "Sender")] == [None] * 4
    assert received.recipients == [her]
    heads = "\n".join(f"{value}" for name, value in mail.items() if name != "Message-ID")
    bodies = [bytes_of(mail, kind).decode() for kind in ("text/plain", "text/html", "application/ics")]
    unfolded = "\n".join([heads, *bodies]).replace("\r\n ", "").replace(str(entry["UID"]), "")
    assert set(ADDRESS.findall(unfolded)) <= {her, OURS}
    return entry


def check_words(received: Received, language: str, start: str) -> None:
    """Text and HTML in her language, by the clock of Almaty."""
    for kind in ("text/plain", "text/html"):
        body = bytes_of(received.message, kind).decode()
        assert TITLE[language] in body
        assert f"{start}–12:00" in body
        assert ALMATY_TIME[language] in body
    assert TITLE[language] in received.message["Subject"]
    assert f'lang="{language}"' in bytes_of(received.message, "text/html").decode()


def known_by(entry: Component) -> tuple[str, int]:
    return str(entry["UID"]), int(entry["SEQUENCE"])


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_one_event_from_invitation_to_cancellation(suite: Suite, sink: Sink, language: str) -> None:
    scene = play(suite)
    scene.register(2)
    scene.register(1, language)
    invited = delivered(scene, sink, 1)
    request = check_structure(invited, 1, "REQUEST")
    check_words(invited, language, "10:00")
    feed = entry_of(personal(scene, 1), scene.event["uid"])
    assert feed is not None
    assert known_by(request) == known_by(feed)
    assert [request[name] for name in ("SUMMARY", "DESCRIPTION")] == [
        feed_in(scene, language)[name] for name in ("SUMMARY", "DESCRIPTION")
    ]

    scene.change(starts_at=in_days(40, "11:00"))
    moved = delivered(scene, sink, 1)
    update = check_structure(moved, 1, "REQUEST")
    check_words(moved, language, "11:00")
    assert known_by(update) == (str(request["UID"]), int(request["SEQUENCE"]) + 1)
    assert known_by(update) == known_by(feed_in(scene, language))
    almaty = datetime.fromisoformat(in_days(40, "11:00")).replace(tzinfo=zone_info(None))
    assert update["DTSTART"].dt == almaty
    assert update["DTSTART"].params["TZID"] == "Asia/Almaty"
    assert update["STATUS"] == "CONFIRMED"

    scene.cancel("Боран")
    off = delivered(scene, sink, 1)
    cancel = check_structure(off, 1, "CANCEL")
    check_words(off, language, "11:00")
    assert cancel["STATUS"] == "CANCELLED"
    assert known_by(cancel) == (str(request["UID"]), int(update["SEQUENCE"]) + 1)
    assert known_by(cancel) == known_by(feed_in(scene, language))

    scene.restore()
    again = check_structure(delivered(scene, sink, 1), 1, "REQUEST")
    assert again["STATUS"] == "CONFIRMED"
    assert known_by(again) == (str(request["UID"]), int(cancel["SEQUENCE"]) + 1)


def feed_in(scene: Scene, language: str) -> Component:
    url = scene.do("GET", "/api/v1/me/calendar", as_=scene.suite.sign_in("teacher", 1))["url"]
    found = entry_of(scene.suite.json("GET", f"{url.removeprefix(ORIGIN)}?lang={language}").data, scene.event["uid"])
    assert found is not None
    return found


def test_withdrawal_is_told_to_her_alone_and_coming_back_is_newer(suite: Suite, sink: Sink) -> None:
    scene = play(suite)
    scene.register(2)
    row = scene.register(1, "ru")
    first = check_structure(delivered(scene, sink, 1), 1, "REQUEST")
    scene.withdraw(row, 1)
    gone = delivered(scene, sink, 1)
    assert [one.recipients for one in sink.messages].count([mail_of(2)]) == 1
    left = check_structure(gone, 1, "CANCEL")
    check_words(gone, "ru", "10:00")
    assert "STATUS" not in left
    assert left["ATTENDEE"].params["PARTSTAT"] == "DECLINED"
    assert known_by(left) == known_by(first)
    assert "zoom.example" not in gone.message.as_string()
    scene.register(1, "ru")
    back = check_structure(delivered(scene, sink, 1), 1, "REQUEST")
    assert back["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert first["DTSTAMP"].dt <= left["DTSTAMP"].dt <= back["DTSTAMP"].dt
    assert left["DTSTAMP"].dt >= first["LAST-MODIFIED"].dt


def test_plain_edit_of_words_sends_no_letter(suite: Suite, sink: Sink) -> None:
    scene = play(suite)
    scene.register(1)
    delivered(scene, sink, 1)
    scene.change(description={"kk": "Басқа сөздер"})
    suite.drain()
    assert len(sink.messages) == 1


def test_all_day_event_has_days_and_no_clock(suite: Suite, sink: Sink) -> None:
    scene = play(suite, all_day=True, starts_at=in_days(40, "00:00"), ends_at=in_days(43, "00:00"), agenda=[])
    scene.register(1, "kk")
    entry = check_structure(delivered(scene, sink, 1), 1, "REQUEST")
    assert entry["DTSTART"].params["VALUE"] == "DATE"
    assert (entry["DTEND"].dt - entry["DTSTART"].dt).days == 3


HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Language"
]  # fmt: skip
NASTY = st.text(st.sampled_from("\r\n\x00\x0b\x85\u2028\t:;,<>@=?\\\"' ") | st.characters(codec="utf-8"), max_size=40)
LURES = st.sampled_from(
    [
        "\r\nBcc: x@example.invalid\r\n",
        "\nEND:VEVENT\nBEGIN:VEVENT\nUID:x\n",
        "=?utf-8?q?=0D=0ABcc:_x=40example.invalid?=",
        "\r\n\r\n--boundary\r\nContent-Type: text/html\r\n\r\n",
        "\r\n.\r\nMAIL FROM:<x@example.invalid>",
        "қ" * 10_000,
        "a\\nATTENDEE:mailto:x@example.invalid",
    ]
)
TEXTS = st.tuples(NASTY, st.just("") | LURES, NASTY).map("".join)


def test_hostile_title_and_name_add_no_header_and_break_nothing(suite: Suite) -> None:
    """Past every check of a form: as if such a text stood in the database all the same."""
    scene = play(suite)
    registered = scene.register(1)
    plain = properties(mail_of_row(scene, registered["id"], "Сабақ", "Әсем"))

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TEXTS, TEXTS)
    def check(title: str, name: str) -> None:
        content = mail_of_row(scene, registered["id"], title, name)
        mail = message_from_bytes(content, policy=policy.SMTP)
        assert sorted(mail.keys()) == sorted(HEADERS)
        assert [box.addr_spec for box in mail["To"].addresses] == [mail_of(1)]
        assert len(str(mail["Subject"])) <= 400
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
        assert max(map(len, content.split(b"\r\n"))) <= 998
        assert len(list(mail.walk())) == 6
        assert not [one.defects for one in mail.walk() if one.defects]
        assert properties(content) == plain

    check()


def test_without_its_guard_a_title_would_break_the_mail(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = play(suite)
    registered = scene.register(1)
    monkeypatch.setattr("services.mail.header_text", lambda value, most=0: value)
    with pytest.raises(ValueError, match="linefeed|CR or LF|newline"):
        mail_of_row(scene, registered["id"], "a\r\nBcc: x@example.invalid", "Әсем")


def mail_of_row(scene: Scene, public_id: str, title: str, name: str) -> bytes:
    """The invitation of a registration when the event and the teacher are called so; nothing is kept."""
    with scene.suite.events.app_context():
        row = db.session.scalars(select(Registration).where(Registration.public_id == public_id)).one()
        message = db.session.scalars(select(Notification).where(Notification.subject_ref == public_id)).one()
        with db.session.no_autoflush:
            db.session.get_one(Event, row.event_id).title = {"kk": title or "x", "ru": title or "x"}
            message.recipient_name = name
            letter = letters.render(message)
            assert letter is not None
            mail = build(letter, sender=OURS, message_id="<n1.ab@q.kz>", date=DATE)
        db.session.rollback()
        return mail.as_bytes()


def properties(content: bytes) -> list[str]:
    """The names of the lines of the calendar part."""
    mail = message_from_bytes(content, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    lines = bytes_of(mail, "text/calendar").replace(b"\r\n ", b"").decode().split("\r\n")
    return [re.split("[:;]", line)[0] for line in lines]
