"""Reads of protocols and awards: whose they are, which stand, and what a typed code means."""

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import joinedload

from events_service.awards.models import KINDS, SIGNED, Award, Protocol
from events_service.contests import checking
from events_service.contests import queries as contests
from events_service.contests.models import OPEN, PLANNED, Stage
from events_service.db import Audit, db
from events_service.entries import queries as entries
from events_service.entries.models import EXCLUDED, SUBMITTED, WITHDRAWN, Entry
from events_service.events import queries as events
from events_service.events.models import DRAFT, Event
from events_service.jury import queries as jury
from events_service.jury.models import ACTIVE, CHAIR, ROLES, Assignment, JuryMember
from events_service.results import queries as results
from events_service.results.models import DISMISSED, DONE, FILED, UPHELD, Appeal, Compilation
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor

# Codes leave out what looks alike; whoever types one with Cyrillic letters means the Latin ones.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
ALIKE = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")


def members(event_id: str) -> list[JuryMember]:
    """The jury: chair, secretary, then the members by name."""
    rows = db.session.scalars(select(JuryMember).where(JuryMember.event_id == event_id))
    return sorted(rows, key=lambda row: (ROLES.index(row.role), row.name, row.id))


def seated(event_id: str) -> list[JuryMember]:
    """Those who are on the jury now."""
    return [row for row in members(event_id) if row.active]


def judged(event_id: str) -> list[JuryMember]:
    """Those who have signed a sheet that counts, in any stage, also those who have left; in the order of the jury."""
    signed = select(Assignment.member_id).where(Assignment.status == ACTIVE, Assignment.signed_at.is_not(None))
    found = {*db.session.scalars(signed.join(Assignment.member).where(JuryMember.event_id == event_id))}
    return [row for row in members(event_id) if row.id in found]


def done(stage_id: str) -> list[Compilation]:
    """The compilations of a stage, the newest first."""
    found = select(Compilation).where(Compilation.stage_id == stage_id, Compilation.status == DONE)
    return list(db.session.scalars(found.order_by(Compilation.number.desc())))


def protocols(stage_id: str) -> list[Protocol]:
    """The protocols of a stage, the newest first."""
    found = select(Protocol).join(Compilation, Compilation.id == Protocol.compilation_id)
    return list(db.session.scalars(found.where(Protocol.stage_id == stage_id).order_by(Compilation.number.desc())))


def next_number(stage_id: str) -> int:
    """The number of a new protocol: drafts that newer results have left behind were never a paper, and have none."""
    return sum(row.status == SIGNED for row in protocols(stage_id)) + 1


def protocol_of(event: Event, protocol_id: str) -> Protocol:
    found = db.session.get(Protocol, protocol_id)
    if found is None or db.session.get_one(Stage, found.stage_id).event_id != event.id:
        raise NotFound
    return found


def standing(stage: Stage) -> Protocol | None:
    """The signed protocol of the published results of a stage, on whose ground awards are given."""
    if not stage.compilation_id:
        return None
    found = select(Protocol).where(Protocol.compilation_id == stage.compilation_id, Protocol.status == SIGNED)
    return db.session.scalars(found).first()


def unsigned(stage_id: str) -> list[Assignment]:
    """Sheets that still count and nobody has signed."""
    found = select(Assignment).where(
        Assignment.stage_id == stage_id, Assignment.status == ACTIVE, Assignment.signed_at.is_(None)
    )
    return list(db.session.scalars(found))


def closed_because(stage_id: str) -> str:
    """Why a stage was closed although sheets were missing, as the chair wrote it down."""
    rows = select(Audit.reason).where(
        Audit.entity == "stage", Audit.entity_id == stage_id, Audit.action == "stage.closed"
    )
    return db.session.scalar(rows.order_by(Audit.id.desc()).limit(1)) or ""


def of_contest(event_id: str, valid: bool = False) -> Select[tuple[Award]]:
    """The awards of a contest by number, also those that are void."""
    rows = select(Award).where(Award.event_id == event_id)
    rows = rows.options(joinedload(Award.event), joinedload(Award.entry), joinedload(Award.member))
    return (rows.where(Award.void_at.is_(None)) if valid else rows).order_by(Award.number)


def counts(event_id: str) -> dict[str, int]:
    """How many valid awards of each kind there are; kinds without any are left out."""
    rows = select(Award.kind, func.count()).where(Award.event_id == event_id, Award.void_at.is_(None))
    found = dict(db.session.execute(rows.group_by(Award.kind)).tuples().all())
    return {kind: found[kind] for kind in KINDS if kind in found}


def award_of(event: Event, award_id: str) -> Award:
    found = db.session.get(Award, award_id)
    if found is None or found.event_id != event.id:
        raise NotFound
    return found


def mine(actor: Actor, event_id: str = "") -> Select[tuple[Award]]:
    """Her own valid awards, the newest first; of one contest where it is named."""
    live = select(Award.id).where(Award.void_at.is_(None))
    of_entries = live.join(Award.entry).where(Entry.author_id == actor.id)
    of_seats = live.join(Award.member).where(JuryMember.person_id == actor.id)
    rows = select(Award).where(Award.id.in_(union_all(of_entries, of_seats)))
    rows = rows.where(Award.event_id == event_id) if event_id else rows
    return rows.options(joinedload(Award.event)).order_by(Award.created_at.desc(), Award.id)


def plain_code(typed: str) -> str:
    """The code as it is kept, however it was typed."""
    return "".join(letter for letter in typed.upper().translate(ALIKE) if letter in ALPHABET)


def by_code(typed: str) -> Award:
    found = db.session.scalars(select(Award).where(Award.code == plain_code(typed))).first()
    if found is None:
        raise NotFound
    return found


def held(typed: str, actor: Actor) -> Award:
    """An award that she may have as a paper: her own, or of a contest she organises."""
    award = by_code(typed)
    if award.person_id != actor.id and not events.owns(actor, award.event):
        raise NotFound
    return award


def next_step(event: Event) -> tuple[str, Stage | None]:
    """What who directs a contest does next, as `contests.words.STEPS` calls it, and in which stage. Only reads."""
    contest, stages = contests.contest_of(event), contests.stages(event.id)
    if contest.frozen_at is None and checking.check(event.id):
        return "rules", None
    if event.status == DRAFT:
        return "publish", None
    waits = Entry.event_id == event.id, Entry.status == SUBMITTED
    if stages[0].status == PLANNED and db.session.scalar(select(func.count(Entry.id)).where(*waits)):
        return "admit", None
    if (step := _of_jury(event, stages[0])) or entries.is_open(event, contest):
        return step or "entries", None
    steps = ((_in_stage(stage), stage) for stage in stages)
    step, stage = next(((code, stage) for code, stage in steps if code), ("", None))
    return (step, stage) if step else ("done" if counts(event.id) else pending(stages[-1]) or "awards", None)


def pending(stage: Stage) -> str:
    """What may yet change the published results of a stage, as `_behind`, or `window`: there is time to appeal.

    Nothing once they stand.
    """
    published = results.published(stage)
    if published is None:
        return ""
    return _behind(stage, published) or ("window" if results.takes_appeals(stage) else "")


def _behind(stage: Stage, compilation: Compilation) -> str:
    """Why newer results are called for, if they are.

    `appeals` wait for an answer, one was answered since and stands in no protocol (`correct`), an entry of theirs has
    `left`, or an earlier stage has newer results (`overtaken`).
    """
    of_stage = select(func.count(Appeal.id)).where(Appeal.stage_id == stage.id)
    if db.session.scalar(of_stage.where(Appeal.status == FILED)):
        return "appeals"
    answered = Appeal.status.in_((UPHELD, DISMISSED)), Appeal.answered_at > compilation.created_at
    if db.session.scalar(of_stage.where(*answered)):
        return "correct"
    if _left(stage, compilation):
        return "left"
    return "overtaken" if results.overtaken(results.document(compilation)) else ""


def _left(stage: Stage, published: Compilation) -> bool:
    """Has an entry of these results left since, and is it not too late for them to change who goes on?"""
    if any(row.opened_at and row.position > stage.position for row in contests.stages(stage.event_id)):
        return False
    gone = select(Entry.id).where(Entry.event_id == stage.event_id, Entry.status.in_((WITHDRAWN, EXCLUDED)))
    return not results.lines_of(results.document(published)).keys().isdisjoint(db.session.scalars(gone))


def _of_jury(event: Event, first: Stage) -> str:
    """Is the jury still to be named?"""
    seats = jury.members(event.id) if first.status == PLANNED else []
    lacks = len(seats) < jury.rules(event.id).jury_min or all(row.role != CHAIR for row in seats)
    return "jury" if first.status == PLANNED and lacks else ""


def _in_stage(stage: Stage) -> str:
    """What is left to do in one stage; nothing where its published results stand."""
    if stage.status == PLANNED:
        dealt = jury.accepted(stage.id) and not jury.short(stage)
        return "empty" if not entries.entrants(stage) else "open" if dealt else "deal"
    if stage.status == OPEN:
        late = stage.closes_at is not None and stage.closes_at <= utcnow()
        return "close" if not unsigned(stage.id) else "late" if late else "score"
    published, newest = results.published(stage), results.newest_done(stage.id)
    if newest is None:
        return "compile"
    if published and not _behind(stage, published):
        return ""
    if step := _behind(stage, newest):
        return step
    written = any(row.compilation_id == newest.id for row in protocols(stage.id))
    return "show" if newest.signed_at else "sign" if written else "write"
