"""Letters as MIME messages, and the two ways they leave: into a folder, or to an SMTP server.

How a try ended matters more than that it failed: only what was surely not accepted may be sent
again without the risk of a second copy.
"""

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Timer
from typing import Any, NoReturn, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from services.text import UNSAFE, tidy

READ_TIMEOUT = 20
# The timeout is per read: a server that sends a byte a second would outlast the lease of a letter.
LETTER_DEADLINE = 60
LONGEST_HEADER_TEXT = 400
LONGEST_LINE = 998
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class Temporary(Exception):
    """Surely not sent; a later try may do."""


class Permanent(Exception):
    """Surely not sent, and no later try will change that."""


class Ambiguous(Exception):
    """Perhaps sent: the connection ended after the server was given the letter."""


@dataclass(frozen=True)
class Letter:
    """One message to one person. `calendar_method` must be the METHOD that `calendar` holds."""

    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    calendar_method: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Transport(Protocol):
    """Where messages go; `send` raises `Temporary`, `Permanent` or `Ambiguous`."""

    def send(self, message: EmailMessage) -> None: ...


class _Policy(EmailPolicy):
    """Leaves ASCII headers in one line: the library would turn a long link into encoded words."""

    def fold_binary(self, name: str, value: str) -> bytes:
        line = f"{name}: {value}"
        if line.isascii() and line.isprintable() and len(line) <= LONGEST_LINE:
            return line.encode() + b"\r\n"
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")


def build(letter: Letter, *, sender: str, message_id: str, date: datetime) -> EmailMessage:
    """The message; equal arguments give equal bytes, so that a second try sends a true copy."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = mailbox(*parseaddr(sender))
    message["To"] = mailbox(letter.to_name, letter.to_address)
    message["Subject"] = header_text(letter.subject)
    message["Date"] = date
    message["Message-ID"] = header_text(message_id)
    message["Auto-Submitted"] = "auto-generated"
    _add_bodies(message, letter)
    for name, value in letter.headers.items():
        del message[name]
        message[name] = header_text(value, LONGEST_LINE)
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"{sha256(message_id.encode()).hexdigest()[:32]}-{number}")
    return message


def mailbox(name: str, address: str) -> Address:
    """Name and address for a header; `Permanent` if nothing can be sent to such an address."""
    local, _, domain = re.sub(r"[\n\t]", "", UNSAFE.sub("", address)).strip().rpartition("@")
    try:
        exact = f"{local}@{domain.encode('idna').decode()}"
        found = Address(header_text(name), addr_spec=exact)
    except (ValueError, IndexError, MessageError) as error:
        raise Permanent("This is not an e-mail address") from error
    if found.addr_spec != exact:
        raise Permanent("This is not an e-mail address")
    return found


def header_text(value: str, most: int = LONGEST_HEADER_TEXT) -> str:
    """Text that stays text in a header: one line, and nothing that reads as an encoded word.

    The library decodes encoded words that it is given, and a line break may hide in one.
    """
    line = re.sub(r"[\n\t]", " ", tidy(UNSAFE.sub("", value.replace("\r", "\n"))))
    return line.replace("=?", "= ?")[:most].strip()


def _add_bodies(message: EmailMessage, letter: Letter) -> None:
    message.set_content(_body(letter.text), cte="base64")
    message.add_alternative(_body(letter.html), subtype="html", cte="base64")
    if letter.calendar is None:
        return
    # As bytes: given text, the library would turn CRLF into LF, which some calendars refuse.
    method = {"charset": "utf-8", "method": letter.calendar_method}
    message.add_alternative(letter.calendar, maintype="text", subtype="calendar", cte="base64", params=method)
    message.add_attachment(letter.calendar, maintype="application", subtype="ics", filename="invite.ics")


def _body(value: str) -> str:
    return UNSAFE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


@contextmanager
def open_transport(url: str) -> Iterator[Transport]:
    """The transport that `file:/folder`, `smtp://`, `smtps://` or `smtp+starttls://` names."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        yield _Folder(Path(url.removeprefix("file:")))
    elif parts.scheme in _PORTS and parts.hostname:
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
    if parts.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(timeout=READ_TIMEOUT, context=ssl.create_default_context())
    else:
        client = smtplib.SMTP(timeout=READ_TIMEOUT)
    # Certificates are checked against this name; the constructor sets it only if it also connects.
    client._host = parts.hostname or ""
    return client


def _greet(connection: smtplib.SMTP, parts: SplitResult) -> None:
    code, reply = connection.connect(parts.hostname or "", parts.port or _PORTS[parts.scheme])
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
    body = message.as_bytes()
    try:
        # A sender that is refused is our own fault: the letter must outlive the repair.
        _expect(connection, connection.mail(_address(message["From"])), lasting=False)
        _expect(connection, connection.rcpt(_address(message["To"])))
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        raise Temporary(str(error)) from error
    try:
        outcome = connection.data(body)
    except smtplib.SMTPDataError as error:
        outcome = (error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        raise Ambiguous(str(error)) from error
    _expect(connection, outcome)
