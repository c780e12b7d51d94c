"""Pages by which organisers write themselves: a message to those registered, and their own words for letters."""

from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.db import db
from events_service.directory import queries as directory
from events_service.events.models import Event
from events_service.notifications import messages, placeholders, queries, quiet, rewording, samples, wording, words
from events_service.notifications.schemas import MessageBody, WordsBody
from services.app import say
from services.database import utcnow
from services.errors import NotFound
from services.forms import Form
from services.i18n import LABELS, LANGUAGES, moment, said_plain
from services.identity import holders, me
from services.web import Pages

pages = Pages("notification_desk", __name__)
ORGANISERS = holders("organiser")
BOTH = ["GET", "POST"]
SHOWN = 20


@pages.route("/events/<ref>/message", methods=BOTH, who=ORGANISERS)
def write(ref: str) -> ResponseReturnValue:
    """Write to those registered and look at it; nothing is sent from here."""
    event = queries.own_event(me(), ref)
    return _written(Form(MessageBody(), {"sent_to": "all", "submission_id": uuid4().hex}), event)


@pages.post("/events/<ref>/message/send", who=ORGANISERS)
def send(ref: str) -> ResponseReturnValue:
    """Send what was looked at, once; or try it on oneself first."""
    event, form = queries.own_event(me(), ref), Form(MessageBody())
    said = ""
    if form.ok:
        with form.attempt(db):
            said = _try_out(form, event) if form.pressed("test") else _send(form, event)
    if not form.ok:
        return _written(form, event)
    say(said)
    return _written(form, event) if form.pressed("test") else redirect(f"/notifications?event={event.slug}", 303)


def _try_out(form: Form, event: Event) -> str:
    address = messages.try_out(db.session(), me(), event, form.data)
    return str(_("The test is on its way to %(address)s. Nobody else gets it.", address=address))


def _send(form: Form, event: Event) -> str:
    message, _new = messages.send(db.session(), me(), event, form.data, form.value("submission_id"))
    said = ngettext("%(num)s letter goes out.", "%(num)s letters go out.", message.recipients)
    return f"{said} {_at_night()}".strip()


def _at_night() -> str:
    """What to know of a letter written late; empty by day."""
    now = utcnow()
    if not quiet.is_quiet(now):
        return ""
    return str(_("It is late: such letters wait until %(when)s.", when=moment(quiet.awake(now))))


def _written(form: Form, event: Event) -> ResponseReturnValue:
    html = render_template(
        "notifications/message.html",
        form=form,
        event=event,
        totals={sent_to: sum(found.values()) for sent_to, found in queries.reaches(event).items()},
        whom=words.WHOM,
        previews=samples.of_message(form.data, event, me()) if form.ok else [],
        reach=queries.reach(event, form.data["sent_to"]) if form.ok else {},
        at_night=_at_night(),
        earlier=list(db.session.scalars(queries.messages_of(event).limit(SHOWN))),
    )
    return html, form.status, {"Retry-After": str(form.retry_after)} if form.retry_after else {}


@pages.get("/notifications/templates", who=ORGANISERS)
def templates() -> ResponseReturnValue:
    """The kinds of letters, and which of them are in the organisation's own words."""
    organisation = _organisation()
    own: dict[str, list[str]] = {}
    for row in queries.own_words(organisation):
        if row.subject or row.lead:
            own.setdefault(row.kind, []).append(row.language)
    return render_template(
        "notifications/templates.html",
        organisation=organisation,
        choice=_organisations(),
        kinds=[(kind, words.kind_words(kind), _labels(own.get(kind, []))) for kind in rewording.KINDS],
    )


@pages.route("/notifications/templates/<kind>", methods=BOTH, who=ORGANISERS)
def template(kind: str) -> ResponseReturnValue:
    """An organisation's own words for one kind of letter."""
    organisation, names = _organisation(), rewording.names_of(kind)
    own = queries.own_words(organisation, kind)
    form = Form(WordsBody(), _as_form(own))
    if form.pressed("restore") and form.status != 400:
        form.data, form.errors, form.status = {}, [], 200
    looks = form.pressed("preview")
    if form.ok:
        with form.attempt(db):
            if looks:
                rewording.check(kind, form.data)
            else:
                rewording.reword(db.session(), me(), organisation, kind, form.data, form.version)
    if form.ok and not looks:
        say(
            _("These letters say our words again") if form.pressed("restore") else _("Saved. The next letters say this")
        )
        return redirect(f"/notifications/templates?organisation={organisation}", 303)
    html = render_template(
        "notifications/template.html",
        form=form,
        kind=words.kind_words(kind),
        code_of_kind=kind,
        changed=any(row.subject or row.lead for row in own),
        organisation=organisation,
        names=[(name, placeholders.NAMES[name]) for name in names],
        ours={code: wording.ours(kind, code) for code in LANGUAGES},
        previews=samples.of_words(form.data, kind, organisation, me()) if form.ok else [],
    )
    return html, form.status


def _as_form(rows: list[Any]) -> dict[str, Any]:
    texts = {name: {row.language: getattr(row, name) for row in rows} for name in ("subject", "lead")}
    return {**texts, "version": max((row.version for row in rows), default=0)}


def _organisation() -> str:
    """The organisation the address names, else the first she organises for; another's does not exist for her."""
    mine = sorted(me().scopes("organiser"))
    wanted = request.args.get("organisation") or mine[0]
    if wanted not in mine:
        raise NotFound
    return wanted


def _organisations() -> list[tuple[str, str]]:
    rows = ((code, directory.organisation(code)) for code in sorted(me().scopes("organiser")))
    return [(code, said_plain(row.name) if row else code) for code, row in rows]


def _labels(codes: list[str]) -> list[str]:
    return [LABELS[code][1] for code in LANGUAGES if code in codes]
