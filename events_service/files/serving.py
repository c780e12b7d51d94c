"""Files of people go out so that no browser runs them: saved, not shown."""

from urllib.parse import quote

from flask import Response


def attachment(name: str, media_type: str, data: bytes) -> Response:
    """The bytes as a file to save under this name (RFC 6266)."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, mimetype=media_type, headers=headers)
