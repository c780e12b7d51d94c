"""How letters leave: what the other side got, and what the sender is told when it did not."""

import socket
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from services import mail, transports
from tests.services import sink as servers
from tests.services.sink import CALENDAR, DATE, Sink, free_port, listening, message, scripted


def test_folder_gets_one_whole_message_per_try(tmp_path: Path):
    folder = tmp_path / "a" / "mail"
    with mail.open_transport(f"file:{folder}") as transport:
        transport.send(message())
        transport.send(message())
        transport.send(message(2))
    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == [".eml"] * 3
    assert [path.read_bytes() for path in files[:2]] == [message().as_bytes()] * 2
    assert message_from_bytes(files[2].read_bytes(), policy=SMTP)["Message-ID"] == "<n2.ab@q.kz>"


def test_folder_file_is_named_by_time_message_and_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return DATE

    monkeypatch.setattr(transports, "datetime", Clock)
    with mail.open_transport(f"file:{tmp_path}") as transport:
        transport.send(message())
        transport.send(message())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "20261124T053000.000000Z-n1-ab-1.eml",
        "20261124T053000.000000Z-n1-ab-2.eml",
    ]


def test_folder_that_cannot_be_written_is_temporary(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with mail.open_transport(f"file:{tmp_path}/file") as transport, pytest.raises(mail.Temporary):
        transport.send(message())


@pytest.mark.parametrize("url", ["", "http://example.kz", "smtp://", "/var/mail"])
def test_address_of_no_known_kind_is_refused(url: str):
    with pytest.raises(ValueError, match="smtp"), mail.open_transport(url):
        pass


def test_server_gets_the_message_as_it_was_built():
    sink = Sink()
    with listening(sink) as port, mail.open_transport(f"smtp://127.0.0.1:{port}") as transport:
        transport.send(message())
    (envelope,) = sink.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("post@example.kz", ["asem@example.kz"])
    assert envelope.content == message().as_bytes()
    parts = list(message_from_bytes(envelope.content, policy=SMTP).walk())
    assert [part.get_content_type() for part in parts] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert parts[4].get_payload(decode=True) == parts[5].get_payload(decode=True) == CALENDAR


def test_batch_goes_over_one_connection():
    sink = Sink()
    with listening(sink) as port, mail.open_transport(f"smtp://127.0.0.1:{port}") as transport:
        for number in range(5):
            transport.send(message(number))
    assert len(sink.envelopes) == 5
    assert sink.connections == 1


def test_batch_without_letters_makes_no_connection():
    sink = Sink()
    with listening(sink) as port, mail.open_transport(f"smtp://127.0.0.1:{port}"):
        pass
    assert sink.connections == 0


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        ("RCPT", "550 no such person", mail.Permanent),
        ("RCPT", "450 come back", mail.Temporary),
        ("DATA", "554 spam", mail.Permanent),
        ("DATA", "451 greylisted", mail.Temporary),
        ("DATA", "421 closing", mail.Temporary),
        ("MAIL", "550 sender refused", mail.Temporary),
        ("MAIL", "451 later", mail.Temporary),
    ],
)
def test_refusal_is_told_by_its_kind_and_the_next_letter_leaves(command: str, answer: str, expected: type[Exception]):
    sink = Sink(**{command: answer})
    with listening(sink) as port, mail.open_transport(f"smtp://127.0.0.1:{port}") as transport:
        with pytest.raises(expected, match=answer[:3]):
            transport.send(message())
        sink.answers.clear()
        sink.envelopes.clear()
        transport.send(message(2))
    assert len(sink.envelopes) == 1


@pytest.mark.parametrize("dialogue", [servers.closes_after_data, servers.hangs_after_data, servers.mumbles_after_data])
def test_end_after_the_letter_was_given_is_ambiguous(dialogue: Callable[..., None], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transports, "READ_TIMEOUT", 0.5)
    with scripted(dialogue) as url, mail.open_transport(url) as transport, pytest.raises(mail.Ambiguous):
        transport.send(message())


@pytest.mark.parametrize("dialogue", [servers.closes_after_mail, servers.greets_with_421])
def test_end_before_the_letter_was_given_is_temporary(dialogue: Callable[..., None]):
    with scripted(dialogue) as url, mail.open_transport(url) as transport, pytest.raises(mail.Temporary):
        transport.send(message())


def test_server_that_hung_up_is_called_again_for_the_next_letter():
    with scripted(servers.closes_after_data, servers.accepts) as url, mail.open_transport(url) as transport:
        with pytest.raises(mail.Ambiguous):
            transport.send(message())
        transport.send(message(2))


def test_unreachable_server_is_tried_once_a_batch():
    calls = []

    def refuse(connection: socket.socket, lines: Any) -> None:
        calls.append(1)
        servers.greets_with_421(connection, lines)

    with scripted(refuse, refuse) as url, mail.open_transport(url) as transport:
        for _ in range(3):
            with pytest.raises(mail.Temporary, match="421"):
                transport.send(message())
    assert len(calls) == 1


def test_closed_port_is_temporary():
    url = f"smtp://127.0.0.1:{free_port()}"
    with mail.open_transport(url) as transport, pytest.raises(mail.Temporary):
        transport.send(message())


def test_dripping_server_is_cut_off_at_the_deadline(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transports, "LETTER_DEADLINE", 0.5)
    with scripted(servers.drips) as url, mail.open_transport(url) as transport, pytest.raises(mail.Temporary):
        transport.send(message())
