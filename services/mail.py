"""Letters as MIME messages, in the shape that mail and calendar programs understand.

How they leave, and how a try may end, is in `transports`; it is offered here too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from hashlib import sha256
from typing import Any

from services.text import UNSAFE, tidy
from services.transports import Ambiguous, Permanent, Temporary, Transport, open_transport

__all__ = (
    "Ambiguous", "Letter", "Permanent", "Temporary", "Transport", "build", "header_text", "mailbox", "open_transport"
)  # fmt: skip

LONGEST_HEADER_TEXT = 400
LONGEST_LINE = 998


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


class _Policy(EmailPolicy):
    """Writes headers itself, where the library's folding harms them.

    It turns a long link into encoded words, and joins or splits words of a long subject in Kazakh.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        line = f"{name}: {value}"
        if line.isascii() and line.isprintable() and len(line) <= LONGEST_LINE:
            return line.encode() + self.linesep.encode()
        if hasattr(value, "params"):
            return super().fold_binary(name, value)
        boxes = [_encoded_mailbox(box) for box in getattr(value, "addresses", ())]
        encoded = ",\n ".join(boxes) or _encoded(value)
        return f"{name}: {encoded}\n".replace("\n", self.linesep).encode("ascii")


def _encoded(text: str) -> str:
    """Encoded words, each whole letters, short enough to stand after any header's name."""
    return Header(text, "utf-8", maxlinelen=75, header_name="x" * 16).encode()


def _encoded_mailbox(box: Address) -> str:
    return str(box) if str(box).isascii() else f"{_encoded(box.display_name)}\n <{box.addr_spec}>"


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
