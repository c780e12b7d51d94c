"""Dealing entries to jurors: a proposal is drafted, looked at, accepted (single entries later: `redealing`).

Drafting only reads and solves, outside any transaction; the verbs then take the stage's turn.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, Stage
from events_service.db import Audit
from events_service.entries import queries as entries
from events_service.entries.models import Entry
from events_service.jury import conflicts, flow, queries, reasons
from events_service.jury.models import (
    ACCEPTED,
    ACTIVE,
    ANCHOR,
    DEAL,
    DROPPED,
    MOST_SEED,
    PROPOSED,
    RECUSED,
    Assignment,
    Deal,
    JuryMember,
)
from events_service.scoring.models import Score
from services import ledger
from services.database import new_id, utcnow
from services.errors import Conflict as Refused
from services.errors import NotFound
from services.identity import Actor

MOST_DEALS = 50


@dataclass(frozen=True)
class Draft:
    """What a deal is made from, and its plan; `digest` names all that the plan depends on but the seed."""

    entries: list[Entry]
    members: list[JuryMember]
    found: dict[conflicts.Pair, str]
    problem: flow.Problem
    digest: str
    plan: flow.Plan | None = None


def read(session: Session, stage: Stage) -> Draft:
    """The inputs of a deal as they are now."""
    rules, members = queries.rules(stage.event_id), queries.scoring(stage.event_id)
    works = entries.entrants(stage)
    found = conflicts.found(session, members, works, rules) | conflicts.declared(session, members)
    here = {entry.id for entry in works}
    problem = flow.Problem(
        entries=tuple(entry.id for entry in works),
        jurors=tuple(member.id for member in members),
        blocked=frozenset((entry, member) for member, entry in found if entry in here),
        readers=rules.readers,
        least=rules.least_scores,
        anchors=rules.anchors,
    )
    kept = [problem.entries, problem.jurors, sorted(problem.blocked), rules.readers, rules.least_scores, rules.anchors]
    return Draft(works, members, found, problem, hashlib.sha256(json.dumps(kept).encode()).hexdigest())


def draft(session: Session, actor: Actor, ref: str, stage_id: str, seed: int | None = None) -> Draft:
    """Solve it; without a seed, by the one after that of the last proposal. Raises Conflict naming what forbids it."""
    stage = contests.stage_of(queries.directed(ref, actor).id, stage_id)
    _check_replaceable(session, stage)
    inputs = read(session, stage)
    if not inputs.entries:
        raise Refused(_("No entry takes part in this stage yet"), code="no-entries")
    last = queries.proposed(stage.id) or queries.accepted(stage.id)
    try:
        plan = flow.solve(inputs.problem, seed if seed is not None else last.seed % MOST_SEED + 1 if last else 1)
    except flow.Impossible as error:
        numbers = {entry.id: entry.number or 0 for entry in inputs.entries}
        names = {member.id: member.name for member in inputs.members}
        raise Refused(reasons.why_impossible(error, numbers, names), code=reasons.code_of(error)) from None
    return Draft(inputs.entries, inputs.members, inputs.found, inputs.problem, inputs.digest, plan)


def propose(session: Session, actor: Actor, ref: str, stage_id: str, drafted: Draft) -> Deal:
    """Keep a draft to be looked at, in place of the last proposal, and what the register says of conflicts."""
    stage = _take(session, actor, ref, stage_id)
    assert drafted.plan is not None
    waiting = Deal.stage_id == stage.id, Deal.status == PROPOSED
    session.execute(delete(Deal).where(*waiting).execution_options(synchronize_session=False))
    if (session.scalar(select(func.count(Deal.id)).where(Deal.stage_id == stage.id)) or 0) >= MOST_DEALS:
        raise Refused(_("Entries of this stage were dealt too many times"))
    conflicts.forget(session, drafted.members, drafted.entries)
    conflicts.record(session, drafted.found)
    deal = Deal(
        stage_id=stage.id,
        seed=drafted.plan.seed,
        status=PROPOSED,
        plan=_lines(drafted.plan),
        facts=_facts(drafted),
        digest=drafted.digest,
        created_by=actor.id,
    )
    session.add(deal)
    session.flush()
    new = {"deal": deal.id, "seed": deal.seed}
    ledger.audit(session, Audit, actor, "stage.deal_proposed", "stage", stage.id, new=new)
    return deal


def accept(session: Session, actor: Actor, ref: str, stage_id: str, deal_id: str) -> Deal:
    """Deal as proposed, in place of an earlier deal. Raises Conflict when what it was made from has changed."""
    stage = _take(session, actor, ref, stage_id)
    deal = session.get(Deal, deal_id, populate_existing=True)
    if deal is None or deal.stage_id != stage.id:
        raise NotFound
    if deal.status == ACCEPTED:
        return deal
    inputs = read(session, stage)
    if deal.status != PROPOSED or inputs.digest != deal.digest:
        raise Refused(_("Entries, jurors or conflicts have changed since: propose again"), code="deal-outdated")
    conflicts.forget(session, inputs.members, inputs.entries)
    conflicts.record(session, inputs.found)
    for earlier in session.scalars(select(Deal).where(Deal.stage_id == stage.id, Deal.status == ACCEPTED)):
        earlier.status = DROPPED
    undone = Assignment.stage_id == stage.id, Assignment.status != RECUSED
    session.execute(delete(Assignment).where(*undone).execution_options(synchronize_session=False))
    now = utcnow()
    common = {"stage_id": stage.id, "status": ACTIVE, "created_at": now, "changed_at": now}
    rows = [{**common, "id": new_id(), "entry_id": e, "member_id": m, "ground": g} for e, m, g in deal.plan]
    session.execute(insert(Assignment), rows)
    deal.status, deal.accepted_at = ACCEPTED, now
    session.flush()
    new = {"deal": deal.id, "seed": deal.seed, "assignments": len(rows)}
    ledger.audit(session, Audit, actor, "stage.deal_accepted", "stage", stage.id, new=new)
    return deal


def has_scores(session: Session, stage_id: str) -> bool:
    """Has anybody put down points or words in this stage yet? Every save counts the version of a sheet up."""
    begun = Assignment.stage_id == stage_id, Assignment.status == ACTIVE, Assignment.version > 1
    points = Score.assignment_id == Assignment.id, Assignment.stage_id == stage_id
    return bool(session.scalar(select(or_(exists().where(*begun), exists().where(*points)))))


def _take(session: Session, actor: Actor, ref: str, stage_id: str) -> Stage:
    event = queries.directed(ref, actor)
    stage = contests.take_turn(session, contests.stage_of(event.id, stage_id).id)
    _check_replaceable(session, stage)
    return stage


def _check_replaceable(session: Session, stage: Stage) -> None:
    if stage.status == CLOSED:
        raise Refused(_("The stage is closed"))
    if has_scores(session, stage.id):
        raise Refused(_("Scores have been given: the deal stays"), code="deal-in-use")


def _lines(plan: flow.Plan) -> list[list[str]]:
    ground = dict.fromkeys(plan.anchors, ANCHOR)
    return [[e, juror, ground.get(e, DEAL)] for e, panel in plan.panels.items() for juror in panel]


def _facts(drafted: Draft) -> dict[str, Any]:
    """What a proposal is like, in numbers that people compare."""
    plan, problem = drafted.plan, drafted.problem
    assert plan is not None
    numbers = {entry.id: entry.number for entry in drafted.entries}
    blocked = {(member, entry): kind for (member, entry), kind in drafted.found.items() if entry in numbers}
    return {
        "entries": len(drafted.entries),
        "readers": problem.readers,
        "full": plan.full,
        "loads": {member.id: plan.loads[member.id] for member in drafted.members},
        "panels": len(set(plan.panels.values())),
        "anchors": [numbers[entry] for entry in plan.anchors],
        "parts": len(flow.parts_of(problem, plan.panels)),
        "blocked": dict(sorted(Counter(blocked.values()).items())),
    }
