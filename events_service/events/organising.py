"""Pages by which organisers write an event: a new draft, or a change of what is there."""

from uuid import uuid4

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.db import db
from events_service.events import entered, forms, placing, planning, queries, submitted
from events_service.events.models import DRAFT, Event
from events_service.events.schemas import EventBody, EventPatch
from services.app import say
from services.forms import Form
from services.identity import holders, me
from services.web import Pages

pages = Pages("organising", __name__)
ORGANISERS = holders("organiser")
BOTH = ["GET", "POST"]
LOOKS = ("recount", "more_agenda", "more_materials")


@pages.route("/events/new", methods=BOTH, who=ORGANISERS)
def new_event() -> ResponseReturnValue:
    """Write a draft."""
    form = Form(EventBody(), {**forms.BLANK, "submission_id": uuid4().hex}, forms.to_body)
    event: Event | None = None
    if form.ok and not _only_looks(form):
        with form.attempt(db):
            session, actor = db.session(), me()
            submission = form.value("submission_id")
            event = submitted.once(session, actor, submission, lambda: planning.create(session, actor, form.data))
    if event and form.ok:
        return _saved(form, event, 0)
    return _editor(form, None)


@pages.route("/events/<ref>/edit", methods=BOTH, who=ORGANISERS)
def edit_event(ref: str) -> ResponseReturnValue:
    """Change an event; what was saved meanwhile by somebody else is never lost without a word."""
    event, told = queries.owned(ref, me()), 0
    form = Form(EventPatch(), forms.to_form(event), lambda values: forms.changes(event, values))
    if form.ok and not _only_looks(form):
        with form.attempt(db):
            event, told = planning.change(db.session(), me(), event.id, form.data, form.version)
        if form.ok:
            return _saved(form, event, told)
    return _editor(form, event)


def _only_looks(form: Form) -> bool:
    """Recounting and adding lines save nothing, so nothing is wrong yet."""
    looks = any(form.pressed(name) for name in LOOKS)
    if looks and form.status == 422:
        form.errors, form.status = [], 200
    return looks


def _saved(form: Form, event: Event, told: int) -> ResponseReturnValue:
    if event.status != DRAFT:
        heard = ngettext("%(num)s person is told of it.", "%(num)s people are told of it.", told) if told else ""
        say(f"{_('Saved.')} {heard}".rstrip())
        return redirect(f"/events/{event.slug}", 303)
    say(_("The draft is saved"))
    return redirect(f"/events/{event.slug}/{'publish' if form.pressed('publish') else 'edit'}", 303)


def _editor(form: Form, event: Event | None) -> ResponseReturnValue:
    entered.complete(form, event)
    clashing = entered.warn(form, event)
    placing.place(form)
    stale = event is not None and form.status == 412
    html = render_template(
        "events/edit.html",
        form=form,
        event=event,
        labels=placing.LABELS,
        clashes=clashing,
        preview=placing.preview(form, event),
        agenda_lines=placing.lines(form, "agenda", form.pressed("more_agenda")),
        material_lines=placing.lines(form, "materials", form.pressed("more_materials")),
        differing=placing.differing(form, event) if stale and event else [],
        checklist=placing.checklist(event) if event and event.status == DRAFT else [],
        offer=placing.options(event, me().scopes("organiser")),
    )
    return html, form.status
