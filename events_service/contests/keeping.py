"""The organiser's verbs of nominations and stages. make_, put_ and drop_ work inside a turn that is taken."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from events_service.contests import queries
from events_service.contests.changing import begin, end, show
from events_service.contests.models import Contest, Criterion, Nomination, Stage
from events_service.contests.schemas import (
    MOST_NOMINATIONS,
    MOST_STAGES,
    show_nomination,
    show_stage,
)
from events_service.entries.models import Entry
from events_service.jury.models import Assignment, Deal
from services.errors import Conflict, Invalid
from services.identity import Actor

NOMINATION = ("code", "title", "position")
STAGE = ("code", "title", "kind", "weight", "blind", "closes_at", "threshold", "district_cap", "position")
NONE_MEANS: dict[str, Any] = {"blind": False}


def add_nomination(session: Session, actor: Actor, ref: str, data: dict[str, Any]) -> Nomination:
    """A new nomination, the last one unless `position` says otherwise."""
    return make_nomination(session, actor, begin(session, actor, ref), data)


def make_nomination(session: Session, actor: Actor, contest: Contest, data: dict[str, Any]) -> Nomination:
    """The same inside a turn that is taken."""
    there = _room(session, Nomination, contest, MOST_NOMINATIONS)
    nomination = Nomination(event_id=contest.event_id, **_body(data, NOMINATION, there))
    _check_code(session, nomination)
    session.add(nomination)
    session.flush()
    end(session, actor, contest, "contest.nomination_added", {}, show_nomination(nomination))
    return nomination


def change_nomination(
    session: Session, actor: Actor, ref: str, nomination_id: str, data: dict[str, Any], version: int | None = None
) -> Nomination:
    """Change what `data` names; Stale where `version` is not that of the rules."""
    contest = begin(session, actor, ref, version)
    nomination = queries.nomination_of(contest.event_id, nomination_id)
    session.refresh(nomination)
    put_nomination(session, actor, contest, nomination, data)
    return nomination


def put_nomination(
    session: Session, actor: Actor, contest: Contest, nomination: Nomination, data: dict[str, Any]
) -> None:
    """The same inside a turn that is taken."""
    before = show_nomination(nomination)
    _put(nomination, _body(data, NOMINATION, nomination.position))
    _check_code(session, nomination)
    end(session, actor, contest, "contest.nomination_changed", before, show_nomination(nomination))


def remove_nomination(session: Session, actor: Actor, ref: str, nomination_id: str, version: int | None = None) -> None:
    """With its criteria; Conflict where somebody has entered."""
    contest = begin(session, actor, ref, version)
    drop_nomination(session, actor, contest, queries.nomination_of(contest.event_id, nomination_id))


def drop_nomination(session: Session, actor: Actor, contest: Contest, nomination: Nomination) -> None:
    """The same inside a turn that is taken."""
    if session.scalar(select(exists().where(Entry.nomination_id == nomination.id))):
        raise Conflict(_("There are entries in the nomination %(code)s: it stays", code=nomination.code))
    _drop_criteria(session, Criterion.nomination_id == nomination.id)
    session.delete(nomination)
    end(session, actor, contest, "contest.nomination_removed", show_nomination(nomination), {})


def add_stage(session: Session, actor: Actor, ref: str, data: dict[str, Any]) -> Stage:
    """A new stage, the last one unless `position` says otherwise."""
    return make_stage(session, actor, begin(session, actor, ref), data)


def make_stage(session: Session, actor: Actor, contest: Contest, data: dict[str, Any]) -> Stage:
    """The same inside a turn that is taken."""
    there = _room(session, Stage, contest, MOST_STAGES)
    stage = Stage(event_id=contest.event_id, **_body(data, STAGE, there))
    _check_code(session, stage)
    session.add(stage)
    session.flush()
    if stage.closes_at:
        show(contest)
    end(session, actor, contest, "stage.added", {}, show_stage(stage), stage)
    return stage


def change_stage(
    session: Session, actor: Actor, ref: str, stage_id: str, data: dict[str, Any], version: int | None = None
) -> Stage:
    """Change what `data` names; Stale where `version` is not that of the rules."""
    contest = begin(session, actor, ref, version)
    stage = queries.stage_of(contest.event_id, stage_id)
    session.refresh(stage)
    put_stage(session, actor, contest, stage, data)
    return stage


def put_stage(session: Session, actor: Actor, contest: Contest, stage: Stage, data: dict[str, Any]) -> None:
    """The same inside a turn that is taken."""
    before, shown = show_stage(stage), (stage.title, stage.closes_at)
    _put(stage, _body(data, STAGE, stage.position))
    _check_code(session, stage)
    if shown != (stage.title, stage.closes_at):
        show(contest)
    after = show_stage(stage)
    stage.version += after != before
    end(session, actor, contest, "stage.changed", before, after, stage)


def remove_stage(session: Session, actor: Actor, ref: str, stage_id: str, version: int | None = None) -> None:
    """With its criteria; Conflict where entries are dealt for it."""
    contest = begin(session, actor, ref, version)
    drop_stage(session, actor, contest, queries.stage_of(contest.event_id, stage_id))


def drop_stage(session: Session, actor: Actor, contest: Contest, stage: Stage) -> None:
    """The same inside a turn that is taken."""
    for model in (Deal, Assignment):
        if session.scalar(select(exists().where(model.stage_id == stage.id))):
            raise Conflict(_("Entries are dealt to jurors for the stage %(code)s: it stays", code=stage.code))
    _drop_criteria(session, Criterion.stage_id == stage.id)
    session.delete(stage)
    show(contest)
    end(session, actor, contest, "stage.removed", show_stage(stage), {}, stage)


def _drop_criteria(session: Session, which: Any) -> None:
    for row in session.scalars(select(Criterion).where(which)):
        session.delete(row)
    session.flush()


def _room(session: Session, model: type[Any], contest: Contest, most: int) -> int:
    """The next position; Conflict where there are as many as there may be."""
    of_event = select(func.count(), func.max(model.position)).where(model.event_id == contest.event_id)
    count, last = session.execute(of_event).one()
    if count >= most:
        raise Conflict(_("There are %(most)s at most", most=most))
    return min((last or 0) + 1, 999)


def _body(data: dict[str, Any], names: tuple[str, ...], position: int) -> dict[str, Any]:
    """What `data` names, with None replaced by what it means."""
    body = {name: NONE_MEANS.get(name) if data[name] is None else data[name] for name in names if name in data}
    return {**body, "position": position if body.get("position") is None else body["position"]}


def _put(row: Any, body: dict[str, Any]) -> None:
    for name, value in body.items():
        setattr(row, name, value)


def _check_code(session: Session, row: Nomination | Stage) -> None:
    model = type(row)
    same = select(model.id).where(model.event_id == row.event_id, model.code == row.code)
    with session.no_autoflush:
        if set(session.scalars(same)) - {row.id}:
            raise Invalid({"code": [_("This code stands here already")]})
