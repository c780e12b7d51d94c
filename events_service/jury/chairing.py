"""Pages by which a jury is led: the deal, and the stages with how far the jury is."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.contests import queries as contests
from events_service.contests.forms import instant, parts
from events_service.contests.models import CLOSED, OPEN, PLANNED, Stage
from events_service.db import db
from events_service.entries import queries as entries
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.jury import dealing, queries, stages, words
from events_service.jury.models import Deal
from events_service.jury.schemas import CloseBody, ExtendBody, OpenBody, ProposeBody
from services.app import say
from services.fields import Body
from services.forms import Form
from services.identity import SIGNED_IN, me
from services.web import Pages

pages = Pages("jury_chairing", __name__)
BOTH = ["GET", "POST"]


@pages.route("/contests/<ref>/jury/deal", methods=BOTH, who=SIGNED_IN)
def deal(ref: str) -> ResponseReturnValue:
    """The deal of a stage: the last proposal, else the one in force; on POST one more proposal."""
    event = queries.directed(ref, me())
    stage = _chosen(event)
    form = Form(ProposeBody())
    if form.ok and stage:
        with form.refusable():
            drafted = dealing.draft(db.session(), me(), event.id, stage.id, form.data.get("seed"))
        if form.ok:
            with form.attempt(db):
                dealing.propose(db.session(), me(), event.id, stage.id, drafted)
    if form.ok and stage:
        return redirect(f"/contests/{event.slug}/jury/deal?stage={stage.id}", 303)
    return _deal_page(event, stage, form)


@pages.post("/contests/<ref>/jury/stages/<stage_id>/deals/<deal_id>", who=SIGNED_IN)
def accept(ref: str, stage_id: str, deal_id: str) -> ResponseReturnValue:
    """Deal as proposed."""
    event = queries.directed(ref, me())
    stage = contests.stage_of(event.id, stage_id)
    form = Form(Body())
    if form.ok:
        with form.attempt(db):
            dealing.accept(db.session(), me(), event.id, stage.id, deal_id)
    if form.ok:
        say(_("The entries are dealt"))
        return redirect(f"/contests/{event.slug}/jury/stages", 303)
    return _deal_page(event, stage, form)


@pages.get("/contests/<ref>/jury/stages", who=SIGNED_IN)
def overview(ref: str) -> str:
    """The stages: what is missing, how far the jury is, and entries without enough readers."""
    event = queries.directed(ref, me())
    rows = contests.stages(event.id)
    return render_template(
        "jury/stages.html",
        event=event,
        stages=rows,
        states=words.STAGES,
        progress={stage.id: queries.progress(stage.id) for stage in rows},
        missing={stage.id: stages.missing(db.session(), event, stage) for stage in rows if stage.status == PLANNED},
        short={stage.id: queries.short(stage) for stage in rows if stage.status == OPEN},
        leads=queries.leads(me(), event),
    )


@pages.route("/contests/<ref>/jury/stages/<stage_id>/open", methods=BOTH, who=SIGNED_IN)
def open_stage(ref: str, stage_id: str) -> ResponseReturnValue:
    """Confirm that scoring opens."""
    event, stage = _led(ref, stage_id)
    form = Form(OpenBody(), _shown(stage.closes_at, event), lambda values: _to_body(values, event))
    if form.ok:
        with form.attempt(db):
            stages.open_stage(db.session(), me(), event.id, stage.id, form.data.get("closes_at"))
    missing = stages.missing(db.session(), event, stage) if stage.status == PLANNED else []
    return _after(form, event, stage, "open", _("Scoring is open. The jurors get letters"), missing=missing)


@pages.route("/contests/<ref>/jury/stages/<stage_id>/close", methods=BOTH, who=SIGNED_IN)
def close_stage(ref: str, stage_id: str) -> ResponseReturnValue:
    """Confirm that scoring ends."""
    event, stage = _led(ref, stage_id)
    form = Form(CloseBody())
    if form.ok:
        with form.attempt(db):
            stages.close_stage(db.session(), me(), event.id, stage.id, form.data.get("reason") or "")
    behind = [row for row in queries.progress(stage.id) if row.signed < row.dealt]
    return _after(form, event, stage, "close", _("The stage is closed"), behind=behind)


@pages.route("/contests/<ref>/jury/stages/<stage_id>/extend", methods=BOTH, who=SIGNED_IN)
def extend(ref: str, stage_id: str) -> ResponseReturnValue:
    """A later deadline."""
    event, stage = _led(ref, stage_id)
    form = Form(ExtendBody(), _shown(stage.closes_at, event), lambda values: _to_body(values, event))
    if form.ok:
        with form.attempt(db):
            stages.extend(db.session(), me(), event.id, stage.id, form.data["closes_at"], form.data["reason"])
    return _after(form, event, stage, "extend", _("The deadline is moved. Jurors with unsigned sheets get letters"))


def _after(form: Form, event: Event, stage: Stage, step: str, done: str, **shown: Any) -> ResponseReturnValue:
    if form.ok:
        say(done)
        return redirect(f"/contests/{event.slug}/jury/stages", 303)
    form.errors = [("day" if field == "closes_at" else field, message) for field, message in form.errors]
    return render_template(f"jury/stage_{step}.html", form=form, event=event, stage=stage, **shown), form.status


def _led(ref: str, stage_id: str) -> tuple[Event, Stage]:
    event = queries.led(ref, me())
    return event, contests.stage_of(event.id, stage_id)


def _chosen(event: Event) -> Stage | None:
    """The stage of the address, else the first that is not closed."""
    rows = contests.stages(event.id)
    wanted = request.args.get("stage", "")
    if wanted:
        return contests.stage_of(event.id, wanted)
    return next((stage for stage in rows if stage.status != CLOSED), rows[-1] if rows else None)


def _deal_page(event: Event, stage: Stage | None, form: Form) -> ResponseReturnValue:
    if stage is None:
        return render_template("jury/deal.html", form=form, event=event, stage=None, stages=[]), form.status
    shown = queries.proposed(stage.id) or queries.accepted(stage.id)
    works = {entry.id: entry for entry in entries.entrants(stage)}
    html = render_template(
        "jury/deal.html",
        form=form,
        event=event,
        stage=stage,
        stages=contests.stages(event.id),
        deal=shown,
        rows=_by_juror(event, shown, {key: entry.number for key, entry in works.items()}) if shown else [],
        entries=len(works),
        fixed=stage.status == CLOSED or dealing.has_scores(db.session(), stage.id),
        kinds=words.CONFLICTS,
        blocked=words.kinds_told(shown.facts["blocked"], events.owns(me(), event)) if shown else {},
    )
    return html, form.status


def _by_juror(event: Event, shown: Deal, numbers: dict[str, int | None]) -> list[dict[str, Any]]:
    """Each juror's load and the numbers she reads, by name."""
    read: dict[str, list[int]] = {member: [] for member in shown.facts["loads"]}
    for entry, member, _ground in shown.plan:
        if entry in numbers:  # others have left the contest since
            read.setdefault(member, []).append(numbers[entry] or 0)
    names = queries.names(event.id)
    rows = [{"name": names.get(who, ""), "load": len(found), "numbers": sorted(found)} for who, found in read.items()]
    return sorted(rows, key=lambda row: str(row["name"]))


def _shown(closes_at: datetime | None, event: Event) -> dict[str, str]:
    if closes_at is None:
        return {}
    day, clock = parts(closes_at, event.time_zone)
    return {"day": day, "time": clock}


def _to_body(values: dict[str, Any], event: Event) -> dict[str, Any]:
    """A day without a time ends at its end."""
    return {**values, "closes_at": instant(values), "time_zone": event.time_zone}
