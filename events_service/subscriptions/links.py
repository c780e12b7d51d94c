"""Signed links by which a reader stops letters of one kind, also without signing in (RFC 8058).

They hold who she is and the kind, and do not end: a letter may be read years later.
"""

from itsdangerous import BadSignature, URLSafeSerializer

from events_service.subscriptions.words import LETTERS
from services.identity import settings_of_app


def url_of(reader: str, kind: str) -> str:
    """Where a reader stops letters of a kind; `reader` as `Registration.attendee`."""
    return f"{settings_of_app().public_url}/unsubscribe/{_signer().dumps([reader, kind])}"


def headers(reader: str, kind: str) -> dict[str, str]:
    """The two headers by which a mail program offers to stop these letters with one press."""
    return {
        "List-Unsubscribe": f"<{url_of(reader, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def named_by(token: str) -> tuple[str, str] | None:
    """The reader and the kind that a link of ours names; None for any other text."""
    try:
        reader, kind = _signer().loads(token)
    except BadSignature:
        return None
    return (reader, kind) if kind in LETTERS else None


def _signer() -> URLSafeSerializer:
    settings = settings_of_app()
    keys = [*settings.secret_key_fallbacks, settings.secret_key]
    return URLSafeSerializer(keys, salt="unsubscribe")
