"""What the page of one event says to the person who looks at it."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from events_service.db import db
from events_service.directory import queries as directory
from events_service.events import clashes, listing, queries, seats, standing, words
from events_service.events.models import AgendaItem, Event
from services.database import utcnow
from services.fields import today
from services.i18n import local, pick, said_plain
from services.identity import Actor

HOME = "Asia/Almaty"


def facts(event: Event, actor: Actor | None) -> dict[str, Any]:
    """Everything the template needs beside the event itself."""
    mine, owner = standing.mine(actor, event.id), queries.owns(actor, event)
    description, code = pick(event.description)
    state = queries.registration_state(event, utcnow())
    return {
        "dates": dates_of(event),
        "hours": "" if event.all_day else listing.hours_of(event),
        "zone": _("Almaty time") if event.time_zone == HOME else event.time_zone,
        "place": words.place_of(event),
        "programme": directory.programme(event.programme) if event.programme else None,
        "organisation": directory.organisation(event.organisation),
        "paragraphs": [part.strip() for part in description.split("\n\n") if part.strip()],
        "paragraphs_language": code,
        "agenda": list(_agenda(event)),
        "state": state,
        "clashes": clashes.of_event(event) if owner and state != "past" else [],
        "kept": seats.reserved_now(event),
        "mine": mine,
        "position": standing.position(mine) if mine else None,
        "must_wait": must_wait(event, actor),
        "join_url": event.join_url if queries.may_join(actor, event) else "",
        "owner": owner,
        "may_list": actor is not None and actor.has("coordinator", "official"),
        "audience_total": audience_total(event) if owner else None,
    }


def must_wait(event: Event, actor: Actor | None) -> bool:
    """Would this reader be put on the waiting list? A guest's school is not known yet."""
    if actor is None:
        return event.capacity is not None and event.seats_taken >= event.capacity
    return not seats.may_sit(db.session(), event, directory.is_small(actor.unit, today()))


def dates_of(event: Event) -> str:
    """The day without its hours; a span where it takes several."""
    return words.when_of(event) if _long(event) else words.day_of(event)


def audience_total(event: Event) -> int:
    """For how many schools: stored at publishing, counted while it is a draft."""
    if event.audience_total is not None:
        return event.audience_total
    return count_schools(event.audience)


def count_schools(audience: Mapping[str, Any]) -> int:
    """How many schools a rule gives today."""
    rows = directory.audience_schools(audience, today()).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _long(event: Event) -> bool:
    if event.date_precision != "day" or event.starts_at is None or event.ends_at is None:
        return True
    first, last = (local(at, event.time_zone).date() for at in (event.starts_at, event.ends_at))
    return first != last and not words.one_whole_day(event)


def _agenda(event: Event) -> Iterator[dict[str, Any]]:
    """Lines of the agenda; the day is named where it changes."""
    names = {row.code: said_plain(row.name) for row in directory.territories()} if event.agenda else {}
    before = local(event.starts_at, event.time_zone).date() if event.starts_at else None
    for item in event.agenda:
        day = local(item.starts_at, event.time_zone).date() if item.starts_at else before
        yield {"item": item, "day": day if day != before else None, "by": _by(item, names)}
        before = day


def _by(item: AgendaItem, names: Mapping[str, str]) -> str:
    return ", ".join(part for part in (item.presenter, names.get(item.district, "")) if part)
