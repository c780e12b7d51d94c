"""Pages of those who direct a jury: the protocols of a contest, written, signed, and as papers."""

from flask import Response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.awards import as_docx, as_pdf, contents, forms, minutes, queries, receiving, words
from events_service.awards.models import DRAFT, IN_PERSON, Protocol
from events_service.awards.schemas import ProtocolBody, ProtocolPatch, SignBody
from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, Stage
from events_service.db import db
from events_service.events import queries as events
from events_service.events import words as event_words
from events_service.events.models import Event
from events_service.files import serving, store
from events_service.jury import queries as jury
from events_service.jury import words as jury_words
from events_service.results import queries as results
from services.app import say
from services.errors import NotFound
from services.fields import Body, today
from services.forms import Form
from services.identity import SIGNED_IN, me
from services.web import Pages

pages = Pages("protocols", __name__)
pages.url_value_preprocessor(receiving.allow_a_file)
BOTH = ["GET", "POST"]
LANGUAGES, PAPERS = "any(kk, ru)", "any(docx, pdf)"
TYPES = {
    "pdf": (as_pdf.protocol, "application/pdf"),
    "docx": (as_docx.protocol, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


@pages.get("/contests/<ref>/protocol", who=SIGNED_IN)
def protocols(ref: str) -> str:
    """Stage by stage: what is signed, what is a draft, and what can be written now."""
    event = jury.directed(ref, me())
    stages = contests.stages(event.id)
    return render_template(
        "awards/protocols.html",
        event=event,
        stages=[(stage, _rows(stage), _wanting(stage)) for stage in stages],
        states=words.STATES,
        owner=events.owns(me(), event),
        standing=queries.standing(stages[-1]) if stages else None,
        awards=queries.counts(event.id),
        weight=event_words.weight,
    )


def _rows(stage: Stage) -> list[tuple[Protocol, int]]:
    """The protocols of a stage, each with the number of its results."""
    numbers = {row.id: row.number for row in queries.done(stage.id)}
    return [(row, numbers[row.compilation_id]) for row in queries.protocols(stage.id)]


def _wanting(stage: Stage) -> str:
    """What a stage still lacks for a protocol: `open`, `results`, `signatures`; `ready`, `signed`, or nothing."""
    newest = results.newest_done(stage.id)
    if stage.status != CLOSED:
        return "open"
    if newest is None:
        return "results"
    if any(row.compilation_id == newest.id for row in queries.protocols(stage.id)):
        return "signed" if newest.signed_at and stage.compilation_id != newest.id else ""
    return "signatures" if queries.unsigned(stage.id) and not queries.closed_because(stage.id) else "ready"


@pages.route("/contests/<ref>/protocol/new/<stage_id>", methods=BOTH, who=SIGNED_IN)
def new_protocol(ref: str, stage_id: str) -> ResponseReturnValue:
    """Write the protocol of the newest results of a stage."""
    event = jury.directed(ref, me())
    stage = contests.stage_of(event.id, stage_id)
    fresh = {
        "number": queries.next_number(stage.id),
        "held_on": today(),
        "format": IN_PERSON,
        "present[]": [row.id for row in queries.seated(event.id)],
    }
    form = Form(ProtocolBody(), fresh, forms.to_body)
    if form.ok:
        with form.attempt(db):
            minutes.draft(db.session(), me(), event.id, stage.id, form.data)
    if form.ok:
        say(_("The draft is written. Read it, then have it signed"))
        return redirect(f"/contests/{event.slug}/protocol", 303)
    return _protocol_form(form, event, stage, None)


@pages.route("/contests/<ref>/protocol/<protocol_id>/edit", methods=BOTH, who=SIGNED_IN)
def edit_protocol(ref: str, protocol_id: str) -> ResponseReturnValue:
    """Mend a draft."""
    event, protocol = _protocol(ref, protocol_id)
    form = Form(ProtocolPatch(), forms.protocol_to_form(protocol), forms.to_body)
    if form.ok:
        with form.attempt(db):
            minutes.change(db.session(), me(), event.id, protocol.id, form.data, form.version)
    if form.ok:
        say(_("Saved."))
        return redirect(f"/contests/{event.slug}/protocol", 303)
    return _protocol_form(form, event, contests.stage_of(event.id, protocol.stage_id), protocol)


@pages.route("/contests/<ref>/protocol/<protocol_id>/sign", methods=BOTH, who=SIGNED_IN)
def sign(ref: str, protocol_id: str) -> ResponseReturnValue:
    """Say who has signed the paper, and attach its scan; of a signed one only the scan."""
    event, protocol = _protocol(ref, protocol_id)
    drafted = protocol.status == DRAFT
    form = Form(SignBody() if drafted else Body(), {"version": protocol.version}, forms.to_body)
    scan = None
    if form.ok:
        db.session.rollback()  # no transaction stays open while the file is looked into
        with form.refusable():
            scan = receiving.scan()
    if form.ok and not drafted and scan is None:
        form.errors, form.status = [("file", str(_("Choose a file")))], 422
    if form.ok:
        with form.attempt(db):
            _sign(event.id, protocol_id, form, scan, drafted)
        if scan and not form.ok:
            store.delete(scan.key)
    if form.ok:
        say(_("The protocol is signed: what it says stays") if drafted else _("The signed paper is attached"))
        return redirect(f"/contests/{event.slug}/protocol", 303)
    members = [(row.id, f"{row.name} · {jury_words.role_name(row.role)}") for row in queries.seated(event.id)]
    present = [row for row in members if row[0] in protocol.present]
    return render_template(
        "awards/sign.html", form=form, event=event, protocol=protocol, members=present, drafted=drafted
    ), form.status


def _sign(ref: str, protocol_id: str, form: Form, scan: minutes.Scan | None, drafted: bool) -> None:
    if drafted:
        minutes.sign(db.session(), me(), ref, protocol_id, form.data["signed"], scan, form.version)
    elif scan:
        minutes.attach(db.session(), me(), ref, protocol_id, scan)


@pages.get("/contests/<ref>/protocol/<protocol_id>/signed", who=SIGNED_IN)
def signed_paper(ref: str, protocol_id: str) -> Response:
    """The scan of the signed paper, to save."""
    _event, protocol = _protocol(ref, protocol_id)
    if not protocol.file_key:
        raise NotFound
    return serving.attachment(protocol.file_name, protocol.file_type, store.get(protocol.file_key))


@pages.get(f"/contests/<ref>/protocol/<protocol_id>/<{LANGUAGES}:language>.<{PAPERS}:form>", who=SIGNED_IN)
def protocol_paper(ref: str, protocol_id: str, language: str, form: str) -> Response:
    """The protocol as a paper: to sign, to edit, to keep."""
    event, protocol = _protocol(ref, protocol_id)
    paper = contents.paper(event, protocol, language)
    draw, media_type = TYPES[form]
    name = f"protocol-{event.slug}-{protocol.id}-{language}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(draw(paper), mimetype=media_type, headers=headers)


def _protocol(ref: str, protocol_id: str) -> tuple[Event, Protocol]:
    event = jury.directed(ref, me())
    return event, queries.protocol_of(event, protocol_id)


def _protocol_form(form: Form, event: Event, stage: Stage, protocol: Protocol | None) -> ResponseReturnValue:
    html = render_template(
        "awards/protocol_edit.html",
        form=form,
        event=event,
        stage=stage,
        protocol=protocol,
        wanting=_wanting(stage),
        members=[(row.id, f"{row.name} · {jury_words.role_name(row.role)}") for row in queries.seated(event.id)],
        formats=list(words.FORMATS.items()),
    )
    return html, form.status
