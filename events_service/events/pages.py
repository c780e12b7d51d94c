"""Pages of events that anyone may read: what is on, and one event."""

from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.db import db
from events_service.directory import queries as directory
from events_service.events import filtering, listing, queries, standing, tables, viewing, words
from events_service.events.filtering import url
from services.exports import table_file
from services.fields import today
from services.forms import Form
from services.i18n import local, said_plain
from services.identity import ANYONE, actor
from services.paging import make_cursor, read_cursor
from services.web import Pages

pages = Pages("events", __name__)
MOST_DRAFTS = 6
WORDS = ("kind_name", "format_name", "language_names", "when_of", "place_of", "margin_of", "file_words")


@pages.app_context_processor
def event_words() -> dict[str, Any]:
    """The words of events, for every template of the service."""
    return {name: getattr(words, name) for name in WORDS}


@pages.get("/", who=ANYONE)
def whats_on() -> str:
    """Events from the chosen month on, or from today on."""
    filters = filtering.read(request.args)
    chosen = filtering.read_month(request.args.get("month", ""))
    since = chosen or today()
    start = read_cursor(filters["cursor"])
    events, more = listing.rows_from(filters, since, start)
    programmes = {row.code: said_plain(row.name) for row in directory.programmes()}
    offered = filtering.choices(programmes)
    mine = standing.mine_among(actor(), [event.id for event in events])
    return render_template(
        "events/list.html",
        month=chosen and f"{chosen:%Y-%m}",
        groups=listing.grouped(events, mine, programmes, since),
        more_url=more and url(filters, month=chosen, cursor=make_cursor(start + listing.MOST_ROWS)),
        nearest=None if events else nearest(filters, since),
        filter_form=Form(None, values=filters),
        filter_words=filtering.said(filters, offered),
        choices=offered,
        clear_url=url({}, month=chosen),
        subscribe_url=url({**filters, "q": ""}, path="/calendars"),
        file_url=lambda form: url(filters, path=f"/events.{form}"),
        **months(filters, since),
        **desk(),
    )


@pages.get("/events.<any(csv, xlsx):form>", who=ANYONE)
def download_events(form: str) -> Response:
    """The events that pass the filters, as a file."""
    return table_file(f"events-{today().isoformat()}", form, tables.of_events(filtering.read(request.args)))


def months(filters: dict[str, Any], since: date) -> dict[str, Any]:
    """The school year around the first day shown."""
    year = listing.year_of(filters, since)
    chosen, first = since.replace(day=1), year.months[0]
    cells = [
        {
            "label": words.short_month(month),
            "count": count,
            "current": month == chosen,
            "url": url(filters, month=month) if count or month == chosen else None,
        }
        for month, count in zip(year.months, year.counts, strict=True)
    ]
    return {
        "year": year,
        "cells": cells,
        "earlier_url": year.earlier and url(filters, month=listing.month_after(first, -12)),
        "later_url": year.later and url(filters, month=listing.month_after(first, 12)),
    }


def desk() -> dict[str, Any]:
    """What an organiser finds above the list: a way to begin, and what she has begun."""
    person = actor()
    if person is None or not person.has("organiser"):
        return {"may_organise": False, "drafts": []}
    drafts = db.session.scalars(queries.drafts_of(person).limit(MOST_DRAFTS)).all()
    return {"may_organise": True, "drafts": drafts}


def nearest(filters: dict[str, Any], since: date) -> dict[str, str]:
    """Where nothing was found: the last event before, or everything that is ahead."""
    last = listing.last_before(filters, since)
    if last and last.starts_at:
        month = local(last.starts_at, last.time_zone).date().replace(day=1)
        name = words.month_and_year(month)
        text = _("From this month on nothing is planned. The last one was in %(month)s.", month=name)
        return {"text": text, "url": url(filters, month=month), "label": _("Show %(month)s", month=name)}
    count = listing.year_of({}, today()).ahead
    text = ngettext("%(num)s other event is ahead.", "%(num)s other events are ahead.", count)
    return {"text": text, "url": "/", "label": _("Show all events")}


@pages.get("/events/<ref>", who=ANYONE)
def event_page(ref: str) -> str:
    """One event, and what its reader can do about it."""
    event = queries.visible(ref, actor())
    return render_template("events/event.html", event=event, **viewing.facts(event, actor()))
