"""What the programs are called that fetch calendars."""

from flask_babel import lazy_gettext as _l

PROGRAMS = {
    "Google": _l("Google Calendar"),
    "Apple": _l("iPhone, iPad, Mac"),
    "Android": _l("Android"),
    "Outlook": _l("Outlook"),
    "Thunderbird": _l("Thunderbird"),
}
OTHER = _l("Another program")
