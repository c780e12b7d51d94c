"""A real SMTP server that keeps what it is given and answers as a test tells it to."""

import asyncio
from collections import defaultdict
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
    """A message, its bytes, and its envelope, which is what decides where it goes."""

    message: EmailMessage
    sender: str
    recipients: list[str]
    content: bytes = b""


class Sink:
    """`script` may answer a message in place of 250; only what is accepted is kept.

    HANG and DROP keep the message and then say nothing, or end the connection: the sender cannot
    know. Before any answer the sink waits `pause` seconds.
    """

    HANG, DROP = "2 hang", "2 drop"

    def __init__(self) -> None:
        self.messages: list[Received] = []
        self.pause = 0.0
        self.script: Callable[[Envelope], str | None] = lambda envelope: None
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.url = f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.script(envelope) or "250 OK"
        if answer.startswith("2"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            message = message_from_bytes(content, policy=SMTP)
            self.messages.append(Received(message, envelope.mail_from or "", list(envelope.rcpt_tos), content))
        await asyncio.sleep(3600 if answer == self.HANG else self.pause)
        if answer == self.DROP:
            server.transport.abort()
        return answer

    def copies(self) -> dict[str, list[str]]:
        """The Message-IDs that each recipient has got, in order."""
        found = defaultdict(list)
        for received in list(self.messages):
            found[received.recipients[0]].append(str(received.message["Message-ID"]))
        return dict(found)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


def start() -> Sink:
    sink = Sink()
    sink.start()
    return sink
