"""What is sent about a jury and what is answered: the same for the web form and the JSON body. Never points."""

from typing import Any

from marshmallow import fields as ma

from events_service.contests.models import Stage
from events_service.jury.models import MOST_SEED, ROLES, Assignment, Conflict, Deal, JuryMember
from events_service.jury.queries import Progress
from events_service.jury.words import kind_told, kinds_told
from services.fields import Body, Choice, Flag, Mail, Moment, Text, Whole

REASON: dict[str, Any] = {"most": 500, "lines": True}


class MemberBody(Body):
    """A person of the register, by her id or her address. Without `scores` a secretary gets no entries."""

    person = Text(most=32, allow_none=True)
    email = Mail(most=320, allow_none=True)
    role = Choice(ROLES, allow_none=True)
    scores = Flag(allow_none=True)


class MemberPatch(Body):
    """Some of a member's part; what is not named stays."""

    role = Choice(ROLES, allow_none=True)
    scores = Flag(allow_none=True)


class LeaveBody(Body):
    """Why she leaves the jury."""

    reason = Text(**REASON, allow_none=True)


class ConflictBody(Body):
    """The number of an entry that a juror may not judge, and why; `member` where another says it for her."""

    entry = Whole(least=1, required=True)
    note = Text(**REASON, required=True)
    member = Text(most=32, allow_none=True)


class RecuseBody(Body):
    """Why she may not judge it; it stands in the protocol."""

    reason = Text(**REASON, required=True)


class ProposeBody(Body):
    """Another seed gives another deal; without one it is the next after the last."""

    seed = Whole(least=1, most=MOST_SEED, allow_none=True)


class AcceptBody(Body):
    """The id of the proposal."""

    deal = Text(most=32, required=True)


class OpenBody(Body):
    """The jury's deadline, where it is not set yet or another one."""

    closes_at = Moment(allow_none=True)


class CloseBody(Body):
    """Why the stage closes, where there are sheets that are not signed."""

    reason = Text(**REASON, allow_none=True)


class ExtendBody(Body):
    """A later deadline, and why."""

    closes_at = Moment(required=True)
    reason = Text(**REASON, required=True)


class MemberAnswer(Body):
    """A member of the jury."""

    id = ma.String()
    person = ma.String(attribute="person_id")
    name = ma.String()
    email = ma.String()
    role = ma.String()
    scores = ma.Boolean()
    version = ma.Integer()


class ConflictAnswer(Body):
    """A juror who may not judge an entry.

    `kind` is `declared`, or what the register knows; but for organisers it is then `register`: more would tell who
    directs the jury, and may score blind herself, where an entry comes from. So would another's `note`: it is empty
    until all stages are closed.
    """

    member = ma.String()
    name = ma.String()
    entry = ma.String()
    number = ma.Integer(allow_none=True)
    kind = ma.String()
    note = ma.String()


class DealAnswer(Body):
    """A deal: `plan` is a list of entry, member and ground, `facts` what it is like; its kinds as of a conflict."""

    id = ma.String()
    stage = ma.String(attribute="stage_id")
    status = ma.String()
    seed = ma.Integer()
    plan = ma.List(ma.List(ma.String()))
    facts = ma.Dict()
    created_at = Moment()
    accepted_at = Moment(allow_none=True)


class AssignmentAnswer(Body):
    """Who reads what, and whether she has signed; `ground` is null while the stage is open."""

    id = ma.String()
    entry = ma.String(attribute="entry_id")
    number = ma.Integer(attribute="entry.number", allow_none=True)
    member = ma.String(attribute="member_id")
    name = ma.String(attribute="member.name")
    ground = ma.String(attribute="ground_told", allow_none=True)
    status = ma.String()
    signed_at = Moment(allow_none=True)


class StageStateAnswer(Body):
    """A stage as it stands."""

    id = ma.String()
    code = ma.String()
    status = ma.String()
    closes_at = Moment(allow_none=True)
    opened_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    version = ma.Integer()


class ProgressAnswer(Body):
    """How many of the entries dealt to a juror she has signed."""

    member = ma.String()
    name = ma.String()
    signed = ma.Integer()
    dealt = ma.Integer()


class AssignmentsAnswer(Body):
    """All that is dealt in a stage, and how far each juror is."""

    items = ma.List(ma.Nested(AssignmentAnswer))
    total = ma.Integer()
    progress = ma.List(ma.Nested(ProgressAnswer))


class MembersAnswer(Body):
    """The whole jury."""

    items = ma.List(ma.Nested(MemberAnswer))
    total = ma.Integer()


def show_member(member: JuryMember) -> dict[str, Any]:
    body: dict[str, Any] = MemberAnswer().dump(member)
    return body


def show_conflict(row: Conflict, plainly: bool, why: bool) -> dict[str, Any]:
    """`plainly`: for an organiser; `why`: with the note."""
    about = {"member": row.member_id, "name": row.member.name, "entry": row.entry_id, "number": row.entry.number}
    return {**about, "kind": kind_told(row.kind, plainly), "note": row.note if why else ""}


def show_deal(deal: Deal, plainly: bool) -> dict[str, Any]:
    """`plainly`: for an organiser."""
    body: dict[str, Any] = DealAnswer().dump(deal)
    return {**body, "facts": {**deal.facts, "blocked": kinds_told(deal.facts["blocked"], plainly)}}


def show_assignments(rows: list[Assignment], progress: list[Progress]) -> dict[str, Any]:
    items = AssignmentAnswer(many=True).dump(rows)
    far = [{"member": p.member.id, "name": p.member.name, "signed": p.signed, "dealt": p.dealt} for p in progress]
    return {"items": items, "total": len(items), "progress": far}


def show_assignment(row: Assignment) -> dict[str, Any]:
    body: dict[str, Any] = AssignmentAnswer().dump(row)
    return body


def show_stage_state(stage: Stage) -> dict[str, Any]:
    body: dict[str, Any] = StageStateAnswer().dump(stage)
    return body
