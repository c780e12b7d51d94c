"""Pages by which a juror says that she may not judge an entry."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.contests import queries as contests
from events_service.db import db
from events_service.events import queries as events
from events_service.jury import queries, recusing, words
from events_service.jury.models import ACTIVE, DECLARED
from events_service.jury.schemas import ConflictBody, RecuseBody
from services.app import say
from services.errors import Conflict
from services.forms import Form
from services.identity import SIGNED_IN, me
from services.paging import paged
from services.web import Pages

pages = Pages("jury", __name__)
BOTH = ["GET", "POST"]
ROWS = 100


@pages.route("/contests/<ref>/jury/sheets/<assignment_id>/recuse", methods=BOTH, who=SIGNED_IN)
def recuse(ref: str, assignment_id: str) -> ResponseReturnValue:
    """Give an entry back, with the reason."""
    event = contests.visible(ref, me())
    row = queries.assignment_of(me(), event.id, assignment_id)
    if row.status != ACTIVE:
        return redirect(f"/contests/{event.slug}/jury", 303)
    form = Form(RecuseBody())
    if form.ok:
        with form.attempt(db):
            recusing.recuse(db.session(), me(), event.id, row.id, form.data["reason"])
    if form.ok:
        say(_("The entry has left your list; another juror will read it"))
        return redirect(f"/contests/{event.slug}/jury", 303)
    return render_template("jury/recuse.html", form=form, event=event, row=row), form.status


@pages.route("/contests/<ref>/jury/conflicts", methods=BOTH, who=SIGNED_IN)
def conflicts(ref: str) -> ResponseReturnValue:
    """Conflicts on record, and one more: a juror's own, or for those who direct the jury anybody's."""
    event = contests.visible(ref, me())
    found, directs = queries.conflicts_seen(event, me()), queries.directs(me(), event)
    form = Form(ConflictBody())
    if form.ok:
        with form.attempt(db):
            data, whose = form.data, form.data.get("member") if directs else None
            recusing.declare(db.session(), me(), event.id, data["entry"], data["note"], whose)
    if form.ok:
        say(_("The conflict is on record"))
        return redirect(f"/contests/{event.slug}/jury/conflicts", 303)
    owner, why = events.owns(me(), event), queries.hears_why(event, me())
    html = render_template(
        "jury/conflicts.html",
        form=form,
        event=event,
        page=paged(db.session(), found, ROWS, request.args.get("cursor", ""), lambda row: row),
        directs=directs,
        members=[(member.id, member.name) for member in queries.scoring(event.id)] if directs else [],
        owner=owner,
        said=lambda row: words.CONFLICTS[words.kind_told(row.kind, owner)],
        note=lambda row: row.note if why or row.member.person_id == me().id else "",
        declared=DECLARED,
    )
    return html, form.status


@pages.post("/contests/<ref>/jury/conflicts/<member_id>/<entry_id>", who=SIGNED_IN)
def take_back(ref: str, member_id: str, entry_id: str) -> ResponseReturnValue:
    """Take back what was declared."""
    event = contests.visible(ref, me())
    try:
        with db.transaction() as session:
            recusing.take_back(session, me(), event.id, member_id, entry_id)
    except Conflict as error:
        say(str(error.detail), "warn")
    else:
        say(_("The conflict is taken back"))
    return redirect(f"/contests/{event.slug}/jury/conflicts", 303)
