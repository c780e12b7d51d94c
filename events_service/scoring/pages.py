"""A juror's pages: her list, a sheet with its entry, and signing it. Made for a phone on a poor link."""

from decimal import Decimal
from itertools import groupby

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.contests import queries as contests
from events_service.db import db
from events_service.entries import blind
from events_service.entries import queries as entries
from events_service.events.models import Event
from events_service.files import serving, store
from events_service.jury.models import Assignment
from events_service.jury.queries import directs, member_of
from events_service.scoring import forms, queries, scoring, words
from events_service.scoring.schemas import SheetBody, title_of
from services.app import say
from services.errors import NotFound
from services.forms import Form
from services.i18n import said_plain
from services.identity import SIGNED_IN, me
from services.web import Pages

pages = Pages("scoring", __name__)
BOTH = ["GET", "POST"]


@pages.get("/contests/<ref>/jury", who=SIGNED_IN)
def my_sheets(ref: str) -> str:
    """What is dealt to her, by stage, and how far she is; nobody else's."""
    event = contests.visible(ref, me())
    member, leads = member_of(event.id, me()), directs(me(), event)
    if member is None and not leads:
        raise NotFound
    sheets = queries.sheets(db.session.scalars(queries.dealt(member.id)).all()) if member else []
    stages = [(stage, list(found)) for stage, found in groupby(sheets, key=lambda sheet: sheet.row.stage)]
    return render_template(
        "scoring/mine.html", event=event, member=member, leads=leads, stages=stages, state=words.state
    )


@pages.route("/contests/<ref>/jury/<assignment_id>", methods=BOTH, who=SIGNED_IN)
def sheet(ref: str, assignment_id: str) -> ResponseReturnValue:
    """An entry and its sheet. Whatever a save refuses, what was typed stays in the form."""
    event, row = _mine(ref, assignment_id)
    kept = queries.sheet(row)
    form = Form(SheetBody(), forms.sheet_to_form(kept), lambda values: forms.sheet_to_body(values, kept))
    stale = _save(form, event, row) if form.ok else None
    if form.status == NotFound.status:  # taken away while she wrote
        raise NotFound
    kept, saved = queries.sheet(row), form.ok
    if form.ok and form.pressed("sign") and kept.missing:
        form.errors = [(f"scores.{line.code}", _("Not scored yet")) for line in kept.missing]
        form.status = 422
    if form.ok:
        return redirect(_path(event, row) + ("/sign" if form.pressed("sign") else ""), 303)
    return _sheet_page(form, event, kept, saved, stale), form.status


def _save(form: Form, event: Event, row: Assignment) -> scoring.StaleSheet | None:
    stale = None
    with form.attempt(db):
        try:
            scoring.save(db.session(), me(), event.id, row.id, form.data, form.version)
        except scoring.StaleSheet as error:
            stale = error
            raise
    return stale


def _sheet_page(
    form: Form, event: Event, kept: queries.Sheet, saved: bool = False, stale: scoring.StaleSheet | None = None
) -> str:
    """What was not saved stays a form of its version, so that nothing newer is written over unseen."""
    form.errors = forms.renamed(form.errors, kept)
    unsaved = form.sent and not saved and stale is None
    row, beside = kept.row, queries.beside(kept.row)
    return render_template(
        "scoring/sheet.html",
        form=form,
        event=event,
        sheet=kept,
        entry=blind.view(row.entry, row.stage),
        version=form.version if unsaved else row.version,
        saved=saved,
        names={forms.FIELD + line.id: said_plain(line.title) for line in kept.lines},
        differences=_differences(kept, stale),
        previous=beside[0],
        following=beside[1],
        path=_path(event, row),
        words=words,
    )


def _differences(kept: queries.Sheet, stale: scoring.StaleSheet | None) -> list[tuple[str, str, str]]:
    """What a stale form holds beside what is kept: title, hers, the kept one."""
    if stale is None:
        return []
    there = stale.kept["scores"]
    pairs = [(title_of(kept, code), _said(yours), _said(there[code])) for code, yours in stale.yours["scores"].items()]
    pairs += [(_("Words to the entrant"), stale.yours.get("feedback") or "–", stale.kept["feedback"] or "–")]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _said(points: str | None) -> str:
    return words.points(Decimal(points)) if points else "–"


@pages.route("/contests/<ref>/jury/<assignment_id>/sign", methods=BOTH, who=SIGNED_IN)
def sign(ref: str, assignment_id: str) -> ResponseReturnValue:
    """All marks once more, and the signature under them."""
    event, row = _mine(ref, assignment_id)
    kept, form = queries.sheet(row), Form()
    if form.ok:
        with form.attempt(db):
            scoring.sign(db.session(), me(), event.id, row.id, form.version)
        if form.ok:
            say(_("Sheet № %(number)s is signed", number=row.entry.number))
            return redirect(f"/contests/{event.slug}/jury", 303)
        kept = queries.sheet(row)
    elif not form.sent and (kept.missing or not kept.open):
        return redirect(_path(event, row), 303)
    form.errors = forms.renamed(form.errors, kept)
    html = render_template("scoring/sign.html", form=form, event=event, sheet=kept, path=_path(event, row), words=words)
    return html, form.status


@pages.get("/contests/<ref>/jury/<assignment_id>/files/<int:number>", who=SIGNED_IN)
def entry_file(ref: str, assignment_id: str, number: int) -> ResponseReturnValue:
    """A file of the entry, without what tells of its maker."""
    _event, row = _mine(ref, assignment_id)
    if not blind.readable(row.entry, row.stage):
        raise NotFound
    file = entries.blind_file(row.entry, number)
    return serving.attachment(file.name, file.media_type, store.get(file.key))


def _mine(ref: str, assignment_id: str) -> tuple[Event, Assignment]:
    event = contests.visible(ref, me())
    return event, queries.own(event.id, assignment_id, me())


def _path(event: Event, row: Assignment) -> str:
    return f"/contests/{event.slug}/jury/{row.id}"
