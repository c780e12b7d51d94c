"""The page of one's own switches, and the page by which letters of one kind are stopped without signing in."""

from typing import Any

from flask import g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.db import db
from events_service.directory import queries as directory
from events_service.subscriptions import choosing, links, queries
from events_service.subscriptions.models import DISTRICT, FOLLOWED, PROGRAMME, SUBJECT
from events_service.subscriptions.schemas import SubscriptionBody, show
from events_service.subscriptions.words import DAILY, LETTERS
from services import limits
from services.app import say
from services.errors import NotFound
from services.forms import Form
from services.i18n import said_plain
from services.identity import ANYONE, SIGNED_IN, me
from services.web import Pages

pages = Pages("subscriptions", __name__)
BOTH = ["GET", "POST"]
GUEST = "mail:"
# Of one link: the program of a reader presses once, and tries again after an error.
PRESSES = "60/hour"


@pages.route("/my/subscriptions", methods=BOTH, who=SIGNED_IN)
def my_subscriptions() -> ResponseReturnValue:
    """What she follows, and which letters come."""
    kinds = _kinds()
    form = Form(SubscriptionBody(), _shown(kinds), lambda values: _body(values, kinds))
    if form.ok:
        with form.attempt(db):
            choosing.choose(db.session(), me(), form.data, form.version)
    if form.ok:
        say(_("Saved"))
        return redirect("/my/subscriptions", 303)
    version = queries.of(me().id).version
    html = render_template(
        "subscriptions/mine.html",
        form=form,
        letters=kinds,
        offer=_offer(),
        version=version,
        most=choosing.MOST_FOLLOWED,
    )
    return html, form.status


def _kinds() -> list[tuple[str, str]]:
    """The letters that can come to her, with what they are called."""
    coordinates = me().has("coordinator")
    return [(kind, str(said)) for kind, said in LETTERS.items() if kind != DAILY or coordinates]


def _shown(kinds: list[tuple[str, str]]) -> dict[str, Any]:
    row = queries.of(me().id)
    return {**show(row), "letters": [kind for kind, _said in kinds if kind not in row.muted]}


def _body(values: dict[str, Any], kinds: list[tuple[str, str]]) -> dict[str, Any]:
    """The JSON body of what was sent: a box that is not ticked says no."""
    ticked, follows = values.get("letters") or [], values.get("follows")
    follows = follows if isinstance(follows, dict) else {}
    return {
        "follows": {what: follows.get(what) or [] for what in FOLLOWED},
        "letters": {kind: kind in ticked for kind, _said in kinds},
    }


def _offer() -> dict[str, list[tuple[str, str]]]:
    """What can be followed, and what she follows though it is no longer there."""
    named = {
        DISTRICT: [(row.code, said_plain(row.name)) for row in directory.territories()],
        PROGRAMME: [(row.code, said_plain(row.name)) for row in directory.programmes()],
        SUBJECT: [(name, name) for name in queries.subjects()],
    }
    mine = queries.followed(me().id)
    return {
        what: [*rows, *((code, code) for code in mine[what] if code not in dict(rows))] for what, rows in named.items()
    }


@pages.route("/unsubscribe/<token>", methods=BOTH, who=ANYONE)
def unsubscribe(token: str) -> ResponseReturnValue:
    """Stop letters of the kind that the link names, by one press here or in a mail program (RFC 8058).

    The signed link itself is the right to do so: a mail program has neither a session nor a form's token.
    To let them come again takes the button of the page.
    """
    named = links.named_by(token)
    if named is None:
        raise NotFound
    reader, kind = named
    if request.method == "POST":
        limits.hit(PRESSES, "unsubscribe", token)
        verb = choosing.resume if "resume" in request.form else choosing.stop
        if verb is choosing.stop:
            g.csrf_refused = False
        with db.transaction() as session:
            verb(session, reader, kind)
    stopped = queries.is_muted(reader, kind)
    guest = reader.startswith(GUEST)
    page = render_template("subscriptions/unsubscribe.html", kind=LETTERS[kind], stopped=stopped, guest=guest)
    response = make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
