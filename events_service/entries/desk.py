"""Pages by which organisers look through entries and decide about them."""

from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.contests import queries as contests
from events_service.db import db
from events_service.directory import queries as directory
from events_service.entries import deciding, forms, lateness, leaving, queries, words
from events_service.entries.models import Entry
from events_service.entries.schemas import EntryQuery, ExcludeBody, LateBody, LateStartBody, RefuseBody, ReturnBody
from events_service.events import filtering
from events_service.events.models import Event
from services.app import say
from services.fields import Body
from services.forms import Form
from services.i18n import said_plain
from services.identity import holders, me
from services.paging import paged
from services.web import Pages

pages = Pages("entry_desk", __name__)
ORGANISERS = holders("organiser")
BOTH = ["GET", "POST"]
ROWS = 100
FILTERS = ("status", "nomination", "district")
ENTRY = "/contests/<ref>/entries/<entry_id>"


@pages.get("/contests/<ref>/entries", who=ORGANISERS)
def entries(ref: str) -> str:
    """All entries, what waits for a decision first; of a draft only that it is there."""
    event = contests.owned(ref, me())
    given = {name: value for name in (*FILTERS, "cursor") if (value := request.args.get(name, "").strip())}
    filters = filtering.loaded(EntryQuery(), given)
    page = paged(db.session(), queries.listed(event, me(), filters), ROWS, filters["cursor"], lambda row: row)
    chosen = {name: filters[name] for name in FILTERS if filters[name]}
    places = {row.code: said_plain(row.name) for row in directory.territories()}
    return render_template(
        "entries/entries.html",
        event=event,
        page=page,
        more=f"?{urlencode({**chosen, 'cursor': page['next']})}" if page["next"] else None,
        counts=queries.counts(event.id),
        schools=queries.schools_of(page["items"]),
        places=places,
        states=words.STATES,
        form=Form(None, chosen),
        chosen=chosen,
        offered=_offered(event, places),
        judged=queries.state_of(event, contests.contest_of(event)) == queries.JUDGED,
    )


def _offered(event: Event, places: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """The selects of the filter: name, label, options, and what none of them means."""
    nominations = [(row.id, said_plain(row.title)) for row in contests.nominations(event.id)]
    states = [(status, str(word)) for status, (_mark, word) in words.STATES.items()]
    return [
        ("status", _("State"), states, _("All states")),
        ("nomination", _("Nomination"), nominations, _("All nominations")),
        ("district", _("District"), list(places.items()), _("All districts")),
    ]


@pages.route(f"{ENTRY}/admit", methods=BOTH, who=ORGANISERS)
def admit(ref: str, entry_id: str) -> ResponseReturnValue:
    """Admit an entry to the first stage."""
    event, entry = _judged(ref, entry_id)
    form = Form(Body())
    if form.ok:
        with form.attempt(db):
            deciding.admit(db.session(), me(), event, entry_id)
    return _decided(form, event, entry, "admit", _("The entry is admitted. Its author gets a letter"))


@pages.route(f"{ENTRY}/refuse", methods=BOTH, who=ORGANISERS)
def refuse(ref: str, entry_id: str) -> ResponseReturnValue:
    """Do not admit an entry, and say why."""
    event, entry = _judged(ref, entry_id)
    form = Form(RefuseBody(), {"reason": entry.reason})
    if form.ok:
        with form.attempt(db):
            deciding.refuse(db.session(), me(), event, entry_id, form.data["reason"])
    return _decided(form, event, entry, "refuse", _("The entry is not admitted. Its author gets a letter"))


@pages.route(f"{ENTRY}/exclude", methods=BOTH, who=ORGANISERS)
def exclude(ref: str, entry_id: str) -> ResponseReturnValue:
    """Put an entry out of the contest, and say why."""
    event, entry = _judged(ref, entry_id)
    form = Form(ExcludeBody())
    if form.ok:
        with form.attempt(db):
            leaving.exclude(db.session(), me(), event, entry_id, form.data["reason"])
    return _decided(form, event, entry, "exclude", _("The entry is excluded. Its author and its jurors get letters"))


@pages.route(f"{ENTRY}/return", methods=BOTH, who=ORGANISERS)
def give_back(ref: str, entry_id: str) -> ResponseReturnValue:
    """Give an entry back to be mended."""
    event, entry = _judged(ref, entry_id)
    form = Form(ReturnBody(), forms.late_to_form(entry), forms.late_to_body)
    if form.ok:
        with form.attempt(db):
            reason, late = form.data["reason"], form.data.get("late_until")
            deciding.give_back(db.session(), me(), event, entry_id, reason, late)
    return _decided(form, event, entry, "return", _("The entry is given back. Its author gets a letter"))


@pages.route(f"{ENTRY}/extend", methods=BOTH, who=ORGANISERS)
def extend(ref: str, entry_id: str) -> ResponseReturnValue:
    """Extend the time of one draft, on record."""
    event = contests.owned(ref, me())
    entry = queries.judged_by(event, entry_id, me(), drafts=True)
    form = Form(LateBody(), forms.late_to_form(entry) | {"reason": entry.late_reason}, forms.late_to_body)
    if form.ok:
        with form.attempt(db):
            lateness.extend(db.session(), me(), event, entry_id, form.data["late_until"], form.data["reason"])
    return _decided(form, event, entry, "extend", _("The time is extended. The author gets a letter"))


@pages.route("/contests/<ref>/entries/late", methods=BOTH, who=ORGANISERS)
def begin_late(ref: str) -> ResponseReturnValue:
    """Begin a draft for a person, by her address or picked from those whose name was looked for."""
    event = contests.owned(ref, me())
    form = Form(LateStartBody(), None, lambda values: {**values, **forms.late_to_body(values)})
    if form.ok:
        with form.attempt(db):
            lateness.begin(db.session(), me(), event.id, form.data)
    if form.ok:
        say(_("The draft is there: its author gets a letter and finds it among her entries"))
        return redirect(f"/contests/{event.slug}/entries", 303)
    form.errors = [("day" if field == "late_until" else field, message) for field, message in form.errors]
    html = render_template(
        "entries/late.html",
        form=form,
        event=event,
        **directory.looked_for(request.args.get("q", "")),
        nominations=[(row.id, said_plain(row.title)) for row in contests.nominations(event.id)],
    )
    return html, form.status


def _judged(ref: str, entry_id: str) -> tuple[Event, Entry]:
    event = contests.owned(ref, me())
    return event, queries.judged_by(event, entry_id, me())


def _decided(form: Form, event: Event, entry: Entry, step: str, said: str) -> ResponseReturnValue:
    """Back to the list with a word, or the form again with what was refused."""
    if form.ok:
        say(said)
        return redirect(f"/contests/{event.slug}/entries", 303)
    form.errors = [("day" if field == "late_until" else field, message) for field, message in form.errors]
    closes_at = contests.closes_at(event, contests.contest_of(event))
    html = render_template("entries/decide.html", form=form, event=event, entry=entry, step=step, closes_at=closes_at)
    return html, form.status
