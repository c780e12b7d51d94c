"""All rows of the events service, so that migrations see every table."""

from events_service.awards.models import Award, Protocol
from events_service.calendars.models import FeedAddress, FeedFetch
from events_service.contests.models import Contest, Criterion, Nomination, Stage
from events_service.directory import models as directory
from events_service.entries.models import Entry, EntryFile, StageEntry
from events_service.events.models import AgendaItem, Event, EventAudience, Material
from events_service.fairs.models import Fair, FairSection, Idea
from events_service.jury.models import Assignment, Conflict, Deal, JuryMember
from events_service.notifications.models import LetterTemplate, OrganiserMessage
from events_service.registrations.models import Registration
from events_service.results.models import Appeal, Compilation, Correction, TieVote
from events_service.scoring.models import Score
from events_service.subscriptions.models import Follow, Subscription

__all__ = [
    "AgendaItem",
    "Appeal",
    "Assignment",
    "Award",
    "Compilation",
    "Conflict",
    "Contest",
    "Correction",
    "Criterion",
    "Deal",
    "Entry",
    "EntryFile",
    "Event",
    "EventAudience",
    "Fair",
    "FairSection",
    "FeedAddress",
    "FeedFetch",
    "Follow",
    "Idea",
    "JuryMember",
    "LetterTemplate",
    "Material",
    "Nomination",
    "OrganiserMessage",
    "Protocol",
    "Registration",
    "Score",
    "Stage",
    "StageEntry",
    "Subscription",
    "TieVote",
    "directory",
]
