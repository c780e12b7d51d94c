"""Pages of those who look after an event: who is registered, and withdrawing one of them."""

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.db import db
from events_service.events import filtering, standing
from events_service.events import queries as events
from events_service.registrations import booking, queries, tables, words
from services.app import say
from services.errors import NotFound
from services.exports import table_file
from services.forms import Form
from services.identity import actor, holders, me
from services.paging import PageQuery, paged
from services.web import Pages

pages = Pages("registrants", __name__)
ROWS = 200


@pages.get("/events/<ref>/registrations", who=holders("organiser", "coordinator", "official"))
def registrants(ref: str) -> str:
    """Organisers see all, a coordinator her own districts', an official counts."""
    event = events.visible(ref, actor())
    owner, cursor = events.owns(actor(), event), request.args.get("cursor", "")
    only_counts = me().has("official") and not owner
    filtering.loaded(PageQuery(), {"cursor": cursor} if cursor else {})
    page = {} if only_counts else paged(db.session(), queries.of_event(event, me()), ROWS, cursor, lambda row: row)
    return render_template(
        "registrations/registrants.html",
        event=event,
        owner=owner,
        counts=queries.counts(event) if owner or only_counts else None,
        page=page,
        schools=queries.schools_of(page.get("items", [])),
        ranks=standing.ranks(event.id) if page else {},
        marks=words.STATES,
    )


@pages.get("/events/<ref>/registrations.<any(csv, xlsx):form>", who=holders("organiser", "coordinator"))
def download_registrants(ref: str, form: str) -> Response:
    """The same people as a file."""
    event = events.visible(ref, actor())
    return table_file(f"registrations-{event.slug}", form, tables.of_registrants(event, me()))


@pages.route("/events/<ref>/registrations/<public_id>/withdraw", methods=["GET", "POST"], who=holders("organiser"))
def withdraw_one(ref: str, public_id: str) -> ResponseReturnValue:
    """An organiser takes one person out; she is told by a letter."""
    event, form = events.owned(ref, me()), Form()
    row = queries.reachable(public_id, me())
    if row.event_id != event.id:
        raise NotFound
    if form.ok:
        with form.attempt(db):
            booking.withdraw(db.session(), me(), row)
    if form.ok:
        say(_("The registration is withdrawn"))
        return redirect(f"/events/{event.slug}/registrations", 303)
    return render_template("registrations/withdraw.html", form=form, event=event, row=row), form.status
