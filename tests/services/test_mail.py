"""What a mail program gets to see: structure, headers, and nothing that hostile text has added."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services import mail

DATE = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
CALENDAR = "BEGIN:VCALENDAR\r\nX:Қоңырау\r\nEND:VCALENDAR\r\n".encode()
LETTER = mail.Letter(
    to_name="Әсем Оспанова",
    to_address="asem@example.kz",
    subject="Тіркелдіңіз: шағын жинақты мектептегі сабақ",
    text="Сәлеметсіз бе\nОрын сізде.",
    html="<p>Орын сізде.</p>",
    calendar=CALENDAR,
    calendar_method="REQUEST",
    headers={"Content-Language": "kk", "List-Unsubscribe": "<https://q.kz/" + "a" * 120 + ">"},
)
INJECTIONS = [
    "a\r\nBcc: victim@example.kz",
    "a\nBcc: victim@example.kz\n\nbody",
    "a\rBcc: victim@example.kz",
    "=?utf-8?q?a=0D=0ABcc:_victim@example.kz?=",
    "=\x00?utf-8?b?YQ0KQmNjOiB4QHkua3o=?=",
    "==?utf-8?q?=0A?=?=",
    "x\u2028y\u0085z\x0b\x00",
    "\ud800",
    'Аты "Жөні", <a@b.kz>, c@d.kz;',
    "(comment) \\",
    "",
    "🎓" * 300,
    "ұзын " * 2000,
]
hostile = st.one_of(
    st.text(st.characters(), max_size=120),
    st.text(st.sampled_from("\r\n\t =?utf-8bqQB_:;,<>@\"\\().'әұ🎓a"), max_size=80),
    st.sampled_from(INJECTIONS),
)
SUBJECT = "Тіркелдіңіз: шағын мектептегі сабақ Zoom 2026 — «Қоңырау» STEM, ID=5 (онлайн) Meet; Алматы"
WORDS = SUBJECT.split()
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
    "List-Unsubscribe",
]


def build(**changes: object) -> EmailMessage:
    letter = mail.Letter(**{**vars(LETTER), **changes})
    return mail.build(letter, sender="Қоңырау <post@example.kz>", message_id="<n1.abc@example.kz>", date=DATE)


def read(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(message.as_bytes(), policy=SMTP)


def decoded(message: EmailMessage, name: str) -> str:
    """A header as RFC 2047 reads it, without the library's newer parser, which adds spaces to names."""
    raw = message_from_bytes(message.as_bytes())[name]
    return str(make_header(decode_header(raw.replace("\r\n", ""))))


def test_letter_with_calendar_has_the_agreed_structure():
    message = read(build())
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    _, _, plain, html, calendar, attachment = message.walk()
    assert plain.get_content().splitlines() == LETTER.text.splitlines()
    assert html.get_content().strip() == LETTER.html
    assert calendar.get_payload(decode=True) == attachment.get_payload(decode=True) == CALENDAR
    assert attachment.get_filename() == "invite.ics"
    assert attachment.get_content_disposition() == "attachment"


def test_calendar_part_names_method_and_charset_and_no_disposition():
    part = next(part for part in read(build()).walk() if part.get_content_type() == "text/calendar")
    assert dict(part["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert part["Content-Transfer-Encoding"] == "base64"
    assert part["Content-Disposition"] is None


def test_letter_without_calendar_is_text_and_html_alone():
    message = read(build(calendar=None, calendar_method=""))
    found = [part.get_content_type() for part in message.walk()]
    assert found == ["multipart/alternative", "text/plain", "text/html"]


def test_headers_say_who_what_when_and_that_no_person_wrote():
    message = read(build())
    assert message.keys() == HEADERS
    assert str(message["From"]) == "Қоңырау <post@example.kz>"
    assert str(message["To"]) == "Әсем Оспанова <asem@example.kz>"
    assert message["Subject"] == LETTER.subject
    assert message["Date"].datetime == DATE
    assert message["Message-ID"] == "<n1.abc@example.kz>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "kk"


def test_long_link_in_a_header_is_not_encoded():
    link = LETTER.headers["List-Unsubscribe"]
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in build().as_bytes()


def test_message_is_ascii_with_crlf_and_lines_that_smtp_allows():
    body = build().as_bytes()
    assert body.isascii()
    assert body.count(b"\n") == body.count(b"\r\n") == body.count(b"\r")
    assert max(len(line) for line in body.split(b"\r\n")) <= mail.LONGEST_LINE


def test_two_builds_give_the_same_bytes():
    assert build().as_bytes() == build().as_bytes()


def test_a_letters_own_header_takes_the_place_of_ours():
    message = read(build(headers={"Auto-Submitted": "auto-replied"}))
    assert message.get_all("Auto-Submitted") == ["auto-replied"]


def test_reply_to_made_by_mailbox_keeps_one_address():
    reply_to = str(mail.mailbox('Орталық, "Өрлеу"', "orleu@example.kz"))
    (address,) = read(build(headers={"Reply-To": reply_to}))["Reply-To"].addresses
    assert address.addr_spec == "orleu@example.kz"


@given(text=hostile)
@example(text="a b" * 60)
def test_hostile_subject_and_name_add_no_header(text):
    message = read(build(subject=text, to_name=text))
    assert message.keys() == HEADERS
    assert message["To"].addresses[0].addr_spec == "asem@example.kz"
    assert len(message["To"].addresses) == 1
    assert len(list(message.walk())) == 6


@given(text=hostile)
def test_hostile_subject_is_read_back_clean(text):
    assert decoded(build(subject=text), "Subject") == mail.header_text(text)


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=30))
def test_long_subjects_and_names_keep_every_space(words):
    text = " ".join(words)
    message = build(subject=text, to_name=text)
    assert decoded(message, "Subject") == mail.header_text(text)
    name = decoded(message, "To").removesuffix(" <asem@example.kz>")
    assert name.removeprefix('"').removesuffix('"') == mail.header_text(text)
    head = message.as_bytes().partition(b"\r\n\r\n")[0]
    words_of_head = re.findall(rb"=\?utf-8\?[^?]+\?[^?]*\?=", head)
    assert all(len(word) <= 75 for word in words_of_head)


@given(text=hostile)
def test_hostile_header_value_adds_no_header(text):
    message = read(build(headers={"Content-Language": "kk", "List-Unsubscribe": text}))
    assert message.keys() == HEADERS


@given(text=hostile)
def test_hostile_bodies_stay_in_their_parts(text):
    message = read(build(text=text, html=text))
    assert message.keys() == HEADERS
    assert len(list(message.walk())) == 6


@given(text=st.one_of(hostile, hostile.map(lambda text: f"a{text}@example.kz")))
def test_hostile_address_is_one_recipient_or_refused(text):
    try:
        message = read(build(to_address=text))
    except mail.Permanent:
        return
    assert message.keys() == HEADERS
    (address,) = message["To"].addresses
    assert address.addr_spec.isascii()
    assert len(list(message.walk())) == 6


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@example.kz", "a@b.kz, c@d.kz", "a b@c.kz", "<a@b.kz>", "a@b.kz (x)", "ә@b.kz", "a@@b"],
)
def test_address_that_cannot_be_written_to_is_refused_for_good(address):
    with pytest.raises(mail.Permanent):
        build(to_address=address)


def test_line_breaks_in_an_address_are_left_out():
    (address,) = read(build(to_address="asem@example.kz\r\n"))["To"].addresses
    assert address.addr_spec == "asem@example.kz"


def test_address_with_a_kazakh_domain_is_written_in_ascii():
    (address,) = read(build(to_address="asem@мектеп.қаз"))["To"].addresses
    assert address.domain == "мектеп.қаз".encode("idna").decode()


def test_encoded_word_in_a_subject_stays_what_was_typed():
    assert read(build(subject="=?utf-8?q?a=0D=0AX:_y?="))["Subject"] == "= ?utf-8?q?a=0D=0AX:_y?="
