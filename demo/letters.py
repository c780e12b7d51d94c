"""The letters the demonstration wrote into its folder instead of sending them."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from services.errors import NotFound
from services.identity import settings_of_app

MOST = 200
HEADERS = ("From", "To", "Subject")


@dataclass(frozen=True)
class Kept:
    """One .eml file and what it says."""

    name: str
    at: datetime
    headers: dict[str, str]
    text: str
    calendar: str


def files() -> list[Path]:
    """The files of the folder, the newest first (their names begin with the time)."""
    url = settings_of_app().mail_url
    if not url.startswith("file:"):
        return []
    return sorted(Path(url.removeprefix("file:")).glob("*.eml"), reverse=True)


def newest() -> list[Kept]:
    """The last letters."""
    return [read(path) for path in files()[:MOST]]


def one(name: str) -> Path:
    """The file of a name that the folder lists; anything else is not found."""
    found = next((path for path in files() if path.name == name), None)
    if found is None:
        raise NotFound
    return found


def read(path: Path) -> Kept:
    """A letter's headers, its text, and its calendar part as text."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return Kept(
        name=path.name,
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        headers={name: str(message[name]) for name in HEADERS if message[name]},
        text=_part(message, "text/plain"),
        calendar=_part(message, "text/calendar"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    found = next((part for part in message.walk() if part.get_content_type() == kind), None)
    return str(found.get_content()) if found else ""
