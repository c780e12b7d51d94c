"""All rows of the events service, so that migrations see every table."""

from events_service.calendars.models import FeedAddress
from events_service.directory import models as directory
from events_service.events.models import AgendaItem, Event, EventAudience, Material
from events_service.fairs.models import Fair, FairSection, Idea
from events_service.registrations.models import Registration

__all__ = [
    "AgendaItem",
    "Event",
    "EventAudience",
    "Fair",
    "FairSection",
    "FeedAddress",
    "Idea",
    "Material",
    "Registration",
    "directory",
]
