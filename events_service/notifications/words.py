"""What the kinds and states of messages are called."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "registration_confirmed": _l("Registration confirmed"),
    "registration_waiting": _l("On the waiting list"),
    "registration_promoted": _l("A place became free"),
    "registration_withdrawn": _l("Registration withdrawn"),
    "guest_confirm": _l("Request to confirm"),
    "event_changed": _l("New time or place"),
    "event_cancelled": _l("Cancelled"),
    "event_restored": _l("Takes place after all"),
    "idea_accepted": _l("Idea accepted"),
    "idea_declined": _l("Idea not taken"),
    "idea_moved": _l("New slot of an idea"),
    "fair_cancelled": _l("Cancelled"),
    "fair_restored": _l("Takes place after all"),
    "contest_cancelled": _l("Cancelled"),
    "contest_restored": _l("Takes place after all"),
    "entry_received": _l("Receipt of an entry"),
    "entry_returned": _l("Entry returned"),
    "entry_admitted": _l("Entry admitted"),
    "entry_refused": _l("Entry not admitted"),
    "entry_excluded": _l("Entry excluded"),
    "entry_opened": _l("Entry begun by the organisers"),
    "entry_extended": _l("More time for an entry"),
    "entries_waiting": _l("Entries wait for a decision"),
    "event_reminder": _l("Reminder"),
    "event_published": _l("New event"),
    "daily_digest": _l("News of the district"),
    "weekly_digest": _l("Events of the week"),
    "sheet_reopened": _l("Score sheet opened again"),
    "sheets_due": _l("Sheets wait for a signature"),
    "ideas_waiting": _l("Ideas wait for a decision"),
    "jury_named": _l("Named to the jury"),
    "jury_opened": _l("Scoring has opened"),
    "jury_extended": _l("New deadline of the jury"),
    "jury_entry": _l("One more entry to score"),
    "jury_left": _l("An entry has left the contest"),
    "jury_cancelled": _l("Cancelled"),
    "jury_restored": _l("Takes place after all"),
    "jury_short": _l("An entry lacks a reader"),
    "results_published": _l("Results published"),
    "appeal_filed": _l("Appeal"),
    "appeal_answered": _l("Answer to an appeal"),
    "award_ready": _l("Award ready"),
    "organiser_message": _l("Message of the organisers"),
    "organiser_message_test": _l("Test of a message"),
}
# The mark of the look and the word of each state.
STATES = {
    "queued": ("wait", _l("In the queue")),
    "sending": ("wait", _l("Being sent")),
    "held": ("warn", _l("Held back")),
    "sent": ("ok", _l("Sent")),
    "failed": ("no", _l("Not delivered")),
    "uncertain": ("warn", _l("It is not known whether it arrived")),
    "superseded": ("plain", _l("Not needed any more")),
}
GROUPS = {
    "trouble": (_l("Needs a hand"), _l("not delivered")),
    "waiting": (_l("In the queue"), _l("in the queue")),
    "sent": (_l("Sent"), _l("sent")),
    "dropped": (_l("Not needed any more"), _l("not needed any more")),
}
# Whom an organiser's message is for.
WHOM = {
    "all": _l("Everybody who has a place or waits"),
    "confirmed": _l("Those who have a place"),
    "waitlisted": _l("Those who wait"),
}


def kind_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))
