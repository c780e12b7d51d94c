"""Pages about sheets for those who direct the jury, and files for a hall without network. No page shows points."""

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.contests import queries as contests
from events_service.db import db
from events_service.events.models import Event
from events_service.jury.models import CHAIR, SECRETARY, Assignment, JuryMember
from events_service.jury.queries import directs, holds, one_of, progress_of_contest
from events_service.scoring import queries, reading, scoring, tables, uploading
from events_service.scoring.schemas import ReopenBody
from services import exports
from services.app import say
from services.errors import NotFound
from services.forms import Form
from services.identity import SIGNED_IN, me
from services.web import Pages

pages = Pages("scoring_desk", __name__)
BOTH = ["GET", "POST"]


@pages.get("/contests/<ref>/jury/sheets", who=SIGNED_IN)
def seats(ref: str) -> str:
    """Each juror, and how many of her sheets are signed."""
    event = contests.visible(ref, me())
    if not directs(me(), event):
        raise NotFound
    return render_template("scoring/seats.html", event=event, seats=progress_of_contest(event.id))


@pages.route("/contests/<ref>/jury/sheets/<member_id>", methods=BOTH, who=SIGNED_IN)
def seat(ref: str, member_id: str) -> ResponseReturnValue:
    """The sheets of one juror and their states; she herself and the secretary bring a filled file here."""
    event, member, brings = _seat(ref, member_id)
    if request.method == "POST" and not brings:
        raise NotFound
    form = Form()
    kept = _bring(form, event, member) if form.ok else 0
    if form.ok:
        said = ngettext(
            "%(num)s sheet holds the points of the file.", "%(num)s sheets hold the points of the file.", kept
        )
        say(said + " " + _("Signing remains with the juror."))
        return redirect(f"/contests/{event.slug}/jury/sheets/{member.id}", 303)
    html = render_template(
        "scoring/seat.html",
        form=form,
        event=event,
        member=member,
        own=member.person_id == me().id,
        brings=brings,
        chair=holds(me(), event.id, CHAIR),
        sheets=db.session.scalars(queries.dealt(member.id)).all(),
        takes=queries.takes_scores,
    )
    return html, form.status


def _bring(form: Form, event: Event, member: JuryMember) -> int:
    """The file that was sent, whole or not at all; answers how many sheets it changed."""
    upload, kept = request.files.get("file"), 0
    with form.refusable():
        rows = reading.read(upload.stream.read(reading.LARGEST + 1) if upload else b"")
        with db.transaction() as session:
            kept = uploading.fill(session, me(), event.id, member.id, rows)
    return kept


@pages.get("/contests/<ref>/jury/sheets/<member_id>/file.csv", who=SIGNED_IN)
def seat_file(ref: str, member_id: str) -> Response:
    """The sheets to fill in where there is no network; a secretary gets them without the juror's points."""
    event, member, brings = _seat(ref, member_id)
    if not brings:
        raise NotFound
    sheets = queries.sheets(db.session.scalars(queries.dealt(member.id)).all())
    return exports.table_file("sheets", "csv", tables.of_sheets(sheets, with_points=member.person_id == me().id))


@pages.route("/contests/<ref>/jury/<assignment_id>/reopen", methods=BOTH, who=SIGNED_IN)
def reopen(ref: str, assignment_id: str) -> ResponseReturnValue:
    """The chair opens a signed sheet again, and says why."""
    event = contests.visible(ref, me())
    row: Assignment = queries.of_contest(event.id, assignment_id)
    if not holds(me(), event.id, CHAIR):
        raise NotFound
    form, back = Form(ReopenBody()), f"/contests/{event.slug}/jury/sheets/{row.member_id}"
    if form.ok:
        with form.attempt(db):
            scoring.reopen(db.session(), me(), event.id, row.id, form.data["reason"])
    if form.ok:
        say(_("The sheet is open again. The juror gets a letter"))
        return redirect(back, 303)
    return render_template("scoring/reopen.html", form=form, event=event, row=row, back=back), form.status


def _seat(ref: str, member_id: str) -> tuple[Event, JuryMember, bool]:
    """A juror's place, and whether this person may bring files for it; unknown to all but her and who directs."""
    event = contests.visible(ref, me())
    member = one_of(event.id, member_id)
    own = member.person_id == me().id
    if not own and not directs(me(), event):
        raise NotFound
    return event, member, own or holds(me(), event.id, SECRETARY)
