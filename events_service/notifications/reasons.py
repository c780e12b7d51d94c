"""Why a letter did not arrive, in the reader's words: what mail servers say is for their keepers.

Enhanced codes are those of RFC 3463, plain ones those of RFC 5321.
"""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from events_service.db import Notification

# The first that fits is said; servers that send no enhanced code are read by their words.
SAID = (
    (r"[45]\.2\.2|\b[45]52\b|quota|mailbox.{0,9} full", _l("Her mailbox is full")),
    (r"[45]\.2\.1|disabled|inactive", _l("Her mailbox is closed")),
    (r"[45]\.7\.\d|spam|blocked|blacklist|policy", _l("Her mail server did not let the letter in")),
    (r"[45]\.3\.4|too (large|big)", _l("The letter is too large for her mail server")),
    (
        r"5\.1\.[1236]|\b55[01]\b|no such|unknown|not exist|not found",
        _l("There is no such mailbox: is the address written right?"),
    ),
    (r"not an e-mail address|5\.1\.\d|\b553\b", _l("The address is not written right")),
    (r"^5\d\d", _l("Her mail server refused the letter")),
    (r"^The database was away", _l("Our database was away for a moment")),
    (r"^4\d\d|^The mail server|timed out|refused|Connection|closed", _l("The mail server takes no letters now")),
)


def of(row: Notification) -> str:
    """The reason of the last try's failure; empty for a letter that is on its way or came."""
    if not row.error or row.status in {"sent", "superseded"}:
        return ""
    if row.status == "uncertain":
        return str(_("The connection broke while the letter was handed over: it may have arrived"))
    found = (said for pattern, said in SAID if re.search(pattern, row.error, re.IGNORECASE))
    return str(next(found, _("The letter could not be made: tell those who run Qonyrau")))
