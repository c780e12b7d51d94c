"""The two ways a message leaves, into a folder or to an SMTP server, and how a try can end.

How it ended matters more than that it failed: only what was surely not accepted may be sent again
without the risk of a second copy.
"""

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Timer
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

READ_TIMEOUT = 20
# The timeout is per read: a server that sends a byte a second would outlast the lease of a letter.
LETTER_DEADLINE = 60
SCHEMES = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class Temporary(Exception):
    """Surely not sent; a later try may do."""


class Permanent(Exception):
    """Surely not sent, and no later try will change that."""


class Ambiguous(Exception):
    """Perhaps sent: the connection ended after the server was given the letter."""


class Transport(Protocol):
    """Where messages go; `send` raises `Temporary`, `Permanent` or `Ambiguous`."""

    def send(self, message: EmailMessage) -> None: ...


@contextmanager
def open_transport(url: str) -> Iterator[Transport]:
    """The transport that `file:/folder`, `smtp://`, `smtps://` or `smtp+starttls://` names."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        yield _Folder(Path(url.removeprefix("file:")))
    elif parts.scheme in SCHEMES and parts.hostname:
        server = _Server(parts)
        try:
            yield server
        finally:
            server.close()
    else:
        raise ValueError("Mail needs an address that begins with file:, smtp:, smtps: or smtp+starttls:")


class _Folder:
    """One .eml a message and try; it appears whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: EmailMessage) -> None:
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            self._write(message)
        except OSError as error:
            raise Temporary(str(error)) from error

    def _write(self, message: EmailMessage) -> None:
        name = re.sub(r"[^A-Za-z0-9]+", "-", message["Message-ID"].partition("@")[0]).strip("-")[:60]
        stem = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{name}"
        with NamedTemporaryFile(dir=self._path, prefix=".", suffix=".part") as part:
            part.write(message.as_bytes())
            part.flush()
            for number in count(1):
                # Unlike a rename, a link never takes the place of another try's file.
                with suppress(FileExistsError):
                    os.link(part.name, self._path / f"{stem}-{number}.eml")
                    return


class _Server:
    """One connection for a batch, made at the first letter and made anew when the server hangs up."""

    def __init__(self, parts: SplitResult) -> None:
        self._parts = parts
        self._connection: smtplib.SMTP | None = None
        self._unreachable = ""

    def send(self, message: EmailMessage) -> None:
        if self._unreachable:
            raise Temporary(self._unreachable)
        connection = self._connection or _client(self._parts)
        with _deadline(connection):
            if self._connection is None:
                self._connect(connection)
            try:
                _hand_over(connection, message)
            finally:
                self._connection = connection if connection.sock else None

    def _connect(self, connection: smtplib.SMTP) -> None:
        try:
            _greet(connection, self._parts)
        except OSError as error:
            # The rest of the batch need not wait for the same timeout again.
            self._unreachable = f"The mail server cannot be used: {error}"
            connection.close()
            raise Temporary(self._unreachable) from error

    def close(self) -> None:
        if self._connection:
            with suppress(OSError):
                self._connection.quit()


def _client(parts: SplitResult) -> smtplib.SMTP:
    client = smtplib.SMTP(timeout=READ_TIMEOUT)
    if parts.scheme == "smtps":
        client = smtplib.SMTP_SSL(timeout=READ_TIMEOUT, context=ssl.create_default_context())
    # Certificates are checked against this name; the constructor sets it only if it also connects.
    client._host = parts.hostname or ""  # type: ignore[attr-defined]
    return client


def _greet(connection: smtplib.SMTP, parts: SplitResult) -> None:
    code, reply = connection.connect(parts.hostname or "", parts.port or SCHEMES[parts.scheme])
    if code != 220:
        raise smtplib.SMTPConnectError(code, reply)
    if parts.scheme == "smtp+starttls":
        connection.starttls(context=ssl.create_default_context())
    connection.ehlo_or_helo_if_needed()
    if parts.username:
        connection.login(unquote(parts.username), unquote(parts.password or ""))


@contextmanager
def _deadline(connection: smtplib.SMTP) -> Iterator[None]:
    def cut() -> None:
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    timer = Timer(LETTER_DEADLINE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hand_over(connection: smtplib.SMTP, message: EmailMessage) -> None:
    sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    body = message.as_bytes()
    try:
        # A sender that is refused is our own fault: the letter must outlive the repair.
        _expect(connection, connection.mail(sender), lasting=Temporary)
        _expect(connection, connection.rcpt(recipient))
    except OSError as error:
        raise Temporary(str(error)) from error
    try:
        answer = code, _ = connection.data(body)
    except smtplib.SMTPDataError as error:
        _expect(connection, (error.smtp_code, error.smtp_error))
    except OSError as error:
        raise Ambiguous(str(error)) from error
    else:
        if code < 200:
            raise Ambiguous("The mail server answered nothing that can be read")
        _expect(connection, answer)


def _expect(connection: smtplib.SMTP, answer: tuple[int, bytes | str], lasting: type[Exception] = Permanent) -> None:
    code, reply = answer
    if 200 <= code < 300:
        return
    reason = f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
    if code == 421:
        connection.close()
    with suppress(OSError):
        connection.rset()
    raise lasting(reason) if 500 <= code < 600 else Temporary(reason)
