"""Reads of contests: who may see which, their nominations, stages and criteria, and a stage's turn."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from events_service.contests.models import CLOSED, CONTEST, OPEN, Contest, Criterion, Nomination, Stage
from events_service.db import db
from events_service.events import queries as events
from events_service.events.models import CANCELLED, PUBLISHED, Event
from services.database import utcnow
from services.errors import Conflict, NotFound
from services.identity import Actor

TOUCH = update(Stage.__table__).where(Stage.id == bindparam("stage")).values(turns=Stage.turns + 1)
AS_IT_IS = select(Stage).where(Stage.id == bindparam("stage")).execution_options(populate_existing=True)


def visible(ref: str, actor: Actor | None) -> Event:
    """A contest this person may look at."""
    return _contest(events.visible(ref, actor))


def owned(ref: str, actor: Actor | None) -> Event:
    """A contest this person organises; another's does not exist for her."""
    return _contest(events.owned(ref, actor))


def _contest(event: Event) -> Event:
    if event.kind != CONTEST:
        raise NotFound
    return event


def contest_of(event: Event) -> Contest:
    """What is kept of the contest; without a row the defaults hold."""
    found = db.session.get(Contest, event.id)
    return found or Contest(event_id=event.id, code="", rules={}, rules_version=1, last_number=0, ground_number="")


def nominations(event_id: str) -> list[Nomination]:
    found = select(Nomination).where(Nomination.event_id == event_id)
    return list(db.session.scalars(found.order_by(Nomination.position, Nomination.id)))


def nomination_of(event_id: str, nomination_id: str) -> Nomination:
    found = db.session.get(Nomination, nomination_id)
    if found is None or found.event_id != event_id:
        raise NotFound
    return found


def stages(event_id: str) -> list[Stage]:
    """In their order; the first one is entered by admission, each later one by results of the one before."""
    found = select(Stage).where(Stage.event_id == event_id)
    return list(db.session.scalars(found.order_by(Stage.position, Stage.id)))


def stage_of(event_id: str, stage_id: str) -> Stage:
    found = db.session.get(Stage, stage_id)
    if found is None or found.event_id != event_id:
        raise NotFound
    return found


def criteria(stage_id: str, nomination_id: str | None = None) -> list[Criterion]:
    """The lines of the sheets of a stage, of one nomination or of all, in the order of the sheet."""
    found = select(Criterion).where(Criterion.stage_id == stage_id)
    if nomination_id:
        found = found.where(Criterion.nomination_id == nomination_id)
    return list(db.session.scalars(found.order_by(Criterion.nomination_id, Criterion.position, Criterion.id)))


def sheets(event_id: str) -> dict[tuple[str, str], list[Criterion]]:
    """All criteria of a contest by (nomination, stage), each list in the order of the sheet."""
    found = select(Criterion).join(Stage, Stage.id == Criterion.stage_id).where(Stage.event_id == event_id)
    kept: dict[tuple[str, str], list[Criterion]] = {}
    for line in db.session.scalars(found.order_by(Criterion.position, Criterion.id)):
        kept.setdefault((line.nomination_id, line.stage_id), []).append(line)
    return kept


def closes_at(event: Event, contest: Contest) -> datetime | None:
    """Until when entries are taken: as set, else until the event begins."""
    return contest.entries_close_at or event.starts_at


def state_of(event: Event, contest: Contest, stages: list[Stage]) -> str:
    """draft | cancelled | early | entries | closed | judging | between | published: where the contest stands now.

    `closed`: entries are taken no more and no stage has begun; `between`: a stage is over and the next one, or
    the publication of results, is awaited.
    """
    now = utcnow()
    if event.status != PUBLISHED:
        return event.status
    if any(stage.status == OPEN for stage in stages):
        return "judging"
    if stages and all(stage.published_at for stage in stages):
        return "published"
    if any(stage.status == CLOSED for stage in stages):
        return "between"
    if contest.entries_open_at and now < contest.entries_open_at:
        return "early"
    closes = closes_at(event, contest)
    return "closed" if closes and now >= closes else "entries"


def check_on(event_id: str) -> None:
    """Judging rests while a contest is called off: Conflict `cancelled`. As the row is now, so ask after the turn."""
    if db.session.scalar(select(Event.status).where(Event.id == event_id)) == CANCELLED:
        raise Conflict(_("The contest is cancelled"), code=CANCELLED)


def take_turn(session: Session, stage_id: str) -> Stage:
    """Lock a stage by touching it, then read it as it is now: every verb that changes what is judged begins so."""
    session.connection().execute(TOUCH, {"stage": stage_id})
    stage = session.scalars(AS_IT_IS, {"stage": stage_id}).first()
    if stage is None:
        raise NotFound
    return stage


def take_turns(session: Session, event_id: str) -> list[Stage]:
    """The turns of all stages of a contest, in their order: two who take more than one must not wait for each other."""
    return [take_turn(session, stage.id) for stage in stages(event_id)]
