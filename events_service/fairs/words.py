"""What the states and the wished forms of an idea are called."""

from flask_babel import lazy_gettext as _l

from events_service.fairs.models import ACCEPTED, DECLINED, DRAFT, SUBMITTED, WITHDRAWN

# The mark of the look and the word of each state.
STATES = {
    DRAFT: ("plain", _l("Draft, not sent yet")),
    SUBMITTED: ("wait", _l("Sent, waits for a decision")),
    ACCEPTED: ("ok", _l("Accepted")),
    DECLINED: ("no", _l("Not taken")),
    WITHDRAWN: ("plain", _l("Taken back")),
}
WISHES = {
    "talk": _l("Talk"),
    "master_class": _l("Master class"),
    "workshop": _l("Workshop"),
    "poster": _l("Poster or stand"),
}


def wish_name(wish: str) -> str:
    return str(WISHES.get(wish, wish))
