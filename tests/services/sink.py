"""SMTP servers for the tests: one that keeps what it gets, and ones that treat us badly."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from services import mail

DATE = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def message(number: int = 1) -> EmailMessage:
    letter = mail.Letter("Әсем", "asem@example.kz", "Тіркелдіңіз", ".\n.жол", "<p>жол</p>", CALENDAR, "REQUEST")
    return mail.build(letter, sender="Q <post@example.kz>", message_id=f"<n{number}.ab@q.kz>", date=DATE)


class Sink:
    """Keeps envelopes; `answers` holds what to say instead of yes, by command."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.envelopes: list[Envelope] = []
        self.connections = 0

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return self.answers.get("DATA", "250 OK")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def listening(sink: Sink, **options: Any) -> Iterator[int]:
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def scripted(*dialogues: Callable[[socket.socket, Any], None]) -> Iterator[str]:
    """A server that treats its nth connection as the nth dialogue says, and refuses further ones."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            with suppress(OSError):
                for dialogue in dialogues:
                    connection, _ = listener.accept()
                    with connection, connection.makefile("rb") as lines:
                        dialogue(connection, lines)
                listener.close()

        threading.Thread(target=run, daemon=True).start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"


def until_data(connection: socket.socket, lines: Any) -> None:
    connection.sendall(b"220 hello\r\n")
    for answer in (b"250 ehlo", b"250 mail", b"250 rcpt", b"354 go"):
        lines.readline()
        connection.sendall(answer + b"\r\n")


def swallow(lines: Any) -> None:
    while lines.readline() not in (b".\r\n", b""):
        pass


def closes_after_data(connection: socket.socket, lines: Any) -> None:
    until_data(connection, lines)
    swallow(lines)


def hangs_after_data(connection: socket.socket, lines: Any) -> None:
    until_data(connection, lines)
    swallow(lines)
    lines.readline()


def mumbles_after_data(connection: socket.socket, lines: Any) -> None:
    until_data(connection, lines)
    swallow(lines)
    connection.sendall(b"what?\r\n")
    lines.readline()


def closes_after_mail(connection: socket.socket, lines: Any) -> None:
    connection.sendall(b"220 hello\r\n")
    lines.readline()
    connection.sendall(b"250 ehlo\r\n")
    lines.readline()


def greets_with_421(connection: socket.socket, lines: Any) -> None:
    connection.sendall(b"421 too busy\r\n")


def drips(connection: socket.socket, lines: Any) -> None:
    connection.sendall(b"220 hello\r\n")
    lines.readline()
    with suppress(OSError):
        while True:
            connection.sendall(b"2")
            threading.Event().wait(0.05)


def accepts(connection: socket.socket, lines: Any) -> None:
    until_data(connection, lines)
    swallow(lines)
    connection.sendall(b"250 taken\r\n")
    lines.readline()
