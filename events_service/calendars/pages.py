"""The page of calendars and the feeds: no sign-in, no redirect, no cookie, the same bytes for everybody."""

from typing import Any

from flask import Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from events_service.calendars import addresses, feeds, fetching, offers, queries, selections, words
from events_service.calendars.kept import Feed
from events_service.calendars.schemas import SwitchesBody
from events_service.calendars.shortcut import FEED
from events_service.db import db
from events_service.events.models import DRAFT
from events_service.events.queries import find
from events_service.ics.entries import in_calendars
from events_service.subscriptions import choosing
from events_service.subscriptions import queries as subscriptions
from services.app import say
from services.errors import NotFound
from services.forms import Form
from services.identity import ANYONE, SIGNED_IN, actor, me
from services.web import Pages

pages = Pages("calendars", __name__)

PUBLIC = "public, max-age=300"
LEAST_ZIPPED = 600  # bytes
PERSONAL = "private, max-age=0, must-revalidate"


@pages.get("/calendars", who=ANYONE)
def show() -> ResponseReturnValue:
    """One calendar with its address and how to use it, and which others there are."""
    return _page()


@pages.post("/calendars/switches", who=SIGNED_IN)
def switch() -> ResponseReturnValue:
    """What stands in one's own calendar besides."""
    form = Form(SwitchesBody())
    if form.ok:
        with form.attempt(db):
            choosing.switch_calendar(db.session(), me(), **form.data)
    if not form.ok:
        return _page(form)
    say(_("Saved. Your calendar programs have it when they next ask"))
    return redirect("/calendars", 303)


@pages.post("/calendars/replace", who=SIGNED_IN)
def replace() -> ResponseReturnValue:
    """A new address for one's own calendar."""
    with db.transaction() as session:
        addresses.replace(session, me())
    say(_("Your calendar has a new link. Put it into your calendar program: the old one no longer works."))
    return redirect("/calendars")


def _page(form: Form | None = None) -> ResponseReturnValue:
    """Of a signed-in person her own calendar, unless she asks for another."""
    chosen, person, feed = selections.of(request.args), actor(), request.args.get("feed", "")
    if feed not in {"", "all", "deadlines"}:
        raise NotFound
    own = person if not feed and not chosen.filters else None
    due = feed == "deadlines"
    html = render_template(
        "calendars/calendars.html",
        chosen=chosen,
        due=due,
        own=own,
        offer=offers.of_person(own.id) if own else (offers.of_deadlines if due else offers.of_selection)(chosen),
        count=None if own or due else queries.total(chosen),
        form=form or Form(None, SwitchesBody().dump(subscriptions.of(own.id)) if own else {}),
        fetched=[(words.PROGRAMS.get(name, words.OTHER), at) for name, at in queries.fetches(own.id)] if own else [],
        near=queries.near(person.id) if person else [],
        centres=queries.centres(),
        shelves=queries.shelves(),
        everything=queries.total(selections.Selection()),
    )
    return html, form.status if form else 200


@pages.get("/calendars/all.ics", who=ANYONE)
def all_events() -> Response:
    """Every event, or those that pass the filters of the address."""
    return _public(selections.named(request.args))


@pages.get("/calendars/<any(district, kind, programme, cluster, school):name>/<code>.ics", who=ANYONE)
def one_filter(name: str, code: str) -> Response:
    """The events of one district, kind, programme, cluster or school; more filters may follow."""
    return _public(selections.named(request.args, **{name: code}))


@pages.get("/calendars/deadlines.ics", who=ANYONE)
def deadlines() -> Response:
    """Until when to register and to bring ideas; the same filters."""
    selection = selections.named(request.args)
    feed = feeds.deadlines(selection, selections.language_of(request.args))
    return _answer(feed, _filename("deadlines", *selection.filters.values()), PUBLIC)


@pages.get("/calendars/my/<token>.ics", who=ANYONE)
def my_events(token: str) -> Response:
    """What one person comes to or organises; whoever has the address may read it."""
    feed = feeds.personal(token, selections.language_of(request.args))
    app: Any = current_app
    fetching.note(app._get_current_object(), request.path, request.headers.get("User-Agent", ""))
    response = _answer(feed, "qonyrau-my.ics", PERSONAL)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.get("/events/<slug>.ics", who=ANYONE)
def one_event(slug: str) -> Response:
    """One event to save."""
    event = find(slug)
    if event is None or event.status == DRAFT or not in_calendars(event):
        raise NotFound
    feed = feeds.single(event, selections.language_of(request.args))
    return _answer(feed, f"{event.slug}.ics", PUBLIC, disposition="attachment")


def _public(selection: selections.Selection) -> Response:
    feed = feeds.public(selection, selections.language_of(request.args))
    return _answer(feed, _filename(*selection.filters.values()), PUBLIC)


def _filename(*words: str) -> str:
    return "-".join(["qonyrau", *words]) + ".ics"


def _answer(feed: Feed, filename: str, cache: str, disposition: str = "inline") -> Response:
    """The feed, or 304 where the reader has it: by ETag first, by date only without one."""
    zipped = len(feed.body) >= LEAST_ZIPPED and request.accept_encodings["gzip"] > 0
    response = Response(feed.zipped if zipped else feed.body, content_type="text/calendar; charset=utf-8")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers.set("Content-Disposition", disposition, filename=filename)
    response.headers["Cache-Control"] = cache
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(_etag(feed, zipped))
    response.last_modified = feed.changed
    response.make_conditional(request)
    if feed.stamp is not None:
        shown = request.path.replace(str((request.view_args or {}).get("token") or "\n"), "…")
        request.environ[FEED] = feed, response.get_etag()[0], request.url_rule and request.url_rule.rule, shown
    return response


def _etag(feed: Feed, zipped: bool) -> str:
    """The validator of the form that is sent; a reader who names the other form of the same feed has it too."""
    plain, compressed = feed.forms
    sent, other = (compressed, plain) if zipped else (plain, compressed)
    named = request.if_none_match.as_set(include_weak=True)
    return other if other in named and sent not in named else sent
