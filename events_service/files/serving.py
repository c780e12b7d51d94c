"""Files of people go out so that no browser runs them: saved, not shown, and of the type that was found."""

from urllib.parse import quote

from flask import Response

from events_service.files.child import KINDS

SANDBOX = "default-src 'none'; sandbox"
PLAIN = "application/octet-stream"


def attachment(name: str, media_type: str, data: bytes) -> Response:
    """The bytes as a file to save under this name (RFC 6266); a type that is not one of ours is none at all."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(data, mimetype=media_type if media_type in KINDS.values() else PLAIN, headers=headers)
