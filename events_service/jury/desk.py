"""Pages by which organisers name the jury; its chair and secretary read them."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.contests import queries as contests
from events_service.contests.models import CLOSED
from events_service.db import db
from events_service.directory import queries as directory
from events_service.events import queries as events
from events_service.events.models import DRAFT, Event
from events_service.jury import naming, queries, words
from events_service.jury.models import CHAIR, SECRETARY, JuryMember
from events_service.jury.schemas import LeaveBody, MemberBody, MemberPatch
from services.app import say
from services.forms import Form
from services.identity import SIGNED_IN, holders, me
from services.web import Pages

pages = Pages("jury_desk", __name__)
ORGANISERS = holders("organiser")
BOTH = ["GET", "POST"]


@pages.get("/contests/<ref>/jury/members", who=SIGNED_IN)
def members(ref: str) -> str:
    """The jury, what it lacks, and the order it stands on."""
    event = queries.directed(ref, me())
    jury = queries.members(event.id)
    return render_template(
        "jury/members.html",
        event=event,
        jury=jury,
        contest=contests.contest_of(event),
        dealt={row.member.id: row.dealt for row in queries.progress_of_contest(event.id)},
        schools=directory.schools_named({row.school_id for row in jury if row.school_id}),
        warnings=warnings(event, jury),
        owner=events.owns(me(), event),
        roles=words.ROLES,
    )


@pages.route("/contests/<ref>/jury/members/new", methods=BOTH, who=ORGANISERS)
def name(ref: str) -> ResponseReturnValue:
    """Name a member: by her address, or picked from those whose name was looked for."""
    event = contests.owned(ref, me())
    form = Form(MemberBody(), {"role": "member", "scores": True}, _to_body)
    member: JuryMember | None = None
    if form.ok:
        with form.attempt(db):
            member = naming.name(db.session(), me(), event.id, form.data)
    if form.ok and member:
        told = event.status != DRAFT
        say(_("%(name)s is of the jury now and gets a letter", name=member.name) if told else _("Saved."))
        return redirect(f"/contests/{event.slug}/jury/members", 303)
    html = render_template(
        "jury/name.html",
        form=form,
        event=event,
        **directory.looked_for(request.args.get("q", "")),
        roles=[(role, str(said)) for role, said in words.ROLES.items()],
    )
    return html, form.status


@pages.route("/contests/<ref>/jury/members/<member_id>", methods=BOTH, who=ORGANISERS)
def change(ref: str, member_id: str) -> ResponseReturnValue:
    """Change a member's role, or whether entries are dealt to her."""
    event = contests.owned(ref, me())
    member = queries.one_of(event.id, member_id)
    shown = {"role": member.role, "scores": member.scores, "version": member.version}
    form = Form(MemberPatch(), shown, _to_body)
    if form.ok:
        with form.attempt(db):
            naming.change(db.session(), me(), event.id, member.id, form.data, form.version)
    if form.ok:
        say(_("Saved."))
        return redirect(f"/contests/{event.slug}/jury/members", 303)
    roles = [(role, str(said)) for role, said in words.ROLES.items()]
    return render_template("jury/member.html", form=form, event=event, member=member, roles=roles), form.status


@pages.route("/contests/<ref>/jury/members/<member_id>/remove", methods=BOTH, who=ORGANISERS)
def remove(ref: str, member_id: str) -> ResponseReturnValue:
    """Let a member go."""
    event = contests.owned(ref, me())
    member = queries.one_of(event.id, member_id)
    form = Form(LeaveBody())
    if form.ok:
        with form.attempt(db):
            naming.remove(db.session(), me(), event.id, member.id, form.data.get("reason") or "")
    if form.ok:
        say(_("She is no longer of the jury"))
        return redirect(f"/contests/{event.slug}/jury/members", 303)
    open_now = [
        row
        for stage in contests.stages(event.id)
        for row in queries.progress(stage.id)
        if row.member.id == member.id and stage.status != CLOSED
    ]
    left = sum(row.dealt - row.signed for row in open_now)
    return render_template("jury/remove.html", form=form, event=event, member=member, left=left), form.status


def warnings(event: Event, jury: list[JuryMember]) -> list[str]:
    """What to look at before scoring opens."""
    least, roles = queries.rules(event.id).jury_min, {member.role for member in jury}
    scoring = sum(member.scores for member in jury)
    few = ngettext("The rules ask for %(num)s member at least", "The rules ask for %(num)s members at least", least)
    even = ngettext(
        "%(num)s juror scores: with an even number votes may tie",
        "%(num)s jurors score: with an even number votes may tie",
        scoring,
    )
    found = [
        (len(jury) < least, few),
        (scoring > 0 and scoring % 2 == 0, even),
        (CHAIR not in roles, _("The jury has no chair")),
        (SECRETARY not in roles, _("The jury has no secretary")),
        (_organiser_scores(event, jury), _("An organiser of the contest scores, though a stage is blind")),
    ]
    return [str(said) for wrong, said in found if wrong]


def _organiser_scores(event: Event, jury: list[JuryMember]) -> bool:
    return bool(queries.organisers(event, [member.person_id for member in jury if member.scores]))


def _to_body(values: dict[str, Any]) -> dict[str, Any]:
    """A box that is not ticked is not sent."""
    return {**values, "scores": values.get("scores") == "on"}
