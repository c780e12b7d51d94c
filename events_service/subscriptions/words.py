"""The letters one may do without, and what they are called."""

from flask_babel import lazy_gettext as _l

REMINDER, NEW_EVENT, ORGANISER_MESSAGE = "event_reminder", "event_published", "organiser_message"
DAILY, WEEKLY = "daily_digest", "weekly_digest"
# Never among them: facts about one's own registration.
LETTERS = {
    REMINDER: _l("Reminders before an event begins"),
    ORGANISER_MESSAGE: _l("Messages of organisers to those registered"),
    NEW_EVENT: _l("New events of what I follow"),
    WEEKLY: _l("Once a week: coming events of what I follow"),
    DAILY: _l("Every morning: what is new in my district"),
}
