"""Schools to choose from in forms: only those the reader keeps."""

from datetime import date

from sqlalchemy import false

from registry_service.schools import queries, words
from registry_service.schools.models import SMALL_CLASS, School
from services.identity import Actor

Choices = list[tuple[str, list[tuple[str, str]]]]


def kept(actor: Actor) -> queries.Predicate:
    """In a district she keeps."""
    if actor.has("registrar"):
        return ~false()
    return School.territory_code.in_(actor.scopes("coordinator"))


def school_choices(actor: Actor, day: date) -> Choices:
    return words.school_choices(queries.of_day(kept(actor), day=day))


def small_class_choices(actor: Actor, day: date) -> Choices:
    small = queries.with_status(SMALL_CLASS, day)
    return words.school_choices(queries.of_day(kept(actor), small, day=day))
