"""Publishing a compilation, and the chair's vote on entries that the rules leave equal.

A stage points at one compilation. A correction is a newer one: it takes the pointer over, and nothing that
was published is ever written again.
"""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests.models import OPEN, PLANNED, Stage
from events_service.contests.rules import VOTE
from events_service.db import Audit
from events_service.entries.models import Entry, StageEntry
from events_service.events.models import Event
from events_service.jury import conflicts, redealing
from events_service.jury import queries as jury
from events_service.jury.models import CHAIR, JuryMember
from events_service.notifications import results as letters
from events_service.results import compiling, queries
from events_service.results.models import DONE, Compilation, TieVote
from services import errors, ledger
from services.database import utcnow
from services.identity import Actor

MOST_VOTES = 200
TOLD = ("place", "decides", "total", "passes")


def publish(session: Session, actor: Actor, ref: str, compilation_id: str) -> Compilation:
    """Let a stage point at a compilation: entries go on to the next stage and entrants are told.

    Of a later version only those are told whose line has changed. Doing it again changes nothing. Raises
    Conflict for what is not finished, is older than what is published, is not what would be compiled now, or
    has no signed protocol, and in a contest that is called off.
    """
    event = jury.directed(ref, actor)
    found = queries.compilation_of(event.id, compilation_id)
    stage = contests.take_turn(session, found.stage_id)
    session.refresh(found)
    if stage.compilation_id == found.id:
        return found
    before = queries.published(stage)
    _check(session, stage, found, before)
    told, lines = changed(stage, found), queries.lines_of(queries.document(found))
    found.published_at = utcnow()
    stage.compilation_id, stage.published_at = found.id, stage.published_at or found.published_at
    stage.version += 1
    session.flush()
    _let_in(session, stage, found, [entry for entry, line in lines.items() if line["passes"]])
    letters.owe_entrants(session, stage, found, told, queries.appeals_until(stage))
    compiling.audit(session, actor, "compilation.published", found, {"stage": stage.id, "number": found.number})
    pointer = {"compilation_id": before and before.id}, {"compilation_id": found.id}
    ledger.audit(session, Audit, actor, "stage.published", "stage", stage.id, old=pointer[0], new=pointer[1])
    return found


def _check(session: Session, stage: Stage, found: Compilation, before: Compilation | None) -> None:
    contests.check_on(stage.event_id)
    compiling.check_closed(stage)
    if found.status != DONE:
        raise errors.Conflict(_("These results are not compiled yet"), code="not-compiled")
    if before and before.number > found.number:
        raise errors.Conflict(_("A newer version is published"), code="newer-published")
    if not compiling.is_current(session, stage, found):
        said = _("Scores, votes or answers to appeals have changed since then: compile the results anew")
        raise errors.Conflict(said, code="results-stale")
    if found.signed_at is None:
        raise errors.Conflict(_("Have the protocol of these results signed first"), code="not-signed")


def changed(stage: Stage, found: Compilation) -> list[str]:
    """The entries whose line differs from what is published now: all of them, where nothing is."""
    before = queries.published(stage)
    old = queries.lines_of(queries.document(before)) if before else {}
    lines = queries.lines_of(queries.document(found))
    return [entry for entry, line in lines.items() if _told(line) != _told(old.get(entry, {}))]


def _told(line: dict[str, Any]) -> list[Any]:
    return [line.get(name) for name in TOLD]


def _let_in(session: Session, stage: Stage, found: Compilation, passing: Collection[str]) -> None:
    """Entries that pass take part in the next stage; once it is open nobody is put out of it again.

    Who comes in then gets readers; who comes in when it is closed stays without, and its results say so.
    """
    later = [row for row in contests.stages(stage.event_id) if row.position > stage.position]
    if not later:
        return
    following = contests.take_turn(session, later[0].id)
    of_next = StageEntry.stage_id == following.id
    if following.status == PLANNED:
        session.execute(delete(StageEntry).where(of_next, StageEntry.entry_id.not_in(passing)))
    there = set(session.scalars(select(StageEntry.entry_id).where(of_next)))
    new = sorted(set(passing) - there)
    session.add_all(StageEntry(stage_id=following.id, entry_id=key, compilation_id=found.id) for key in new)
    session.flush()
    for entry_id in new if following.status == OPEN else ():
        redealing.let_in(session, following, session.get_one(Entry, entry_id))


def vote(session: Session, actor: Actor, ref: str, stage_id: str, data: dict[str, Any]) -> TieVote:
    """Record the chair's vote, a loaded `VoteBody`, on entries that the newest results leave equal.

    It counts when the results are compiled anew. Only the chair may, and not with a conflict of interest
    with one of the entries. Raises Invalid where the order does not name each of them once.
    """
    event = contests.visible(ref, actor)
    chair_of(event, actor)
    stage = contests.take_turn(session, contests.stage_of(event.id, stage_id).id)
    entries = tuple(sorted(set(data["entries"])))
    _check_tie(session, actor, stage, entries)
    order = data.get("order") or []
    if order and tuple(sorted(order)) != entries:
        raise errors.Invalid({"order": [_("Give each entry a place of its own, or none at all")]})
    found = TieVote(stage_id=stage.id, entries=list(entries), order=order, reason=data["reason"], by_id=actor.id)
    session.add(found)
    session.flush()
    new = {"tie": found.id, "entries": list(entries), "order": order}
    ledger.audit(session, Audit, actor, "stage.voted", "stage", stage.id, new=new, reason=data["reason"])
    return found


def chair_of(event: Event, actor: Actor) -> JuryMember:
    """The chair of the jury, if it is she who asks; for anybody else who directs it, it is forbidden."""
    member = jury.member_of(event.id, actor)
    if member is not None and member.role == CHAIR:
        return member
    raise errors.Forbidden(_("Only the chair of the jury votes")) if jury.directs(actor, event) else errors.NotFound


def _check_tie(session: Session, actor: Actor, stage: Stage, entries: tuple[str, ...]) -> None:
    contests.check_on(stage.event_id)
    compiling.check_closed(stage)
    if VOTE not in jury.rules(stage.event_id).ties:
        raise errors.Conflict(_("The rules of this contest know no vote on ties"), code="no-vote")
    newest = queries.newest_done(stage.id)
    if newest is None or entries not in {*queries.ties(queries.document(newest)), *queries.votes(stage.id)}:
        raise errors.Invalid({"entries": [_("These entries are not equal in the newest results")]})
    works = session.scalars(select(Entry).where(Entry.id.in_(entries))).all()
    if conflicts.of_person(session, actor, works, jury.rules(stage.event_id)):
        raise errors.Conflict(_("You have a conflict of interest with one of these entries: they share the place"))
    if (session.scalar(select(func.count(TieVote.id)).where(TieVote.stage_id == stage.id)) or 0) >= MOST_VOTES:
        raise errors.Conflict(_("There were too many votes on this stage"), code="too-many-votes")
