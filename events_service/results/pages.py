"""Pages of results that everybody reads, and those by which an entrant reads her own and appeals."""

from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from events_service.contests import queries as contests
from events_service.contests.models import Stage
from events_service.db import db
from events_service.entries.models import Entry
from events_service.events.models import Event
from events_service.jury import queries as jury
from events_service.jury.words import GROUNDS
from events_service.results import appealing, queries, reading, words
from events_service.results.models import DONE, FILED, TAKEN_BACK, UPHELD, Appeal, Compilation
from events_service.results.schemas import AppealBody
from services.app import say
from services.errors import NotFound
from services.forms import Form
from services.i18n import said_plain
from services.identity import ANYONE, SIGNED_IN, actor, me
from services.web import Pages

pages = Pages("results", __name__)
BOTH = ["GET", "POST"]
MOST_AT_ONCE = 100


@pages.get("/contests/<ref>/results", who=ANYONE)
def results_page(ref: str) -> str:
    """The published results of a stage; who directs the jury may look at any version before it is published."""
    event = contests.visible(ref, actor())
    directs = jury.directs(actor(), event)
    stages = contests.stages(event.id)
    found = _chosen(event, stages, directs)
    if found is None:
        return render_template("results/none.html", event=event, directs=directs)
    document = queries.document(found)
    stage = next(row for row in stages if row.id == found.stage_id)
    kinds = _kinds(event, document)
    shown = [line["id"] for _, kind, full in kinds if full for line in kind["entries"]]
    return render_template(
        "results/results.html",
        event=event,
        stage=stage,
        stages=[row for row in stages if row.compilation_id],
        earlier=reading.columns(stages, stage),
        found=found,
        current=stage.compilation_id == found.id,
        document=document,
        kinds=kinds,
        people=reading.people_of(shown),
        versions=_versions(stage),
        rules=jury.rules(event.id),
        until=queries.appeals_until(stage),
        open=queries.takes_appeals(stage),
        mine=_mine(event),
        directs=directs,
        words=words,
        exact=reading.exact,
    )


def _chosen(event: Event, stages: list[Stage], directs: bool) -> Compilation | None:
    """The version asked for, else what is published of the stage asked for, else of the last stage."""
    version, code = request.args.get("version"), request.args.get("stage")
    if version:
        found = queries.compilation_of(event.id, version)
        if found.status != DONE or (found.published_at is None and not directs):
            raise NotFound
        return found
    if code and all(stage.code != code for stage in stages):
        raise NotFound
    rows = [stage for stage in stages if stage.compilation_id and code in {None, "", stage.code}]
    return queries.published(rows[-1]) if rows else None


def _kinds(event: Event, document: dict[str, Any]) -> list[tuple[Any, dict[str, Any], bool]]:
    """Nominations with their lines; of large results one at a time in full."""
    named = {row.id: row for row in contests.nominations(event.id)}
    kinds = [kind for kind in document["nominations"] if kind["id"] in named and kind["entries"]]
    wanted = request.args.get("nomination", "")
    all_of_them = sum(len(kind["entries"]) for kind in kinds) <= MOST_AT_ONCE
    first = next((kind["code"] for kind in kinds if kind["code"] == wanted), kinds[0]["code"] if kinds else "")
    return [(named[kind["id"]], kind, all_of_them or kind["code"] == first) for kind in kinds]


def _versions(stage: Stage) -> list[tuple[int, Compilation, bool]]:
    """What was published: its number among these, and whether an appeal was upheld since the one before."""
    rows = queries.versions(stage.id)[::-1]
    upheld = select(Appeal.answered_at).where(Appeal.stage_id == stage.id, Appeal.status == UPHELD)
    times = [at for at in db.session.scalars(upheld) if at]
    found = []
    for number, row in enumerate(rows, start=1):
        before = rows[number - 2].published_at if number > 1 else None
        assert row.published_at
        found.append((number, row, bool(before and any(before < at < row.published_at for at in times))))
    return found[::-1]


def _mine(event: Event) -> set[str]:
    """The ids of her own entries."""
    if actor() is None:
        return set()
    own = select(Entry.id).where(Entry.event_id == event.id, Entry.author_id == me().id)
    return set(db.session.scalars(own))


@pages.get("/contests/<ref>/results/<compilation_id>/arithmetic/<entry_id>", who=SIGNED_IN)
def arithmetic(ref: str, compilation_id: str, entry_id: str) -> str:
    """How the result of one entry came about, for its author once it is published, and who directs the jury."""
    event = contests.visible(ref, me())
    directs = jury.directs(me(), event)
    found, entry, line = queries.line_of(event, compilation_id, entry_id, me())
    document = queries.document(found)
    stage = contests.stage_of(event.id, found.stage_id)
    return render_template(
        "results/arithmetic.html",
        event=event,
        stage=stage,
        entry=entry,
        found=found,
        document=document,
        line=line,
        rows=reading.grid(contests.criteria(stage.id, entry.nomination_id), line["sheets"]),
        weights={row["code"]: row["weight"] for row in [*document["inputs"]["stages"], document["stage"]]},
        names=_names(event, line["sheets"], directs),
        scores=[reading.exact(sheet["score"]) for sheet in line["sheets"]],
        titles={row.code: said_plain(row.title) for row in contests.stages(event.id)},
        feedback=queries.feedback_of(stage, entry),
        words=words,
        grounds=GROUNDS,
        exact=reading.exact,
    )


def _names(event: Event, sheets: list[dict[str, Any]], directs: bool) -> list[str]:
    """Of each sheet whose it is; to an entrant jurors are only numbered."""
    jurors = jury.names(event.id) if directs else {}
    numbered = [str(_("Juror %(number)s", number=number)) for number in range(1, len(sheets) + 1)]
    return [jurors.get(sheet["juror"], said) for sheet, said in zip(sheets, numbered, strict=True)]


@pages.route("/contests/<ref>/results/appeal", methods=BOTH, who=SIGNED_IN)
def appeal(ref: str) -> ResponseReturnValue:
    """The appeals of an entrant with their answers, and the form of a new one within the window."""
    event = contests.visible(ref, me())
    own = _own_appeals(event)
    closed = {(row.stage_id, row.entry_id) for row in own if row.status != TAKEN_BACK}
    free = [(stage, entry) for stage, entry in queries.appealable(event.id, me()) if (stage.id, entry.id) not in closed]
    if not own and not free and not _mine(event):
        raise NotFound
    options = [(f"{stage.id}.{entry.id}", f"{said_plain(stage.title)}, № {entry.number}") for stage, entry in free]
    form = Form(AppealBody(), {"submission_id": uuid4().hex, "of": options[0][0] if options else ""}, _appeal_to_body)
    if form.ok:
        with form.attempt(db):
            appealing.file(db.session(), me(), ref, form.data, form.value("submission_id"))
    if form.ok:
        say(_("The appeal is filed. A letter comes when it is answered"))
        return redirect(f"/contests/{event.slug}/results/appeal", 303)
    form.errors = [("of" if field in {"entry", "stage"} else field, message) for field, message in form.errors]
    stages = {row.id: row for row in contests.stages(event.id)}
    html = render_template(
        "results/appeal.html",
        form=form,
        event=event,
        own=own,
        options=options,
        stages=stages,
        until=max((at for stage, _entry in free if (at := queries.appeals_until(stage))), default=None),
        words=words,
        waits=FILED,
    )
    return html, form.status


def _appeal_to_body(values: dict[str, Any]) -> dict[str, Any]:
    """One field of the form names the stage and the entry."""
    stage, _, entry = str(values.get("of") or "").partition(".")
    return {**values, "stage": stage or None, "entry": entry or None}


def _own_appeals(event: Event) -> list[Appeal]:
    mine = select(Entry.id).where(Entry.author_id == me().id)
    return list(db.session.scalars(queries.appeals(event.id).where(Appeal.entry_id.in_(mine))))


@pages.post("/contests/<ref>/results/appeals/<appeal_id>/withdraw", who=SIGNED_IN)
def withdraw_appeal(ref: str, appeal_id: str) -> ResponseReturnValue:
    """Take one's own appeal back."""
    event = contests.visible(ref, me())
    with db.transaction() as session:
        appealing.take_back(session, me(), ref, appeal_id)
    say(_("You have taken the appeal back"))
    return redirect(f"/contests/{event.slug}/results/appeal", 303)
