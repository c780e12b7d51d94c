"""Pages by which organisers give awards: what is given, what one run would do, one taken back, all on paper."""

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.awards import as_pdf, awarding, papers, queries, words
from events_service.awards.models import Award
from events_service.awards.schemas import GiveBody, VoidBody
from events_service.contests import queries as contests
from events_service.db import db
from events_service.events import filtering
from events_service.events.models import Event
from services.app import say
from services.errors import NotFound
from services.forms import Form
from services.identity import holders, me
from services.paging import PageQuery, paged
from services.web import Pages

pages = Pages("awarding", __name__)
ORGANISERS = holders("organiser")
BOTH = ["GET", "POST"]
ROWS = 200
MOST_PAPERS = 100  # of one file: a second of work, half a megabyte


@pages.route("/contests/<ref>/awards", methods=BOTH, who=ORGANISERS)
def awards(ref: str) -> ResponseReturnValue:
    """All awards by number; the button gives those that are missing, and a second press none.

    Beside one that was taken back by hand stands a button of its own.
    """
    event, form = contests.owned(ref, me()), Form(GiveBody())
    if form.ok:
        with form.attempt(db):
            given = awarding.award(db.session(), me(), event.id, form.data.get("again"))
    if form.ok:
        _say_given(given)
        return redirect(f"/contests/{event.slug}/awards", 303)
    cursor = request.args.get("cursor", "")
    filtering.loaded(PageQuery(), {"cursor": cursor} if cursor else {})
    stages, counts = contests.stages(event.id), queries.counts(event.id)
    valid, standing = sum(counts.values()), queries.standing(stages[-1]) if stages else None
    waits = awarding.waits_said(stages) if standing else ""
    page = paged(db.session(), queries.of_contest(event.id), ROWS, cursor, lambda row: row)
    asked = standing and not waits and any(row.void_at for row in page["items"])
    html = render_template(
        "awards/awards.html",
        form=form,
        event=event,
        page=page,
        counts=[(words.kind_name(kind), count) for kind, count in counts.items()],
        parts=[(first, min(first + MOST_PAPERS - 1, valid)) for first in range(1, valid + 1, MOST_PAPERS)],
        kind_name=words.kind_name,
        standing=standing,
        waits=waits,
        again={row.id for row in awarding.plan_of(event, standing).left_out} if standing and asked else set(),
    )
    return html, form.status


def _say_given(given: awarding.Given) -> None:
    said = []
    if not given.made and not given.voided and not given.thanks:
        said.append(_("Everybody has her award already: nothing was made"))
    if num := given.made:
        said.append(
            ngettext(
                "%(num)s award is made, a letter tells of it.", "%(num)s awards are made, letters tell of them.", num
            )
        )
    if num := given.voided:
        said.append(ngettext("%(num)s is void now.", "%(num)s are void now.", num))
    if num := given.thanks:
        said.append(ngettext("%(num)s juror gets a letter of thanks.", "%(num)s jurors get letters of thanks.", num))
    if num := given.left_out:
        said.append(
            ngettext(
                "%(num)s was taken back by hand and stays so.", "%(num)s were taken back by hand and stay so.", num
            )
        )
    say(" ".join(said))


@pages.get("/contests/<ref>/awards/<any(kk, ru):language>.pdf", who=ORGANISERS)
def all_papers(ref: str, language: str) -> Response:
    """The valid awards by number as one file to print; of many, `from` says the first of the file."""
    event = contests.owned(ref, me())
    given = request.args.get("from", "1")
    first = int(given) if given.isdecimal() and len(given) < 7 else 1
    rows = queries.of_contest(event.id, valid=True).offset(max(first, 1) - 1).limit(MOST_PAPERS)
    found = list(db.session.scalars(rows))
    if not found:
        raise NotFound
    return pdf_file(f"awards-{event.slug}-{language}", [papers.paper(row, language) for row in found])


@pages.route("/contests/<ref>/awards/<award_id>/void", methods=BOTH, who=ORGANISERS)
def void(ref: str, award_id: str) -> ResponseReturnValue:
    """Take one award back, and say why."""
    event, award = _award(ref, award_id)
    form = Form(VoidBody(), {"reason": award.void_reason})
    if form.ok:
        with form.attempt(db):
            awarding.void(db.session(), me(), event.id, award.id, form.data["reason"])
    if form.ok:
        say(_("The award is void: its code says so from now on"))
        return redirect(f"/contests/{event.slug}/awards", 303)
    kind = words.kind_name(award.kind)
    return render_template("awards/void.html", form=form, event=event, award=award, kind=kind), form.status


def _award(ref: str, award_id: str) -> tuple[Event, Award]:
    event = contests.owned(ref, me())
    return event, queries.award_of(event, award_id)


def pdf_file(name: str, found: list[dict[str, object]]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(as_pdf.awards(found), mimetype="application/pdf", headers=headers)
