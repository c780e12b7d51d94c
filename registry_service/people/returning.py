"""Where to go after signing in: a path of this site, and never anything a stranger could aim elsewhere."""

import re
from urllib.parse import urlsplit

HOME = "/"
LONGEST = 200
# Browsers drop tabs and newlines, read «\» as «/», and take «//» for another host.
_MISLEADING = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|//|%(?:00|0[9ad]|2f|5c)", re.IGNORECASE)
_PAGES_OF_SIGNING_IN = ("/registry/sign-", "/demo/sign-in", "/registry/demo/sign-in")


def safe_path(wanted: str | None) -> str:
    """`wanted` if it is a plain path of this site, else the start page."""
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/") or _MISLEADING.search(wanted):
        return HOME
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or parts.path.startswith(_PAGES_OF_SIGNING_IN):
        return HOME
    return wanted
