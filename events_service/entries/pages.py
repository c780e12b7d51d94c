"""Pages by which a teacher enters a contest: a draft in parts, its handing in, and how it fares."""

from typing import Any
from uuid import uuid4

from flask import Response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.contests import queries as contests
from events_service.contests import rules as contest_rules
from events_service.db import db
from events_service.directory import queries as directory
from events_service.entries import leaving, queries, sending, standing, uploading, words, writing
from events_service.entries.models import ADMITTED, DRAFT, LIVE, RETURNED, Entry
from events_service.entries.schemas import DeclarationPart, StartBody, TextPart, VideoPart
from events_service.events import queries as events
from events_service.events.models import Event
from events_service.files import serving, store
from events_service.results import queries as results
from services.app import say
from services.forms import Form
from services.i18n import said_plain
from services.identity import SIGNED_IN, me
from services.web import Pages

pages = Pages("entries", __name__)
pages.url_value_preprocessor(uploading.allow_a_file)
BOTH = ["GET", "POST"]
PARTS: dict[str, Any] = {"text": TextPart, "video": VideoPart}
ENTRY = "/contests/<ref>/entries/<entry_id>"


@pages.route("/contests/<ref>/enter", methods=BOTH, who=SIGNED_IN)
def enter(ref: str) -> ResponseReturnValue:
    """Choose a nomination; the draft is there from then on."""
    event = contests.visible(ref, me())
    contest, mine = contests.contest_of(event), queries.mine_at(me(), event.id)
    rules, taken = contest_rules.of(contest), {entry.nomination_id for entry in mine if entry.status in LIVE}
    nominations = [row for row in contests.nominations(event.id) if row.id not in taken]
    only = nominations[0].id if len(nominations) == 1 else ""
    form = Form(StartBody(), {"submission_id": uuid4().hex, "nomination": only})
    entry: Entry | None = None
    if form.ok:
        with form.refusable():
            author = directory.person(me().id)
            with db.transaction() as session:
                entry, _new = writing.start(
                    session, me(), event.id, author, form.data["nomination"], form.value("submission_id")
                )
    if entry and form.ok:
        return redirect(path_of(event, entry), 303)
    html = render_template(
        "entries/enter.html",
        form=form,
        event=event,
        nominations=[(row.id, said_plain(row.title)) for row in nominations],
        state=queries.state_of(event, contest),
        opens_at=contest.entries_open_at,
        closes_at=contests.closes_at(event, contest),
        refusals=writing.REFUSALS,
        eligible=words.ELIGIBLE.get(rules.eligibility),
        room=len(taken) < rules.per_person,
        mine=mine,
        states=words.STATES,
    )
    return html, form.status


@pages.get(ENTRY, who=SIGNED_IN)
def entry_page(ref: str, entry_id: str) -> str:
    """One entry in its parts, where it stands, and what can be done next."""
    event = contests.visible(ref, me())
    entry = queries.find(event, entry_id, me())
    own, contest = entry.author_id == me().id, contests.contest_of(event)
    told = _told(entry)
    return render_template(
        "entries/entry.html",
        event=event,
        entry=entry,
        path=path_of(event, entry),
        own=own,
        owner=events.owns(me(), event) and entry.submitted_at is not None,
        school=directory.school(entry.school_id),
        state=words.STATES[entry.status],
        writes=own and entry.status in {DRAFT, RETURNED} and queries.is_open(event, contest, entry),
        closed=writing.REFUSALS.get(queries.state_of(event, contest)),
        closes_at=_closes_at(event, entry),
        missing=sending.missing(entry) if entry.status in {DRAFT, RETURNED} else {},
        told=told,
        waiting=standing.waiting(entry, told) if entry.status == ADMITTED else [],
        may_withdraw=queries.may_withdraw(entry),
        judged=queries.state_of(event, contest) == queries.JUDGED,
    )


def _told(entry: Entry) -> list[standing.Result]:
    """The published results of its stages."""
    found = []
    for stage in queries.stages_of(entry):
        compilation = results.published(stage)
        if compilation:
            found.append(standing.result(entry, stage, results.document(compilation)))
    return [one for one in found if one]


def _closes_at(event: Event, entry: Entry) -> Any:
    closes = contests.closes_at(event, contests.contest_of(event))
    return max(filter(None, (closes, entry.late_until)), default=None)


@pages.route(f"{ENTRY}/<any(text, video):part>", methods=BOTH, who=SIGNED_IN)
def edit_part(ref: str, entry_id: str, part: str) -> ResponseReturnValue:
    """Write one part of a draft; the others stay as they are."""
    event, entry = _own(ref, entry_id)
    shown = {name: getattr(entry, name) for name in PARTS[part]().fields}
    form = Form(PARTS[part](), shown)
    if form.ok:
        with form.attempt(db):
            writing.rewrite(db.session(), me(), event, entry_id, form.data, form.version)
    if form.ok:
        say(_("Saved."))
        return redirect(path_of(event, entry), 303)
    html = render_template(f"entries/{part}.html", form=form, event=event, entry=entry, path=path_of(event, entry))
    return html, form.status


@pages.route(f"{ENTRY}/files", methods=BOTH, who=SIGNED_IN)
def add_file(ref: str, entry_id: str) -> ResponseReturnValue:
    """Add one file to a draft; each goes by itself, so that a poor link loses one at most."""
    event, entry = _own(ref, entry_id)
    form = Form()
    if form.ok:
        with form.refusable():
            file, _new = uploading.receive(me(), event, entry_id)
            say(_("The file is kept: %(name)s", name=file.name))
    if form.ok:
        return redirect(f"{path_of(event, entry)}/files", 303)
    html = render_template(
        "entries/files.html", form=form, event=event, entry=entry, path=path_of(event, entry), most=writing.MOST_FILES
    )
    return html, form.status


@pages.get(f"{ENTRY}/files/<file_id>", who=SIGNED_IN)
def download(ref: str, entry_id: str, file_id: str) -> Response:
    """A file as it came (a picture as it was drawn anew), for its author and the organisers."""
    event = contests.visible(ref, me())
    file = queries.file_of(queries.find(event, entry_id, me()), file_id)
    return serving.attachment(file.name, file.media_type, store.get(file.key))


@pages.route(f"{ENTRY}/files/<file_id>/remove", methods=BOTH, who=SIGNED_IN)
def remove_file(ref: str, entry_id: str, file_id: str) -> ResponseReturnValue:
    """Take a file out of a draft."""
    event, entry = _own(ref, entry_id)
    file, form = queries.file_of(entry, file_id), Form()
    if form.ok:
        with form.refusable():
            uploading.remove(me(), event, entry_id, file_id)
    if form.ok:
        say(_("The file is removed"))
        return redirect(f"{path_of(event, entry)}/files", 303)
    html = render_template(
        "entries/file_remove.html", form=form, event=event, entry=entry, file=file, path=path_of(event, entry)
    )
    return html, form.status


@pages.route(f"{ENTRY}/submit", methods=BOTH, who=SIGNED_IN)
def submit(ref: str, entry_id: str) -> ResponseReturnValue:
    """The declaration and the consent, kept by themselves, and the handing in with its receipt."""
    event, entry = _own(ref, entry_id)
    form = Form(DeclarationPart(), {"original": entry.original, "consent": entry.consent})
    if form.ok:
        _hand_in(form, event, entry_id)
    if form.ok:
        return redirect(path_of(event, entry), 303)
    missing = {name: said for name, said in sending.missing(entry).items() if name not in DeclarationPart().fields}
    html = render_template(
        "entries/submit.html", form=form, event=event, entry=entry, path=path_of(event, entry), missing=missing
    )
    return html, form.status


def _hand_in(form: Form, event: Event, entry_id: str) -> None:
    with form.refusable():
        author = directory.person(me().id)
        with db.transaction() as session:
            if queries.own(event, entry_id, me()).status in {DRAFT, RETURNED}:
                writing.rewrite(session, me(), event, entry_id, form.data)
        with db.transaction() as session:
            entry = sending.submit(session, me(), event, entry_id, author)
        say(_("The entry is received. Its number is %(number)s; the receipt comes by letter", number=entry.number))


@pages.route(f"{ENTRY}/withdraw", methods=BOTH, who=SIGNED_IN)
def withdraw(ref: str, entry_id: str) -> ResponseReturnValue:
    """Take one's own entry back; a second press finds it taken back."""
    event, entry = _own(ref, entry_id)
    form = Form()
    if form.ok:
        with form.attempt(db):
            leaving.withdraw(db.session(), me(), event, entry_id)
    if form.ok:
        say(_("You have taken the entry back"))
        return redirect(f"/contests/{event.slug}/enter", 303)
    html = render_template("entries/withdraw.html", form=form, event=event, entry=entry, path=path_of(event, entry))
    return html, form.status


def path_of(event: Event, entry: Entry) -> str:
    """The path of the page of an entry."""
    return f"/contests/{event.slug}/entries/{entry.id}"


def _own(ref: str, entry_id: str) -> tuple[Event, Entry]:
    event = contests.visible(ref, me())
    return event, queries.own(event, entry_id, me())
