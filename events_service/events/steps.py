"""The steps of an event that tell people or cannot be taken back, each behind a page that names what follows."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select
from sqlalchemy.orm import Session

from events_service.db import db
from events_service.directory import queries as directory
from events_service.directory.models import School
from events_service.events import clashes, content, filtering, planning, queries, seats, submitted, viewing, words
from events_service.events.models import CANCELLED, PUBLISHED, Event
from events_service.events.schemas import AudienceBody, CancelBody
from events_service.notifications import alerts, entries, ideas, jury, reminders
from services.app import say
from services.fields import Body, today
from services.forms import Form
from services.identity import Actor, holders, me
from services.web import Pages

pages = Pages("steps", __name__)
ORGANISERS = holders("organiser")
Done = tuple[str, str]


def _publish(session: Session, actor: Actor, event: Event, form: Form) -> Done:
    planning.publish(session, actor, event.id)
    return f"/events/{event.slug}", _("The event is published")


def _cancel(session: Session, actor: Actor, event: Event, form: Form) -> Done:
    _event, told = planning.cancel(session, actor, event.id, form.data["reason"] or "")
    return f"/events/{event.slug}", _("The event is cancelled.") + " " + _letters(told)


def _restore(session: Session, actor: Actor, event: Event, form: Form) -> Done:
    _event, told = planning.restore(session, actor, event.id)
    return f"/events/{event.slug}", _("The event takes place again.") + " " + _letters(told)


def _duplicate(session: Session, actor: Actor, event: Event, form: Form) -> Done:
    submission = form.value("submission_id")
    copy = submitted.once(session, actor, submission, lambda: planning.duplicate(session, actor, event.id))
    return f"/events/{copy.slug}/edit", _("This is the copy: give it its own date")


def _release(session: Session, actor: Actor, event: Event, form: Form) -> Done:
    _event, promoted = planning.release(session, actor, event.id)
    seated = ngettext(
        "%(num)s person who waited has a place now.", "%(num)s people who waited have a place now.", promoted
    )
    opened = _("The places are open to everybody.")
    return f"/events/{event.slug}", f"{opened} {seated if promoted else ''}".rstrip()


def _delete(session: Session, actor: Actor, event: Event, form: Form) -> Done:
    planning.delete(session, actor, event.id)
    return "/", _("The draft is deleted")


def _letters(told: int) -> str:
    return str(ngettext("%(num)s letter goes out.", "%(num)s letters go out.", told))


VERBS: dict[str, Callable[[Session, Actor, Event, Form], Done]] = {
    "publish": _publish,
    "cancel": _cancel,
    "restore": _restore,
    "release": _release,
    "duplicate": _duplicate,
    "delete": _delete,
}
REACHED = {"publish": PUBLISHED, "cancel": CANCELLED, "restore": PUBLISHED}


@pages.route(f"/events/<ref>/<any({','.join(VERBS)}):step>", methods=["GET", "POST"], who=ORGANISERS)
def confirm_step(ref: str, step: str) -> ResponseReturnValue:
    """The page that names what will follow, and the button that does it; a second press changes nothing."""
    event = queries.owned(ref, me())
    form = Form(CancelBody() if step == "cancel" else Body(), {"submission_id": uuid4().hex})
    if not form.errors and event.status == REACHED.get(step):
        return redirect(f"/events/{event.slug}", 303)
    url = message = ""
    if form.ok:
        with form.attempt(db):
            url, message = VERBS[step](db.session(), me(), event, form)
    if form.ok:
        say(message)
        return redirect(url, 303)
    takes_place = step in {"publish", "restore"}
    clashing = clashes.of_content(content.snapshot(event), event) if takes_place else []
    html = render_template(
        "events/confirm.html",
        form=form,
        event=event,
        step=step,
        clashes=clashing,
        leads=[words.lead_words(lead) for lead in reminders.leads_of(event)],
        **_numbers(event),
    )
    return html, form.status


def _numbers(event: Event) -> dict[str, int]:
    return {
        "letters": event.seats_taken + event.waiting,
        "followers": alerts.count(me(), event),
        "authors": ideas.count_authors(event),
        "entrants": entries.count_entrants(event),
        "jurors": jury.count_jury(event),
        "schools": viewing.audience_total(event),
        "kept": seats.reserved_now(event),
    }


@pages.get("/events/<ref>/audience", who=ORGANISERS)
def event_audience(ref: str) -> str:
    """The schools an event is for."""
    event = queries.owned(ref, me())
    return _audience(queries.audience_of(event), event)


@pages.get("/events/audience", who=ORGANISERS)
def rule_audience() -> str:
    """The schools a rule gives today, before anything is saved."""
    given = {name: value for name, value in request.args.items() if value}
    rule: dict[str, Any] = filtering.loaded(AudienceBody(), given)
    directory.check_audience(rule)
    return _audience(directory.audience_schools(rule, today()), None)


def _audience(statement: Select[Any], event: Event | None) -> str:
    found: dict[str, list[School]] = {}
    for school in db.session.scalars(statement):
        found.setdefault(school.territory_code, []).append(school)
    groups = [(place, found[place.code]) for place in directory.territories() if place.code in found]
    total = sum(len(schools) for _place, schools in groups)
    return render_template("events/audience.html", event=event, groups=groups, total=total)
