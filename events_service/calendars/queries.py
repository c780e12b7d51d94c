"""How many events each calendar holds now: what the page of calendars lists."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from events_service.calendars.feeds import shown
from events_service.calendars.models import FeedFetch
from events_service.calendars.selections import Selection
from events_service.db import db
from events_service.directory import queries as directory
from events_service.directory.models import ATTACHMENT, RESOURCE_CENTRE, Fact, Person, School
from events_service.events import words
from events_service.events.models import KINDS, Event, EventAudience
from services.fields import today
from services.i18n import said_plain

Shelf = tuple[str, list[tuple[Selection, str, int]]]


def shelves() -> list[Shelf]:
    """The ready calendars by what they are chosen by, each with its label and its number of events."""
    kinds, programmes, districts = _by(Event.kind), _by(Event.programme), _by_district()
    return [
        (_("By district or city"), _rows("district", districts, directory.territories())),
        (_("By programme"), _rows("programme", programmes, _held(directory.programmes(), programmes))),
        (
            _("By kind"),
            [(Selection(kind=kind), words.kind_name(kind), kinds[kind]) for kind in KINDS if kinds.get(kind)],
        ),
    ]


def total(selection: Selection) -> int:
    """How many events a calendar holds now."""
    found = shown(selection.events()).order_by(None).with_only_columns(func.count(Event.id))
    return db.session.scalar(found) or 0


def near(person_id: str) -> list[tuple[Selection, str, int]]:
    """The calendars of a person's own school and of the cluster it belongs to."""
    person = db.session.get(Person, person_id)
    school = db.session.get(School, person.school_id) if person and person.school_id else None
    if school is None:
        return []
    attached = Fact.kind == ATTACHMENT, Fact.school_id == school.id, Fact.on(today())
    centre = School.id.in_(select(Fact.ref).where(*attached)) | ((School.id == school.id) & (School.id.in_(_centres())))
    found = [Selection(school=school.code)]
    found += [Selection(cluster=code) for code in db.session.scalars(select(School.code).where(centre))]
    return [(selection, selection.word(), total(selection)) for selection in found]


def centres() -> list[tuple[str, list[tuple[str, str]]]]:
    """Centres of clusters to choose from, code and name, under their districts."""
    places: dict[str, list[tuple[str, str]]] = {}
    for school in directory.centres(today()):
        places.setdefault(school.territory_code, []).append((school.code, said_plain(school.name)))
    return [(said_plain(row.name), places[row.code]) for row in directory.territories() if row.code in places]


def _centres() -> Select[Any]:
    return select(Fact.school_id).where(Fact.kind == RESOURCE_CENTRE, Fact.on(today()))


def _rows(filter_name: str, counts: dict[str, int], places: list[Any]) -> list[tuple[Selection, str, int]]:
    return [(Selection(**{filter_name: row.code}), said_plain(row.name), counts.get(row.code, 0)) for row in places]


def _held(rows: list[Any], counts: dict[str, int]) -> list[Any]:
    return [row for row in rows if counts.get(row.code)]


def _by(column: Any) -> dict[str, int]:
    found = shown(select(column, func.count())).group_by(column)
    return dict(db.session.execute(found).tuples().all())


def _by_district() -> dict[str, int]:
    """Events by the districts of the schools they were published for."""
    events = shown(select(Event.id)).subquery()
    found = (
        select(School.territory_code, func.count(EventAudience.event_id.distinct()))
        .join(EventAudience, EventAudience.school_id == School.id)
        .where(EventAudience.event_id.in_(select(events.c.id)))
        .group_by(School.territory_code)
    )
    return dict(db.session.execute(found).tuples().all())


def fetches(person_id: str) -> list[tuple[str, datetime]]:
    """Which programs fetched a person's calendar, each with the last time, the newest first."""
    found = select(FeedFetch.program, FeedFetch.at).where(FeedFetch.person_id == person_id)
    return list(db.session.execute(found.order_by(FeedFetch.at.desc())).tuples())
