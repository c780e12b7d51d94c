"""What the states of an entry are called."""

from flask_babel import lazy_gettext as _l

from events_service.entries.models import ADMITTED, DRAFT, EXCLUDED, REFUSED, RETURNED, SUBMITTED, WITHDRAWN

# The mark of the look and the word of each state.
STATES = {
    DRAFT: ("plain", _l("Draft, not sent yet")),
    SUBMITTED: ("wait", _l("Sent, waits to be admitted")),
    RETURNED: ("warn", _l("Returned to be mended")),
    ADMITTED: ("ok", _l("Admitted")),
    REFUSED: ("no", _l("Not admitted")),
    WITHDRAWN: ("plain", _l("Taken back")),
    EXCLUDED: ("no", _l("Excluded from the contest")),
}
ELIGIBLE = {
    "small_class": _l("Teachers of small-class schools may enter."),
    "small_class_or_centre": _l("Teachers of small-class schools and of resource centres may enter."),
    "anyone": _l("Teachers of all schools may enter."),
}
"""Whose teachers may enter, by `contests.rules.Rules.eligibility`."""
