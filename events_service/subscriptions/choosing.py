"""The verbs by which a reader chooses what she hears of. None of them commits."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session

from events_service.subscriptions import queries
from events_service.subscriptions.models import Follow, Subscription
from services import ledger
from services.database import utcnow
from services.errors import Invalid, Stale
from services.identity import Actor

MOST_FOLLOWED = 50


def switch_calendar(
    session: Session, actor: Actor, *, alarms: bool | None = None, hide_cancelled: bool | None = None
) -> Subscription:
    """Turn the switches of her own calendar; None leaves one as it is."""
    row = _take(session, actor.id)
    given = {"alarms": alarms, "hide_cancelled": hide_cancelled}
    return _write(row, {name: value for name, value in given.items() if value is not None})


def choose(session: Session, actor: Actor, data: dict[str, Any], version: int | None = None) -> Subscription:
    """Choose what she follows and which letters come, from a loaded `SubscriptionBody`; what is not named stays.

    Raises Stale when `version` is not the present one, Invalid for what she cannot follow.
    """
    row = _take(session, actor.id)
    if version is not None and version != row.version:
        raise Stale
    letters = data.get("letters", {})
    muted = sorted({*row.muted, *letters} - {kind for kind, wanted in letters.items() if wanted})
    moved = _follow(session, actor.id, data.get("follows", {}))
    return _write(row, {"muted": muted, **data.get("calendar", {})}, moved)


def stop(session: Session, reader: str, kind: str) -> None:
    """No more letters of a kind to this reader; doing it again changes nothing."""
    row = _take(session, reader)
    _write(row, {"muted": sorted({*row.muted, kind})})


def resume(session: Session, reader: str, kind: str) -> None:
    """Letters of a kind come to this reader again."""
    row = _take(session, reader)
    _write(row, {"muted": sorted({*row.muted} - {kind})})


def _follow(session: Session, reader: str, wanted: dict[str, list[str]]) -> bool:
    """Follow exactly the codes given of each sort that is named; True when that is something new."""
    present, offered = queries.followed(reader), queries.offered()
    whole = {**present, **{what: sorted(set(codes)) for what, codes in wanted.items()}}
    for what, codes in whole.items():
        if not offered[what].union(present[what]).issuperset(codes):
            raise Invalid({"follows": {what: [_("Choose one of the list")]}})
    if sum(map(len, whole.values())) > MOST_FOLLOWED:
        raise Invalid({"follows": [_("One can follow %(most)s at most", most=MOST_FOLLOWED)]})
    for what, codes in whole.items():
        of_it = Follow.reader == reader, Follow.what == what
        session.execute(delete(Follow).where(*of_it, Follow.code.not_in(codes)))
        session.add_all(Follow(reader=reader, what=what, code=code) for code in sorted({*codes} - {*present[what]}))
    return whole != present


def _take(session: Session, reader: str) -> Subscription:
    """The row of a reader, made when there is none, and nobody else's until the commit."""
    new = {"reader": reader, "muted": [], "alarms": False, "hide_cancelled": False}
    ledger.insert_once(session, Subscription, {**new, "version": queries.FIRST_VERSION, "changed_at": utcnow()})
    return session.get_one(Subscription, reader, populate_existing=True, with_for_update=True)


def _write(row: Subscription, values: dict[str, Any], moved: bool = False) -> Subscription:
    """What differs is written, and only then is it a new version."""
    differs = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differs.items():
        setattr(row, name, value)
    if differs or moved:
        row.version, row.changed_at = row.version + 1, utcnow()
    return row
