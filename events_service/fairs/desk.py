"""Pages by which organisers arrange a fair: its settings, its sections, the ideas and their slots."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.db import db
from events_service.directory import queries as directory
from events_service.events import filtering
from events_service.events.models import LANGUAGES, Event
from events_service.events.words import language_names
from events_service.fairs import clashes, deciding, forms, keeping, queries, words
from events_service.fairs.models import ACCEPTED, FairSection, Idea
from events_service.fairs.schemas import DeclineBody, FairBody, FillBody, SectionBody, SectionPatch, SlotBody
from services.app import say
from services.errors import NotFound
from services.fields import Body
from services.forms import Form
from services.i18n import said_plain
from services.identity import holders, me
from services.paging import PageQuery, paged
from services.web import Pages

pages = Pages("fair_desk", __name__)
ORGANISERS = holders("organiser")
BOTH = ["GET", "POST"]
ROWS = 100


@pages.get("/fairs/<ref>/ideas", who=ORGANISERS)
def ideas(ref: str) -> str:
    """What was handed in: what waits for a decision first, and what stands in each other's way."""
    event, cursor = queries.owned(ref, me()), request.args.get("cursor", "")
    filtering.loaded(PageQuery(), {"cursor": cursor} if cursor else {})
    rows = queries.shown_to(event, me()).where(Idea.submitted_at.is_not(None))
    page = paged(db.session(), rows, ROWS, cursor, lambda row: row)
    return render_template(
        "fairs/ideas.html",
        event=event,
        page=page,
        counts=queries.counts(event.id),
        schools=queries.schools_of(page["items"]),
        warnings=clashes.warnings(event, queries.slots_of(event.id)),
        states=words.STATES,
    )


@pages.route("/fairs/<ref>/ideas/<idea_id>/slot", methods=BOTH, who=ORGANISERS)
def arrange(ref: str, idea_id: str) -> ResponseReturnValue:
    """Accept an idea with its slot, move the slot, or clear it."""
    event, idea = _judged(ref, idea_id)
    form = Form(SlotBody(), forms.slot_to_form(idea, event), lambda values: forms.slot_to_body(values, event.time_zone))
    if form.pressed("clear") and form.status != 400:  # whatever the other fields hold
        form.data, form.errors, form.status = {}, [], 200
    if form.ok:
        with form.attempt(db):
            placed = idea.status == ACCEPTED or form.pressed("clear")
            verb = deciding.place if placed else deciding.accept
            idea = verb(db.session(), me(), idea.id, form.data)
    if form.ok:
        _say_arranged(event, idea)
        return redirect(f"/fairs/{event.slug}/ideas", 303)
    form.errors = [(forms.RENAMED.get(field, field), message) for field, message in form.errors]
    sections = [(row.id, said_plain(row.title)) for row in db.session.scalars(queries.sections_of(event.id))]
    html = render_template("fairs/arrange.html", form=form, event=event, idea=idea, sections=sections)
    return html, form.status


def _say_arranged(event: Event, idea: Idea) -> None:
    found = clashes.warnings(event, queries.slots_of(event.id)).get(idea.id, [])
    if found:
        say(" ".join([_("Saved, but look again."), *(f"{line}." for line in found)]), "warn")
    else:
        say(_("Saved. The author gets a letter"))


@pages.route("/fairs/<ref>/ideas/<idea_id>/decline", methods=BOTH, who=ORGANISERS)
def decline(ref: str, idea_id: str) -> ResponseReturnValue:
    """Say no, and why."""
    event, idea = _judged(ref, idea_id)
    form = Form(DeclineBody(), {"reason": idea.reason})
    if form.ok:
        with form.attempt(db):
            deciding.decline(db.session(), me(), idea.id, form.data["reason"])
    if form.ok:
        say(_("The idea is declined. The author gets a letter"))
        return redirect(f"/fairs/{event.slug}/ideas", 303)
    return render_template("fairs/decline.html", form=form, event=event, idea=idea), form.status


@pages.route("/fairs/<ref>/settings", methods=BOTH, who=ORGANISERS)
def settings(ref: str) -> ResponseReturnValue:
    """Until when ideas are taken, and how many of one person."""
    event = queries.owned(ref, me())
    fair = queries.settings_of(event)
    shown = forms.settings_to_form(fair.ideas_close_at, fair.ideas_per_person, event.time_zone)
    form = Form(FairBody(), shown, lambda values: forms.settings_to_body(values, event.time_zone))
    if form.ok:
        with form.attempt(db):
            keeping.settle(db.session(), me(), event.id, form.data)
    if form.ok:
        say(_("Saved."))
        return redirect(f"/fairs/{event.slug}", 303)
    form.errors = [(forms.RENAMED.get(field, field), message) for field, message in form.errors]
    return render_template("fairs/settings.html", form=form, event=event), form.status


@pages.route("/fairs/<ref>/sections/new", methods=BOTH, who=ORGANISERS)
def new_section(ref: str) -> ResponseReturnValue:
    """Add a section."""
    event = queries.owned(ref, me())
    form = Form(SectionBody(), {"language": "kk_ru"}, forms.section_to_body)
    if form.ok:
        with form.attempt(db):
            keeping.add_section(db.session(), me(), event.id, form.data)
    if form.ok:
        return _section_saved(event)
    return _section_form(form, event, None)


@pages.route("/fairs/<ref>/sections/<section_id>", methods=BOTH, who=ORGANISERS)
def edit_section(ref: str, section_id: str) -> ResponseReturnValue:
    """Change a section."""
    event, section = _section(ref, section_id)
    form = Form(SectionPatch(), forms.section_to_form(section), forms.section_to_body)
    if form.ok:
        with form.attempt(db):
            keeping.change_section(db.session(), me(), event.id, section.id, form.data)
    if form.ok:
        return _section_saved(event)
    return _section_form(form, event, section)


@pages.route("/fairs/<ref>/sections/<section_id>/remove", methods=BOTH, who=ORGANISERS)
def remove_section(ref: str, section_id: str) -> ResponseReturnValue:
    """Remove an empty section."""
    event, section = _section(ref, section_id)
    form = Form(Body())
    if form.ok:
        with form.attempt(db):
            keeping.remove_section(db.session(), me(), event.id, section.id)
    if form.ok:
        say(_("The section is removed"))
        return redirect(f"/fairs/{event.slug}", 303)
    return render_template("fairs/section_remove.html", form=form, event=event, section=section), form.status


@pages.route("/fairs/<ref>/sections/<section_id>/fill", methods=BOTH, who=ORGANISERS)
def fill(ref: str, section_id: str) -> ResponseReturnValue:
    """Slots one after another for what is accepted in a section and has none."""
    event, section = _section(ref, section_id)
    day, start = forms.parts(event.starts_at, event.time_zone)
    form = Form(
        FillBody(),
        {"day": day, "start": "" if event.all_day else start, "gap": 5},
        lambda values: forms.slot_to_body(values, event.time_zone),
    )
    placed = left = 0
    if form.ok:
        with form.attempt(db):
            data = form.data
            placed, left = deciding.fill(
                db.session(), me(), event.id, section.id, data["starts_at"], data.get("gap") or 0
            )
    if form.ok:
        said = ngettext("%(num)s idea has a slot now.", "%(num)s ideas have a slot now.", placed)
        rest = ngettext("%(num)s found no time.", "%(num)s found no time.", left) if left else ""
        say(f"{said} {rest}".rstrip(), "warn" if left else "ok")
        return redirect(f"/fairs/{event.slug}/ideas", 303)
    form.errors = [(forms.RENAMED.get(field, field), message) for field, message in form.errors]
    waiting = queries.count(event.id, Idea.section_id == section.id, Idea.status == ACCEPTED, Idea.starts_at.is_(None))
    html = render_template("fairs/fill.html", form=form, event=event, section=section, waiting=waiting)
    return html, form.status


def _judged(ref: str, idea_id: str) -> tuple[Event, Idea]:
    event, idea = queries.owned(ref, me()), queries.judged_by(idea_id, me())
    if idea.event_id != event.id:
        raise NotFound
    return event, idea


def _section(ref: str, section_id: str) -> tuple[Event, FairSection]:
    event = queries.owned(ref, me())
    return event, queries.section_of(event.id, section_id)


def _section_saved(event: Event) -> ResponseReturnValue:
    say(_("The section is saved"))
    return redirect(f"/fairs/{event.slug}", 303)


def _section_form(form: Form, event: Event, section: FairSection | None) -> ResponseReturnValue:
    form.errors = [("districts" if field.startswith("districts.") else field, said) for field, said in form.errors]
    offer: dict[str, Any] = {
        "languages": [(code, language_names(code)) for code in LANGUAGES],
        "districts": [(row.code, said_plain(row.name)) for row in directory.districts()],
    }
    html = render_template("fairs/section_edit.html", form=form, event=event, section=section, offer=offer)
    return html, form.status
