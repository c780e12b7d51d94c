"""Why a message is owed, and whether it still is: what has been overtaken must not be sent."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from events_service.db import Notification, db
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.notifications import reminders
from events_service.registrations.models import (
    CONFIRMED,
    LIVE,
    PENDING,
    WAITLISTED,
    WITHDRAWN,
    Registration,
    waits_before,
)


@dataclass(frozen=True)
class Cause:
    """A message with the registration and the event it speaks of, as they are now."""

    message: Notification
    registration: Registration
    event: Event

    @property
    def seated(self) -> bool:
        return self.registration.status == CONFIRMED

    @property
    def live(self) -> bool:
        return self.registration.status in LIVE

    @property
    def takes_place(self) -> bool:
        return self.event.status == PUBLISHED

    @property
    def position(self) -> int:
        """Her number on the waiting list, 1 for the first; means nothing for those who do not wait."""
        before = select(func.count()).select_from(Registration).where(waits_before(self.registration))
        return (db.session.scalar(before) or 0) + 1

    @property
    def guest(self) -> bool:
        return self.registration.person_id is None


def cause_of(message: Notification) -> Cause | None:
    """The cause of a message; None when it is gone or a later message says more."""
    row = db.session.scalars(select(Registration).where(Registration.public_id == message.subject_ref)).first()
    if row is None:
        return None
    cause = Cause(message, row, row.event)
    return cause if STANDS[message.kind](cause) else None


def _asked(cause: Cause) -> bool:
    """The newest of her requests, still unanswered."""
    row = cause.registration
    return cause.takes_place and row.status == PENDING and row.version == cause.message.sequence


def _left(cause: Cause) -> bool:
    """She left and did not come back: the letter would take the event out of her calendar again."""
    row = cause.registration
    again = select(Registration.id).where(
        Registration.event_id == row.event_id,
        Registration.attendee == row.attendee,
        Registration.status.in_(LIVE),
    )
    return row.status == WITHDRAWN and db.session.scalar(again) is None


def _moved(cause: Cause) -> bool:
    return cause.live and cause.takes_place and cause.event.sequence == cause.message.sequence


def _called_off(cause: Cause) -> bool:
    return cause.live and cause.event.status == CANCELLED and _newest(cause)


def _restored(cause: Cause) -> bool:
    return cause.live and cause.takes_place and _newest(cause)


def _newest(cause: Cause) -> bool:
    """No later message of the same kind is owed for the same registration."""
    message = cause.message
    later = select(Notification.id).where(
        Notification.topic == message.topic,
        Notification.subject_ref == message.subject_ref,
        Notification.kind == message.kind,
        Notification.sequence > message.sequence,
    )
    return db.session.scalar(later.limit(1)) is None


def _has_place(cause: Cause) -> bool:
    return cause.takes_place and cause.seated


def _waits(cause: Cause) -> bool:
    return cause.takes_place and cause.registration.status == WAITLISTED


def _reminds(cause: Cause) -> bool:
    return _has_place(cause) and reminders.stands(cause.event, cause.message.sequence)


STANDS: dict[str, Callable[[Cause], bool]] = {
    "registration_confirmed": _has_place,
    "registration_waiting": _waits,
    "registration_promoted": _has_place,
    "registration_withdrawn": _left,
    "guest_confirm": _asked,
    "event_changed": _moved,
    "event_cancelled": _called_off,
    "event_restored": _restored,
    "organiser_message": lambda cause: cause.live,
    "event_reminder": _reminds,
}
KINDS = tuple(STANDS)
