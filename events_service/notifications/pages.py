"""The organiser's view of the outbox: what did not arrive comes first, with the one thing to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from events_service.db import Notification, db
from events_service.events.models import Event
from events_service.notifications import announcing, queries, reasons, words
from services.app import say
from services.errors import NotFound
from services.identity import Actor, holders, me
from services.paging import paged
from services.web import Pages

pages = Pages("notifications", __name__)

ORGANISERS = holders("organiser")
FEW, MANY = 20, 100


@dataclass(frozen=True)
class Group:
    """Rows of one group of states, as many as fit."""

    name: str
    title: str
    rows: list[Notification]
    total: int
    more_url: str


@pages.get("/notifications", who=ORGANISERS)
def show() -> ResponseReturnValue:
    """All groups, or one of them, of all her events or of one."""
    event = queries.own_event(me(), ref) if (ref := request.args.get("event")) else None
    chosen = request.args.get("group", "")
    if chosen and chosen not in queries.GROUPS:
        raise NotFound
    names = [chosen] if chosen else [name for name in queries.GROUPS if name != "dropped"]
    groups = [_group(me(), event, name, whole=bool(chosen)) for name in names]
    rows = [row for group in groups for row in group.rows]
    return render_template(
        "notifications/ledger.html",
        event=event,
        chosen=chosen,
        groups=[group for group in groups if group.rows],
        events=queries.events_of(rows),
        choice=queries.events_with_messages(me()),
        tally=[(words.GROUPS[name][1], number, _url(event, name)) for name, number in _tally(event)],
        kind_words=words.kind_words,
        states=words.STATES,
        reason_of=reasons.of,
        failed=queries.failed(event) if event else 0,
        mendable=announcing.MENDABLE,
    )


@pages.post("/notifications/<int(max=2147483647):row_id>/again", who=ORGANISERS)
def again(row_id: int) -> ResponseReturnValue:
    """Send one message again."""
    return _decide(row_id, announcing.owe_again, _l("The letter to %(address)s is in the queue again"))


@pages.post("/notifications/<ref>/again", who=ORGANISERS)
def all_again(ref: str) -> ResponseReturnValue:
    """Send all that failed of one event again."""
    event = queries.own_event(me(), ref)
    with db.transaction() as session:
        owed = announcing.owe_all_again(session, me(), event)
    say(ngettext("%(num)s letter is in the queue again", "%(num)s letters are in the queue again", owed))
    return redirect(_url(event))


@pages.post("/notifications/<int(max=2147483647):row_id>/drop", who=ORGANISERS)
def drop(row_id: int) -> ResponseReturnValue:
    """Do not send one message that is held back."""
    return _decide(row_id, announcing.drop, _l("The letter to %(address)s will not be sent"))


def _decide(row_id: int, verb: Callable[..., None], said: Any) -> ResponseReturnValue:
    row = queries.own_message(me(), row_id)
    with db.transaction() as session:
        verb(session, me(), row)
    say(str(said) % {"address": row.recipient})
    return redirect(_url(db.session.get(Event, row.topic) if "event" in request.args else None))


def _group(actor: Actor, event: Event | None, name: str, whole: bool) -> Group:
    cursor = request.args.get("cursor", "") if whole else ""
    most = MANY if whole or name == "trouble" else FEW
    rows = queries.visible(actor, event, queries.GROUPS[name])
    page: dict[str, Any] = paged(db.session(), rows, most, cursor, lambda row: row)
    more = _url(event, name, page["next"] if whole else "") if page["next"] else ""
    return Group(name, str(words.GROUPS[name][0]), page["items"], page["total"], more)


def _tally(event: Event | None) -> list[tuple[str, int]]:
    return list(queries.tally(me(), event).items())


def _url(event: Event | None, group: str = "", cursor: str = "") -> str:
    pairs = {"event": event.slug if event else "", "group": group, "cursor": cursor}
    said = "&".join(f"{name}={value}" for name, value in pairs.items() if value)
    return f"/notifications?{said}" if said else "/notifications"
