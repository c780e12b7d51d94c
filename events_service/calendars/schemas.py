"""What people say of their own calendar."""

from services.fields import Body, Flag


class SwitchesBody(Body):
    """Reminders in it, and whether cancelled events are left out; a box that is not ticked is not sent."""

    alarms = Flag(load_default=False)
    hide_cancelled = Flag(load_default=False)
