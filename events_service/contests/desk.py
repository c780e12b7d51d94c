"""Pages by which organisers write the rules of a contest: settings, nominations, stages, criteria, files."""

from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.contests import checking, forms, keeping, loading, queries, receiving, settling, sheets, words
from events_service.contests.models import Nomination, Stage
from events_service.contests.pages import stage_state
from events_service.contests.schemas import (
    MOST_CRITERIA,
    ContestBody,
    CriteriaBody,
    NominationBody,
    NominationPatch,
    StageBody,
    StagePatch,
)
from events_service.db import db
from events_service.events.models import Event
from services.app import say
from services.fields import Body
from services.forms import Form
from services.identity import holders, me
from services.text import UNSAFE
from services.web import Pages

pages = Pages("contest_desk", __name__)
ORGANISERS = holders("organiser")
BOTH = ["GET", "POST"]
BLANK_LINES = 3


@pages.route("/contests/<ref>/rules", methods=BOTH, who=ORGANISERS)
def settings(ref: str) -> ResponseReturnValue:
    """The settings of a contest."""
    event = queries.owned(ref, me())
    contest, zone = queries.contest_of(event), event.time_zone
    form = Form(
        ContestBody(), forms.settings_to_form(contest, zone), lambda values: forms.settings_to_body(values, zone)
    )
    if form.ok:
        with form.attempt(db):
            settling.settle(db.session(), me(), event.id, form.data, form.version)
    if form.ok:
        say(_("Saved."))
        return redirect(f"/contests/{event.slug}", 303)
    form.errors = [(_renamed(name), message) for name, message in form.errors]
    html = render_template(
        "contests/settings.html",
        form=form,
        event=event,
        contest=contest,
        words=words,
        tie_places=forms.tie_places(),
    )
    return html, form.status


def _renamed(name: str) -> str:
    """The field where an error is mended; one of a list of rules as a whole is mended at its first place."""
    name = forms.RENAMED.get(name, name)
    return f"{name}.0" if name in {"rules.ties", "rules.diplomas"} else name


@pages.get("/contests/<ref>/nominations", who=ORGANISERS)
def overview(ref: str) -> str:
    """Nominations, stages and the sheets of both, with what is missing."""
    event = queries.owned(ref, me())
    nominations, stages, lines = queries.nominations(event.id), queries.stages(event.id), queries.sheets(event.id)
    return render_template(
        "contests/overview.html",
        event=event,
        contest=queries.contest_of(event),
        nominations=nominations,
        stages=stages,
        sheets=lines,
        faults=checking.faults(nominations, stages, lines),
        whole=checking.whole,
        said_sum=checking.said_sum,
        stage_state=stage_state,
    )


@pages.route("/contests/<ref>/nominations/new", methods=BOTH, who=ORGANISERS)
def new_nomination(ref: str) -> ResponseReturnValue:
    """Add a nomination."""
    event = queries.owned(ref, me())
    form = Form(NominationBody())
    if form.ok:
        with form.attempt(db):
            keeping.add_nomination(db.session(), me(), event.id, form.data)
    return _after(form, event, "contests/nomination_edit.html", nomination=None)


@pages.route("/contests/<ref>/nominations/<nomination_id>", methods=BOTH, who=ORGANISERS)
def edit_nomination(ref: str, nomination_id: str) -> ResponseReturnValue:
    """Change a nomination."""
    event, nomination = _nomination(ref, nomination_id)
    form = Form(NominationPatch(), {**forms.nomination_to_form(nomination), **_version(event)})
    if form.ok:
        with form.attempt(db):
            keeping.change_nomination(db.session(), me(), event.id, nomination.id, form.data, form.version)
    return _after(form, event, "contests/nomination_edit.html", nomination=nomination)


@pages.route("/contests/<ref>/nominations/<nomination_id>/remove", methods=BOTH, who=ORGANISERS)
def remove_nomination(ref: str, nomination_id: str) -> ResponseReturnValue:
    """Remove a nomination with its criteria."""
    event, nomination = _nomination(ref, nomination_id)
    form = Form(Body())
    if form.ok:
        with form.attempt(db):
            keeping.remove_nomination(db.session(), me(), event.id, nomination.id)
    return _after(form, event, "contests/remove.html", heading=_("Remove the nomination"), thing=nomination)


@pages.route("/contests/<ref>/stages/new", methods=BOTH, who=ORGANISERS)
def new_stage(ref: str) -> ResponseReturnValue:
    """Add a stage."""
    event = queries.owned(ref, me())
    form = Form(StageBody(), {"kind": "remote"}, lambda values: forms.stage_to_body(values, event.time_zone))
    if form.ok:
        with form.attempt(db):
            keeping.add_stage(db.session(), me(), event.id, form.data)
    return _after(form, event, "contests/stage_edit.html", stage=None, words=words)


@pages.route("/contests/<ref>/stages/<stage_id>", methods=BOTH, who=ORGANISERS)
def edit_stage(ref: str, stage_id: str) -> ResponseReturnValue:
    """Change a stage."""
    event, stage = _stage(ref, stage_id)
    zone = event.time_zone
    shown = {**forms.stage_to_form(stage, zone), **_version(event)}
    form = Form(StagePatch(), shown, lambda values: forms.stage_to_body(values, zone))
    if form.ok:
        with form.attempt(db):
            keeping.change_stage(db.session(), me(), event.id, stage.id, form.data, form.version)
    return _after(form, event, "contests/stage_edit.html", stage=stage, words=words)


@pages.route("/contests/<ref>/stages/<stage_id>/remove", methods=BOTH, who=ORGANISERS)
def remove_stage(ref: str, stage_id: str) -> ResponseReturnValue:
    """Remove a stage with its criteria."""
    event, stage = _stage(ref, stage_id)
    form = Form(Body())
    if form.ok:
        with form.attempt(db):
            keeping.remove_stage(db.session(), me(), event.id, stage.id)
    return _after(form, event, "contests/remove.html", heading=_("Remove the stage"), thing=stage)


@pages.route("/contests/<ref>/criteria/<nomination_id>/<stage_id>", methods=BOTH, who=ORGANISERS)
def edit_criteria(ref: str, nomination_id: str, stage_id: str) -> ResponseReturnValue:
    """All criteria of a nomination in a stage."""
    event, nomination = _nomination(ref, nomination_id)
    stage = queries.stage_of(event.id, stage_id)
    lines, contest = queries.criteria(stage.id, nomination.id), queries.contest_of(event)
    shown = {**forms.criteria_to_form(lines), **_version(event)}
    form = Form(CriteriaBody(), shown, forms.criteria_to_body)
    if more := form.pressed("more") and form.status != 400:  # only more lines: nothing is saved, nothing is wrong yet
        form.errors, form.status = [], 200
    if form.ok and not more:
        with form.attempt(db):
            sheets.put_criteria(
                db.session(), me(), event.id, nomination.id, stage.id, form.data["criteria"], form.version
            )
    form.errors = forms.criteria_fields(form)
    return _after(
        form,
        event,
        "contests/criteria.html",
        more,
        nomination=nomination,
        stage=stage,
        contest=contest,
        count=min(form.count("criteria") + (BLANK_LINES if more or not lines else 0), MOST_CRITERIA),
        sum=checking.said_sum(line.weight for line in lines),
        whole=checking.whole(line.weight for line in lines),
    )


@pages.route("/contests/<ref>/load", methods=BOTH, who=ORGANISERS)
def load(ref: str) -> ResponseReturnValue:
    """Rules from CSV: check them, then load them as a whole."""
    event, found, faults = queries.owned(ref, me()), None, []
    form = Form(None, _version(event))
    files = receiving.texts(form) if form.sent else {}
    if form.ok:
        try:
            with db.transaction() as session:
                found = loading.load(session, me(), event.id, {**files, "dry": not form.pressed("load")}, form.version)
        except loading.Faulty as error:
            faults, form.status = error.faults, error.status
            form.errors = [("", _("Nothing was loaded: mend the lines below"))]
        except receiving.REFUSED as error:
            receiving.refuse(form, error)
    if found and found["loaded"]:
        say(_("The rules are loaded"))
        return redirect(f"/contests/{event.slug}/nominations", 303)
    html = render_template(
        "contests/load.html",
        form=form,
        event=event,
        contest=queries.contest_of(event),
        found=found,
        faults=faults,
        files={name: UNSAFE.sub("", text) for name, text in files.items()},  # no page can hold such a character
    )
    return html, form.status


def _nomination(ref: str, nomination_id: str) -> tuple[Event, Nomination]:
    event = queries.owned(ref, me())
    return event, queries.nomination_of(event.id, nomination_id)


def _stage(ref: str, stage_id: str) -> tuple[Event, Stage]:
    event = queries.owned(ref, me())
    return event, queries.stage_of(event.id, stage_id)


def _version(event: Event) -> dict[str, int]:
    """That of the rules, which every form of theirs sends back."""
    return {"version": queries.contest_of(event).rules_version}


def _after(form: Form, event: Event, template: str, again: bool = False, **more: Any) -> ResponseReturnValue:
    """Back to the overview once saved; else the form as it was filled."""
    if form.ok and not again:
        say(_("Saved."))
        return redirect(f"/contests/{event.slug}/nominations", 303)
    form.errors = [(forms.RENAMED.get(name, name), message) for name, message in form.errors]
    frozen = queries.contest_of(event).frozen_at is not None
    return render_template(template, form=form, event=event, frozen=frozen, **more), form.status
