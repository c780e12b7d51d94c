"""Pages by which who directs the jury compiles, publishes, settles ties and answers appeals."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from events_service.contests import queries as contests
from events_service.contests.models import Stage
from events_service.contests.rules import VOTE
from events_service.db import db
from events_service.events.models import Event
from events_service.jury import queries as jury
from events_service.jury.models import CHAIR
from events_service.results import appealing, compiling, forms, publishing, queries, reading, words
from events_service.results.method import SCORES
from events_service.results.models import DISMISSED, DONE, FILED, QUEUED, RUNNING, UPHELD, Appeal, Compilation
from events_service.results.schemas import AnswerBody, VoteBody
from services.app import say
from services.errors import Conflict, NotFound
from services.forms import Form
from services.identity import SIGNED_IN, me
from services.paging import paged
from services.web import Pages

pages = Pages("results_desk", __name__)
BOTH = ["GET", "POST"]
ROWS, SHOWN = 50, 10


@pages.get("/contests/<ref>/results/desk", who=SIGNED_IN)
def desk(ref: str) -> str:
    """Of each stage: versions, how far a compilation is, what is tied, what depends on the method."""
    event = jury.directed(ref, me())
    stages = [_stage_view(stage) for stage in contests.stages(event.id)]
    waits = select(func.count(Appeal.id)).join(Stage, Stage.id == Appeal.stage_id)
    wanted = {entry for view in stages for tie in view["ties"] for entry in tie["entries"]}
    wanted |= {line["id"] for view in stages for line in view["flags"]}
    return render_template(
        "results/desk.html",
        event=event,
        views=stages,
        people=reading.people_of(wanted),
        appeals=db.session.scalar(waits.where(Stage.event_id == event.id, Appeal.status == FILED)) or 0,
        running=any(row.status in {QUEUED, RUNNING} for view in stages for row in view["versions"]),
        chair=jury.holds(me(), event.id, CHAIR),
        words=words,
        exact=reading.exact,
    )


def _stage_view(stage: Stage) -> dict[str, Any]:
    versions = list(db.session.scalars(queries.compilations(stage.id).limit(SHOWN)))
    newest = queries.newest_done(stage.id)
    document = queries.document(newest) if newest else None
    voted = queries.votes(stage.id)
    counted = {tuple(row["entries"]) for row in document["inputs"]["votes"]} if document else set()
    lines = queries.lines_of(document) if document else {}
    return {
        "stage": stage,
        "versions": versions,
        "newest": newest,
        "document": document,
        "votes": VOTE in jury.rules(stage.event_id).ties,
        "ties": [
            {"entries": tie, "line": lines[tie[0]], "vote": voted.get(tie), "counted": tie in counted}
            for tie in (queries.ties(document) if document else [])
        ],
        "flags": [line for line in lines.values() if line["flag"]],
        "overtaken": document is not None and queries.overtaken(document),
        "short": sum(line["why"] == SCORES for line in lines.values()),
    }


@pages.post("/contests/<ref>/results/desk/<stage_id>/compile", who=SIGNED_IN)
def compile_stage(ref: str, stage_id: str) -> ResponseReturnValue:
    """Ask for the results of a stage; the desk shows how far they are."""
    event = jury.directed(ref, me())
    try:
        with db.transaction() as session:
            compiling.request(session, me(), ref, stage_id)
    except Conflict as error:
        say(str(error.detail), "warn")
    else:
        say(_("The results are being compiled"), "wait")
    return redirect(f"/contests/{event.slug}/results/desk", 303)


@pages.route("/contests/<ref>/results/<compilation_id>/publish", methods=BOTH, who=SIGNED_IN)
def publish(ref: str, compilation_id: str) -> ResponseReturnValue:
    """Ask once more, naming how many get a letter, then publish."""
    event = jury.directed(ref, me())
    found = queries.compilation_of(event.id, compilation_id)
    form = Form()
    if form.ok:
        with form.attempt(db):
            publishing.publish(db.session(), me(), ref, compilation_id)
    if form.ok:
        say(_("The results are published"))
        return redirect(f"/contests/{event.slug}/results?version={found.id}", 303)
    if found.status != DONE:
        raise NotFound
    stage = contests.stage_of(event.id, found.stage_id)
    document = queries.document(found)
    html = render_template(
        "results/publish.html",
        form=form,
        event=event,
        stage=stage,
        found=found,
        again=stage.compilation_id is not None,
        letters=publishing.changed(stage, found),
        passing=sum(line["passes"] for line in queries.lines_of(document).values()),
        open_ties=[tie for tie in queries.ties(document) if tie not in queries.votes(stage.id)],
    )
    return html, form.status


@pages.route("/contests/<ref>/results/desk/<stage_id>/ties/<tie>", methods=BOTH, who=SIGNED_IN)
def vote(ref: str, stage_id: str, tie: str) -> ResponseReturnValue:
    """The chair's vote on entries that are equal (`tie` joins their ids by dots): a place for each, or none."""
    event = contests.visible(ref, me())
    publishing.chair_of(event, me())
    stage, entries = contests.stage_of(event.id, stage_id), sorted(set(tie.split(".")))
    newest = queries.newest_done(stage.id)
    if newest is None or tuple(entries) not in {*queries.ties(queries.document(newest)), *queries.votes(stage.id)}:
        raise NotFound
    form = Form(VoteBody(), {}, lambda values: forms.vote_to_body(values, entries))
    if form.ok:
        with form.attempt(db):
            publishing.vote(db.session(), me(), ref, stage_id, form.data)
    if form.ok:
        say(_("The vote is recorded. It counts when the results are compiled anew"))
        return redirect(f"/contests/{event.slug}/results/desk", 303)
    people = reading.people_of(entries)
    html = render_template("results/tie.html", form=form, event=event, stage=stage, entries=entries, people=people)
    return html, form.status


@pages.get("/contests/<ref>/results/agreement", who=SIGNED_IN)
def agreement(ref: str) -> str:
    """How the jurors agree in a version of results, the newest one unless another is named."""
    event = jury.directed(ref, me())
    found = _version(event.id)
    document = queries.document(found)
    lines = queries.lines_of(document)
    apart = {entry for juror in document["jurors"] for entry in juror["outliers"]}
    return render_template(
        "results/agreement.html",
        event=event,
        stage=contests.stage_of(event.id, found.stage_id),
        document=document,
        names=jury.names(event.id),
        lines=lines,
        people=reading.people_of(apart),
        found=found,
        most=max((abs(float(juror["severity"] or 0)) for juror in document["jurors"]), default=0),
        widest=max((float(juror["spread"]) for juror in document["jurors"]), default=0),
        words=words,
        exact=reading.exact,
        signed=reading.signed,
    )


def _version(event_id: str) -> Compilation:
    version = request.args.get("version")
    if version:
        found: Compilation | None = queries.compilation_of(event_id, version)
    else:
        newest = [queries.newest_done(stage.id) for stage in contests.stages(event_id)]
        found = next((row for row in reversed(newest) if row), None)
    if found is None or found.status != DONE:
        raise NotFound
    return found


@pages.get("/contests/<ref>/results/appeals", who=SIGNED_IN)
def appeals(ref: str) -> str:
    """All appeals, those that wait for an answer first."""
    event = jury.directed(ref, me())
    page = paged(db.session(), queries.appeals(event.id), ROWS, request.args.get("cursor", ""), lambda row: row)
    stages = {stage.id: stage for stage in contests.stages(event.id)}
    return render_template("results/appeals.html", event=event, page=page, stages=stages, words=words)


@pages.route("/contests/<ref>/results/appeals/<appeal_id>", methods=BOTH, who=SIGNED_IN)
def answer(ref: str, appeal_id: str) -> ResponseReturnValue:
    """Read an appeal and answer it; upheld, points of single jurors may be corrected."""
    event = jury.directed(ref, me())
    found = queries.appeal_of(event.id, appeal_id)
    compilation = queries.published(contests.stage_of(event.id, found.stage_id))
    line = queries.lines_of(queries.document(compilation)).get(found.entry_id) if compilation else None
    sheets, criteria = line["sheets"] if line else [], contests.criteria(found.stage_id, found.entry.nomination_id)
    changed: list[dict[str, str]] = []

    def to_body(values: dict[str, Any]) -> dict[str, Any]:
        changed.extend(forms.corrections_of(values, sheets, criteria))
        return {**values, "corrections": changed}

    shown = {**forms.answer_to_form(sheets, criteria), "version": found.version}
    form = Form(AnswerBody(), shown, to_body)
    if form.ok:
        with form.attempt(db):
            appealing.answer(db.session(), me(), ref, appeal_id, form.data, form.version)
    if form.ok:
        said = _("The appeal is answered, a letter tells of it. Compile the results anew: their protocol records it")
        say(said, "warn")
        return redirect(f"/contests/{event.slug}/results/appeals", 303)
    forms.name_errors(form, changed)
    about = {"line": line, "compilation": compilation, "criteria": criteria, "sheets": sheets}
    return _answer_page(form, event, found, about), form.status


def _answer_page(form: Form, event: Event, found: Appeal, about: dict[str, Any]) -> str:
    """The form, beside what is published of the entry."""
    return render_template(
        "results/answer.html",
        form=form,
        event=event,
        stage=contests.stage_of(event.id, found.stage_id),
        entry=found.entry,
        appeal=found,
        names=jury.names(event.id),
        field_of=forms.field_of,
        partial=appealing.partial(db.session(), me(), found),
        decisions=[(UPHELD, _("Uphold")), (DISMISSED, _("Dismiss"))],
        words=words,
        exact=reading.exact,
        **about,
    )
