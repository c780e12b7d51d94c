"""A real SMTP server that keeps what it is given and answers as a test tells it to."""

from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.support.processes import free_port


@dataclass(frozen=True)
class Received:
    """A message and its envelope, which is what decides where it goes."""

    message: EmailMessage
    sender: str
    recipients: list[str]


class Sink:
    """`script` may answer a message in place of 250; only what is accepted is kept."""

    def __init__(self) -> None:
        self.messages: list[Received] = []
        self.script: Callable[[Envelope], str | None] = lambda envelope: None
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.url = f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.script(envelope) or "250 OK"
        if answer.startswith("2"):
            message = message_from_bytes(envelope.content or b"", policy=SMTP)
            self.messages.append(Received(message, envelope.mail_from or "", list(envelope.rcpt_tos)))
        return answer

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


def start() -> Sink:
    sink = Sink()
    sink.start()
    return sink
