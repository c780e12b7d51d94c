"""All rows of the events service, so that migrations see every table."""

from events_service.calendars.models import FeedAddress, FeedFetch
from events_service.directory import models as directory
from events_service.events.models import AgendaItem, Event, EventAudience, Material
from events_service.fairs.models import Fair, FairSection, Idea
from events_service.notifications.models import LetterTemplate, OrganiserMessage
from events_service.registrations.models import Registration
from events_service.subscriptions.models import Follow, Subscription

__all__ = [
    "AgendaItem",
    "Event",
    "EventAudience",
    "Fair",
    "FairSection",
    "FeedAddress",
    "FeedFetch",
    "Follow",
    "Idea",
    "LetterTemplate",
    "Material",
    "OrganiserMessage",
    "Registration",
    "Subscription",
    "directory",
]
