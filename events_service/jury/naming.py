"""The organiser's verbs of the jury: name a member, change her part, let her go. Each takes the event's turn first."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from events_service.contests import queries as contests
from events_service.db import Audit
from events_service.directory import queries as directory
from events_service.events import seats
from events_service.events.models import Event
from events_service.jury import queries, recusing, redealing, splitting
from events_service.jury.models import CHAIR, MEMBER, SECRETARY, Assignment, JuryMember
from events_service.jury.models import Conflict as Interest
from events_service.jury.words import role_name
from events_service.notifications import jury as letters
from services import ledger
from services.errors import Conflict, Invalid, Stale
from services.identity import Actor

MOST_MEMBERS = 30
PART = ("role", "scores", "active")


def name(session: Session, actor: Actor, ref: str, data: dict[str, Any]) -> JuryMember:
    """A person of the register, by `person` (her id) or `email`, becomes a member; she gets a letter.

    Naming her again changes nothing. Raises Conflict when there is a chair or a secretary already, Invalid when she
    organises the contest, a stage is blind, and she would score.
    """
    event = _take(session, actor, ref)
    person = directory.person_named(data)
    of = JuryMember.event_id == event.id, JuryMember.person_id == person.id
    member = session.scalars(select(JuryMember).where(*of)).first()
    if member is not None and member.active:
        return member
    role = data.get("role") or MEMBER
    _check_only_one(event, role)
    _check_room(session, event)
    if member is None:
        member = JuryMember(event_id=event.id, person_id=person.id, active=False, version=0)
        session.add(member)
    before = _part(member)
    member.name, member.email, member.language = person.name, person.email, person.language
    member.school_id, member.role, member.active = person.school_id, role, True
    member.scores = role != SECRETARY if data.get("scores") is None else data["scores"]
    _check_blind(event, member)
    _changed(session, actor, member, "jury_member.named", before)
    _fill(session, member)
    letters.owe_named(session, member)
    return member


def change(
    session: Session, actor: Actor, ref: str, member_id: str, data: dict[str, Any], version: int | None = None
) -> JuryMember:
    """Change her role, or whether entries are dealt to her; what she has not signed is dealt again if not.

    Raises Stale when `version` is not the present one.
    """
    event = _take(session, actor, ref)
    member = queries.one_of(event.id, member_id)
    session.refresh(member)
    if version is not None and version != member.version:
        raise Stale
    before = _part(member)
    if data.get("role") and data["role"] != member.role:
        _check_only_one(event, data["role"])
        member.role = data["role"]
    member.scores = member.scores if data.get("scores") is None else data["scores"]
    _check_blind(event, member)
    if _part(member) == before:
        return member
    _changed(session, actor, member, "jury_member.changed", before)
    if member.scores:
        _fill(session, member)
    else:
        recusing.hand_over(session, actor, member, _("Scores no longer"))
    if member.role != before["role"]:
        letters.owe_named(session, member)
    return member


def remove(session: Session, actor: Actor, ref: str, member_id: str, reason: str = "") -> None:
    """Without a trace while nothing was dealt to her; later she leaves, and what she has not signed is dealt again."""
    event = _take(session, actor, ref)
    member = queries.one_of(event.id, member_id)
    session.refresh(member)
    before = _part(member)
    contests.take_turns(session, event.id)  # nothing is dealt to her meanwhile
    if not session.scalar(select(exists().where(Assignment.member_id == member.id))):
        session.execute(delete(Interest).where(Interest.member_id == member.id))
        ledger.audit(session, Audit, actor, "jury_member.removed", "jury_member", member.id, old=before, reason=reason)
        session.delete(member)
        session.flush()
        return
    member.active = False
    _changed(session, actor, member, "jury_member.removed", before, reason)
    recusing.hand_over(session, actor, member, reason or _("Left the jury"))


def _take(session: Session, actor: Actor, ref: str) -> Event:
    return seats.take_turn(session, contests.owned(ref, actor).id)


def _fill(session: Session, member: JuryMember) -> None:
    """A new juror gets what waits for a reader, also for one more on a wide split."""
    for stage in contests.take_turns(session, member.event_id) if member.scores else ():
        redealing.refill_all(session, stage)
        splitting.look_all(session, stage)


def _check_only_one(event: Event, role: str) -> None:
    if role in {CHAIR, SECRETARY} and any(member.role == role for member in queries.members(event.id)):
        raise Conflict(_("There is one already: %(role)s", role=role_name(role)), field="role", code="role-taken")


def _check_blind(event: Event, member: JuryMember) -> None:
    if member.scores and queries.organisers(event, [member.person_id]):
        said = _("An organiser of the contest sees whose the entries are: she scores none while a stage is blind")
        raise Invalid({"scores": [said]})


def _check_room(session: Session, event: Event) -> None:
    there = session.scalar(select(func.count(JuryMember.id)).where(JuryMember.event_id == event.id)) or 0
    if there >= MOST_MEMBERS:
        raise Conflict(_("A jury has %(most)s members at most", most=MOST_MEMBERS))


def _part(member: JuryMember) -> dict[str, Any]:
    return {name: getattr(member, name) for name in PART}


def _changed(
    session: Session, actor: Actor, member: JuryMember, action: str, before: dict[str, Any], reason: str = ""
) -> None:
    member.version += 1
    session.flush()
    old, new = ledger.differences(before, _part(member))
    new = {**new, "name": member.name}
    ledger.audit(session, Audit, actor, action, "jury_member", member.id, old=old, new=new, reason=reason)
