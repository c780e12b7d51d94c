"""Pages of a fair that everybody reads, and those by which its authors bring ideas."""

from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.db import db
from events_service.directory import queries as directory
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.fairs import forms, queries, submitting, words
from events_service.fairs.models import ACCEPTED, DRAFT, LIVE, SUBMITTED, WISHES, Idea
from events_service.fairs.schemas import IdeaBody, IdeaPatch
from services.app import say
from services.errors import NotFound, Unavailable
from services.forms import Form
from services.i18n import said_plain
from services.identity import ANYONE, SIGNED_IN, actor, me
from services.web import Pages

pages = Pages("fairs", __name__)
BOTH = ["GET", "POST"]
MOST_AT_ONCE = 100


@pages.get("/fairs/<ref>", who=ANYONE)
def fair_page(ref: str) -> str:
    """Sections with the accepted ideas; of a large fair one section at a time."""
    event = queries.visible(ref, actor())
    sections = list(db.session.scalars(queries.sections_of(event.id)))
    ideas = list(db.session.scalars(queries.accepted(event.id)))
    chosen = _chosen(sections, len(ideas))
    owner = events.owns(actor(), event)
    return render_template(
        "fairs/fair.html",
        event=event,
        sections=[(row, [idea for idea in ideas if idea.section_id == row.id]) for row in sections],
        chosen=chosen,
        schools=queries.schools_of(idea for idea in ideas if chosen in {None, idea.section_id}),
        places={row.code: said_plain(row.name) for row in directory.territories()},
        state=queries.state_of(event),
        closes_at=queries.closes_at(event),
        mine=queries.mine_at(actor(), event.id),
        counts=queries.counts(event.id) if owner else None,
        owner=owner,
        states=words.STATES,
    )


def _chosen(sections: list[Any], ideas: int) -> str | None:
    """The one section to show with its ideas, or None for all of them."""
    if ideas <= MOST_AT_ONCE or not sections:
        return None
    wanted = request.args.get("section", "")
    return wanted if any(row.id == wanted for row in sections) else str(sections[0].id)


@pages.get("/fairs/<ref>/ideas/<idea_id>", who=ANYONE)
def idea_page(ref: str, idea_id: str) -> str:
    """One idea; its author finds here where it stands and what she can do."""
    event, idea = _idea(ref, idea_id)
    own = actor() is not None and me().id == idea.author_id
    owner = events.owns(actor(), event) and idea.submitted_at is not None
    return render_template(
        "fairs/idea.html",
        event=event,
        idea=idea,
        own=own,
        owner=owner,
        inside=own or owner,
        school=directory.school(idea.school_id),
        joins=own or owner or events.may_join(actor(), event),
        wish=words.wish_name(idea.wish),
        state=words.STATES[idea.status],
        open=queries.state_of(event) == "open",
        may_withdraw=idea.status in LIVE and queries.state_of(event) != "past",
    )


@pages.route("/fairs/<ref>/ideas/new", methods=BOTH, who=SIGNED_IN)
def new_idea(ref: str) -> ResponseReturnValue:
    """Write an idea: keep it as a draft, or hand it in at once."""
    event = queries.visible(ref, me())
    fresh = {"submission_id": uuid4().hex, "minutes": 15, "wish": WISHES[0]}
    form = Form(IdeaBody(), fresh, forms.idea_to_body)
    if not form.sent and queries.state_of(event) != "open":
        return redirect(f"/fairs/{event.slug}", 303)
    idea = _written(form, event) if form.ok else None
    if idea and form.ok:
        return _saved(event, idea)
    return _idea_form(form, event, None)


def _written(form: Form, event: Event) -> Idea | None:
    """The idea of a sent form, handed in where that button was pressed."""
    try:
        author = directory.person(me().id)
    except Unavailable as error:
        form.errors, form.status = [("", str(error.title))], error.status
        return None
    idea: Idea | None = None
    with form.attempt(db):
        session, person = db.session(), me()
        submission = form.value("submission_id")
        idea, new = submitting.write(session, person, event.id, author, form.data, submission)
        if new and form.pressed("submit"):
            submitting.submit(session, person, idea.id)
    return idea


@pages.route("/fairs/<ref>/ideas/<idea_id>/edit", methods=BOTH, who=SIGNED_IN)
def edit_idea(ref: str, idea_id: str) -> ResponseReturnValue:
    """Change one's own idea until the organisers decide."""
    event, idea = _idea(ref, idea_id)
    idea = queries.own(idea.id, me())
    form = Form(IdeaPatch(), forms.idea_to_form(idea), forms.idea_to_body)
    if form.ok:
        with form.attempt(db):
            submitting.rewrite(db.session(), me(), idea.id, form.data, form.version)
            if form.pressed("submit"):
                submitting.submit(db.session(), me(), idea.id)
        if form.ok:
            return _saved(event, idea)
    return _idea_form(form, event, idea)


@pages.route("/fairs/<ref>/ideas/<idea_id>/withdraw", methods=BOTH, who=SIGNED_IN)
def withdraw_idea(ref: str, idea_id: str) -> ResponseReturnValue:
    """Take one's own idea back; a second press finds it taken back."""
    event, idea = _idea(ref, idea_id)
    idea, form = queries.own(idea.id, me()), Form()
    if form.ok:
        with form.attempt(db):
            submitting.withdraw(db.session(), me(), idea.id)
    if form.ok:
        say(_("You have taken the idea back"))
        return redirect(f"/fairs/{event.slug}", 303)
    return render_template("fairs/withdraw.html", form=form, event=event, idea=idea), form.status


def _idea(ref: str, idea_id: str) -> tuple[Event, Idea]:
    event, idea = queries.visible(ref, actor()), queries.find(idea_id, actor())
    if idea.event_id != event.id:
        raise NotFound
    return event, idea


def _saved(event: Event, idea: Idea) -> ResponseReturnValue:
    kept = {
        DRAFT: ("wait", _("The draft is kept. The organisers do not see it until you send it")),
        SUBMITTED: ("ok", _("The idea is sent. A letter comes when the organisers have decided")),
        ACCEPTED: ("ok", _("The idea is accepted")),
    }
    if idea.status in kept:
        mark, said = kept[idea.status]
        say(said, mark)
    return redirect(f"/fairs/{event.slug}/ideas/{idea.id}", 303)


def _idea_form(form: Form, event: Event, idea: Idea | None) -> ResponseReturnValue:
    sections = list(db.session.scalars(queries.sections_of(event.id)))
    html = render_template(
        "fairs/idea_edit.html",
        form=form,
        event=event,
        idea=idea,
        sections=[(row.id, said_plain(row.title)) for row in sections],
        wishes=list(words.WISHES.items()),
        closes_at=queries.closes_at(event),
    )
    headers = {"Retry-After": str(Unavailable.retry_after)} if form.status == Unavailable.status else {}
    return html, form.status, headers
