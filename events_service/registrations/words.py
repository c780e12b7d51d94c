"""How the state of a registration is said."""

from flask_babel import lazy_gettext as _l

STATES = {
    "confirmed": ("ok", _l("Has a place")),
    "waitlisted": ("wait", _l("Waits")),
    "pending": ("plain", _l("Has not confirmed yet")),
    "withdrawn": ("plain", _l("Withdrawn")),
}
