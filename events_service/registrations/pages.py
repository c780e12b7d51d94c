"""Pages by which people come to an event: register, withdraw, and what they have registered for."""

from uuid import uuid4

from flask import make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.awards import queries as awards
from events_service.awards.words import kind_name
from events_service.db import db
from events_service.directory import queries as directory
from events_service.entries import queries as contest_entries
from events_service.entries import words as entry_words
from events_service.events import queries as events
from events_service.events import standing, viewing
from events_service.events.models import Event
from events_service.fairs import queries as fairs
from events_service.fairs import words as fair_words
from events_service.jury import queries as jury
from events_service.jury import words as jury_words
from events_service.registrations import booking, queries
from events_service.registrations.attendees import attendee_of, guest_of
from events_service.registrations.models import CONFIRMED, WAITLISTED, WITHDRAWN, Registration
from events_service.registrations.schemas import GuestBody
from services.app import say
from services.database import utcnow
from services.errors import Conflict, NotFound, TooMany, Unavailable
from services.fields import today
from services.forms import Form
from services.i18n import language, said_plain
from services.identity import ANYONE, SIGNED_IN, Actor, actor, me
from services.web import Pages

pages = Pages("registrations", __name__)
BOTH = ["GET", "POST"]
GUEST = Actor(id="guest", name="Guest", roles=frozenset(), session="")
MOST_PAST = 30


@pages.route("/events/<ref>/register", methods=BOTH, who=ANYONE)
def register(ref: str) -> ResponseReturnValue:
    """One button for who is signed in, four fields for a guest."""
    event = events.visible(ref, actor())
    fresh = {"submission_id": uuid4().hex, "language": language()}
    form = Form(None if actor() else GuestBody(), fresh)
    if not form.sent and (events.registration_state(event, utcnow()) != "open" or standing.mine(actor(), event.id)):
        return redirect(f"/events/{event.slug}", 303)
    if form.ok:
        ending = _register_me(form, event) if actor() else _ask(form, event)
        if form.ok:
            return redirect(f"/events/{event.slug}{ending}", 303)
    return _register_page(form, event)


def _register_me(form: Form, event: Event) -> str:
    """Register who is signed in. A last place gone since the page was shown is told before she waits."""
    try:
        attendee = attendee_of(directory.person(me().id))
    except Unavailable as error:
        form.errors, form.status = [("", str(error.title))], error.status
        return ""
    row: Registration | None = None
    with form.attempt(db):
        row, new = booking.register(db.session(), me(), event.id, attendee, form.value("submission_id"))
        if new and row.status == WAITLISTED and not form.value("wait"):
            raise Conflict(_("The last place has just been taken. Put you on the waiting list?"))
    if row and form.ok:
        say(_said(row), "ok" if row.status == CONFIRMED else "wait")
    return ""


def _said(row: Registration) -> str:
    if row.status == WAITLISTED:
        return str(_("You are on the waiting list, number %(num)s", num=standing.position(row)))
    if row.status == WITHDRAWN:  # the form of a registration that was given back meanwhile, sent again
        return str(_("You have withdrawn from the event"))
    return str(_("You are registered. A letter confirms it"))


def _ask(form: Form, event: Event) -> str:
    with form.attempt(db):
        booking.ask(db.session(), event.id, guest_of(form.data), form.value("submission_id"))
    return "/registered"


def _register_page(form: Form, event: Event) -> ResponseReturnValue:
    person = actor()
    html = render_template(
        "registrations/register.html",
        form=form,
        event=event,
        person_school=directory.school(person.unit) if person else None,
        must_wait=viewing.must_wait(event, person),
        schools=[] if person else _schools(),
    )
    waits = {error.status: error.retry_after for error in (TooMany, Unavailable)}
    headers = {"Retry-After": str(waits[form.status])} if form.status in waits else {}
    return html, form.status, headers


def _schools() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every school, under its district or city."""
    found = directory.schools_by_territory(today())
    return [(said_plain(place.name), [(row.id, said_plain(row.name)) for row in rows]) for place, rows in found]


@pages.get("/events/<ref>/registered", who=ANYONE)
def registered(ref: str) -> str:
    """What a guest does next; the same page whoever she is and however often she asked."""
    return render_template("registrations/registered.html", event=events.visible(ref, actor()))


@pages.route("/registrations/<token>", methods=BOTH, who=ANYONE)
def own_registration(token: str) -> ResponseReturnValue:
    """A guest's own registration, reached by the link of her letter."""
    row, form = queries.by_link(token), Form()
    if form.ok:
        with form.attempt(db):
            verb = booking.confirm if form.pressed("confirm") else booking.withdraw
            row = verb(db.session(), actor() or GUEST, row)
    if form.ok:
        return redirect(queries.link_of(row), 303)
    position = standing.position(row)
    response = make_response(
        render_template("registrations/own.html", form=form, row=row, event=row.event, position=position), form.status
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.route("/events/<ref>/withdraw", methods=BOTH, who=SIGNED_IN)
def withdraw(ref: str) -> ResponseReturnValue:
    """Give one's place back; a second press finds it given back."""
    event, form = events.visible(ref, actor()), Form()
    row = standing.mine(me(), event.id)
    if row is None and not form.sent:
        raise NotFound
    if form.ok and row:
        with form.attempt(db):
            booking.withdraw(db.session(), me(), row)
        if form.ok:
            say(_("You have withdrawn from the event"))
    if form.ok:
        return redirect(f"/events/{event.slug}", 303)
    return render_template("registrations/withdraw.html", form=form, event=event, row=row), form.status


@pages.get("/my", who=SIGNED_IN)
def my_page() -> str:
    """Her next events, the past ones, and ways to what she works with."""
    rows = list(db.session.scalars(queries.all_mine(me())))
    now = utcnow()
    past = [row for row in rows if events.registration_state(row.event, now) == "past"]
    coming = [row for row in rows if row not in past]
    return render_template(
        "registrations/my.html",
        coming=[(row, standing.position(row)) for row in coming],
        past=past[::-1][:MOST_PAST],
        ideas=list(db.session.scalars(fairs.mine(me()).limit(MOST_PAST))),
        idea_states=fair_words.STATES,
        entries=list(db.session.scalars(contest_entries.mine(me()).limit(MOST_PAST))),
        entry_states=entry_words.STATES,
        awards=list(db.session.scalars(awards.mine(me()).limit(MOST_PAST))),
        award_kind=kind_name,
        seats=jury.seats_of(me(), MOST_PAST),
        seat_roles=jury_words.ROLES,
        districts=sorted(me().scopes("coordinator")),
    )
