"""The organiser's verbs: create, change, publish, cancel, restore, duplicate, delete.

SEQUENCE grows when time, place or status changes once people may have seen the event, and each
registrant is told; any other change moves only LAST-MODIFIED.
"""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert
from sqlalchemy.orm import Session

from events_service.db import Audit
from events_service.directory import queries as directory
from events_service.events import agenda, belongings, content, rules, seats
from events_service.events.models import (
    CANCELLED,
    DRAFT,
    PUBLISHED,
    Event,
    EventAudience,
    new_uid,
)
from events_service.events.queries import owned
from events_service.events.slugs import slug_of
from events_service.notifications import alerts, announcing
from events_service.notifications import entries as of_entries
from events_service.notifications import ideas as letters
from events_service.notifications import jury as of_jury
from services import ledger
from services.database import new_id, utcnow
from services.errors import Conflict, Forbidden, Invalid, Stale
from services.fields import today
from services.i18n import said_plain
from services.identity import Actor


def create(session: Session, actor: Actor, data: dict[str, Any]) -> Event:
    """A draft from a loaded `EventBody`; it belongs to the organisation she organises for."""
    body = {**content.DEFAULTS, **rules.settled(data)}
    _check(body)
    host = current_app.config["SETTINGS"].feed_uid_host
    event = Event(
        id=new_id(),
        uid=new_uid(host),
        slug=slug_of(said_plain(body["title"])),
        created_by=actor.id,
        organisation=_organisation(actor, data.get("organisation")),
    )
    content.write(event, body)
    session.add(event)
    session.flush()
    _audit(session, actor, "event.created", event, {}, {name: body[name] for name in content.CONTENT})
    return event


def change(
    session: Session, actor: Actor, ref: str, data: dict[str, Any], version: int | None = None
) -> tuple[Event, int]:
    """Change what `data` names. Answers the event and how many people will be told.

    Raises Stale when `version` is not the present one, Conflict when fewer seats than are taken
    are asked for, Invalid when the whole no longer makes sense.
    """
    event = seats.take_turn(session, owned(ref, actor).id)
    if version is not None and version != event.version:
        raise Stale
    before = content.snapshot(event)
    body = {**before, **rules.settled(data)}
    if "agenda" not in data:
        rules.move_agenda(before, body)
    _check(body)
    if body["capacity"] is not None and body["capacity"] < event.seats_taken:
        raise Conflict(
            _(
                "%(taken)s people have a place already: the number of places cannot be lower",
                taken=event.seats_taken,
            ),
            field="capacity",
        )
    belongings.check_kind(session, event, body["kind"])
    content.write(event, body)
    session.flush()
    told = _after_change(session, event, before, content.snapshot(event))
    old, new = ledger.differences(content.plain(before), content.plain(content.snapshot(event)))
    if new:
        event.version += 1
        _audit(session, actor, "event.changed", event, old, new)
    return event, told


def _after_change(session: Session, event: Event, before: dict[str, Any], after: dict[str, Any]) -> int:
    """What follows from a change of a published event: stamps, the audience, messages, promotions."""
    differs = {name for name in after if after[name] != before[name]}
    if differs & {*content.SHOWN, *content.LISTS, "audience"}:  # the audience decides which feeds hold it
        event.changed_at = utcnow()
    if event.status == DRAFT:
        return 0
    if "audience" in differs:
        _store_audience(session, event)
    told = 0
    if "starts_at" in differs:
        belongings.move(session, event, before["starts_at"])
    if differs & set(content.TIME_AND_PLACE):
        event.sequence += 1
        if event.status == PUBLISHED:
            told = announcing.to_all_registrants(session, event, "event_changed", before)
    seats.promote(session, event)
    return told


def publish(session: Session, actor: Actor, ref: str) -> Event:
    """Make a draft public; its audience is resolved and stored as of today."""
    event = seats.take_turn(session, owned(ref, actor).id)
    if event.status != DRAFT:
        raise Conflict(_("The event is published already"))
    event.status, event.published_at, event.changed_at = PUBLISHED, utcnow(), utcnow()
    event.version += 1
    _store_audience(session, event)
    alerts.owe(session, actor, event)
    _audit(session, actor, "event.published", event, {"status": DRAFT}, {"status": PUBLISHED})
    return event


def cancel(session: Session, actor: Actor, ref: str, reason: str = "") -> tuple[Event, int]:
    """Call a published event off; it stays where it was seen, and each registrant is told."""
    event = seats.take_turn(session, owned(ref, actor).id)
    if event.status == CANCELLED:
        return event, 0
    if event.status != PUBLISHED:
        raise Conflict(_("A draft is deleted, not cancelled"))
    event.cancel_reason = reason
    _turn_status(event, CANCELLED)
    event.cancelled_at = utcnow()
    told = announcing.to_all_registrants(session, event, "event_cancelled")
    told += letters.owe_authors(session, event, "fair_cancelled")
    told += of_entries.owe_entrants(session, event, "contest_cancelled")
    told += of_jury.owe_jury(session, event, "jury_cancelled")
    _audit(session, actor, "event.cancelled", event, {"status": PUBLISHED}, {"status": CANCELLED}, reason)
    return event, told


def restore(session: Session, actor: Actor, ref: str) -> tuple[Event, int]:
    """Put a cancelled event back; places are as they were."""
    event = seats.take_turn(session, owned(ref, actor).id)
    if event.status != CANCELLED:
        raise Conflict(_("Only a cancelled event can be restored"))
    _turn_status(event, PUBLISHED)
    event.cancelled_at, event.cancel_reason = None, ""
    told = announcing.to_all_registrants(session, event, "event_restored")
    told += letters.owe_authors(session, event, "fair_restored")
    told += of_entries.owe_entrants(session, event, "contest_restored")
    told += of_jury.owe_jury(session, event, "jury_restored")
    seats.promote(session, event)
    _audit(session, actor, "event.restored", event, {"status": CANCELLED}, {"status": PUBLISHED})
    return event, told


def release(session: Session, actor: Actor, ref: str) -> tuple[Event, int]:
    """Open the places kept for small-class schools to everybody now, not at their time.

    Answers how many of those who wait got a place; repeating changes nothing.
    """
    event = seats.take_turn(session, owned(ref, actor).id)
    if event.status != PUBLISHED:
        raise Conflict(_("Only a published event has places to release"))
    if event.small_class_reserve and not seats.is_released(event):
        old = {"reserve_until": ledger.plain(event.reserve_until)}
        event.reserve_until = utcnow()
        event.version += 1
        _audit(session, actor, "event.reserve_released", event, old, {"reserve_until": event.reserve_until})
    return event, seats.promote(session, event)


def duplicate(session: Session, actor: Actor, ref: str) -> Event:
    """A new draft with the same content; its dates are the organiser's to change."""
    source = owned(ref, actor)
    copy = create(session, actor, {**content.snapshot(source), "organisation": source.organisation})
    copy.copied_from = source.id
    belongings.copy(session, source, copy)
    return copy


def delete(session: Session, actor: Actor, ref: str) -> None:
    """Drafts only: what has been public is cancelled instead."""
    event = seats.take_turn(session, owned(ref, actor).id)
    if event.status != DRAFT:
        raise Conflict(_("Only a draft can be deleted: cancel the event instead"))
    _audit(session, actor, "event.deleted", event, {"title": event.title}, {})
    belongings.forget(session, event)
    session.delete(event)


def faults(body: dict[str, Any]) -> dict[str, Any]:
    """All that is wrong with a whole event, as errors by field."""
    found = rules.faults(body)
    if body["programme"] and not directory.programme(body["programme"]):
        found["programme"] = [_("Choose one of the list")]
    try:
        directory.check_audience(body["audience"])
    except Invalid as error:
        found |= error.errors
    return found


def _check(body: dict[str, Any]) -> None:
    if found := faults(body):
        raise Invalid(found)
    rules.on_midnights(body)


def _organisation(actor: Actor, wanted: str | None) -> str:
    own = sorted(actor.scopes("organiser"))
    if wanted and wanted not in own:
        raise Invalid({"organisation": [_("Choose one of the list")]})
    if not own:
        raise Forbidden
    return wanted or own[0]


def _store_audience(session: Session, event: Event) -> None:
    session.execute(sql_delete(EventAudience).where(EventAudience.event_id == event.id))
    ids = session.scalars(directory.audience_schools(event.audience, today())).all()
    if ids:
        session.execute(insert(EventAudience), [{"event_id": event.id, "school_id": row.id} for row in ids])
    event.audience_total = len(ids)


def _turn_status(event: Event, status: str) -> None:
    event.status, event.changed_at = status, utcnow()
    event.sequence += 1
    event.version += 1
    agenda.turn(event)


def _audit(
    session: Session,
    actor: Actor,
    action: str,
    event: Event,
    old: dict[str, Any],
    new: dict[str, Any],
    reason: str = "",
) -> None:
    kept_old, kept_new = ledger.differences(old, new) if new else (old, new)
    ledger.audit(session, Audit, actor, action, "event", event.id, old=kept_old, new=kept_new, reason=reason)
