"""The verbs of a protocol: draft it from results, mend what people decide, sign it, attach the signed paper.

What was signed is kept as it said, so that no later change of a row changes it. Corrected results are another
compilation and have a protocol of their own; the first one stays.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.awards import contents, queries
from events_service.awards.models import DRAFT, IN_PERSON, SIGNED, Protocol
from events_service.contests import queries as contests
from events_service.contests.models import CLOSED, Stage
from events_service.db import Audit
from events_service.events.models import Event
from events_service.jury import queries as jury
from events_service.jury.models import CHAIR, SECRETARY, JuryMember
from events_service.results import queries as results
from events_service.results.models import Compilation
from services import ledger
from services.database import utcnow
from services.errors import Conflict, Invalid, NotFound, Stale
from services.fields import today
from services.identity import Actor

EDITED = ("number", "held_on", "format", "place", "decision", "dissent")


@dataclass(frozen=True)
class Scan:
    """The signed paper as it lies in the store."""

    key: str
    name: str
    media_type: str
    size: int


def draft(session: Session, actor: Actor, ref: str, stage_id: str, data: dict[str, Any]) -> tuple[Protocol, bool]:
    """A draft on a compilation, the newest unless `data` names one; whether it is new. One a compilation."""
    event, stage = _take(session, actor, ref, stage_id)
    contests.check_on(event.id)
    compilation = _compilation(stage, data.get("compilation"))
    found = next((row for row in queries.protocols(stage.id) if row.compilation_id == compilation.id), None)
    if found:
        return found, False
    if queries.unsigned(stage.id) and not queries.closed_because(stage.id):
        raise Conflict(_("Sheets of the stage are not signed: have them signed, or close the stage with a reason"))
    protocol = Protocol(
        stage_id=stage.id, compilation_id=compilation.id, number=str(queries.next_number(stage.id)), held_on=today(),
        format=IN_PERSON, created_by=actor.id,
    )  # fmt: skip
    _write(event, protocol, {"present": [row.id for row in queries.seated(event.id)], **data})
    session.add(protocol)
    session.flush()
    new = {"number": protocol.number, "compilation": compilation.id}
    ledger.audit(session, Audit, actor, "protocol.drafted", "protocol", protocol.id, new=new)
    return protocol, True


def change(
    session: Session, actor: Actor, ref: str, protocol_id: str, data: dict[str, Any], version: int | None = None
) -> Protocol:
    """Change what `data` names of a draft."""
    event, _stage, protocol = _draft(session, actor, ref, protocol_id, version)
    before = _facts(protocol)
    _write(event, protocol, data)
    old, new = ledger.differences(before, _facts(protocol))
    if new:
        protocol.version += 1
        session.flush()
        ledger.audit(session, Audit, actor, "protocol.changed", "protocol", protocol.id, old=old, new=new)
    return protocol


def sign(
    session: Session,
    actor: Actor,
    ref: str,
    protocol_id: str,
    signed: list[str],
    scan: Scan | None = None,
    version: int | None = None,
) -> Protocol:
    """Put on record who has signed the paper: the chair, the secretary and as many jurors as the rules ask for.

    What the protocol says is kept from now on, in Kazakh and in Russian, and its results may be published.
    """
    event, stage, protocol = _draft(session, actor, ref, protocol_id, version)
    compilation = queries.done(stage.id)[0]
    if compilation.id != protocol.compilation_id:
        raise Conflict(_("There are newer results: write a protocol of them"))
    who = _signers(event, protocol, signed)
    protocol.signatures = [{"id": row.id, "name": row.name, "role": row.role} for row in who]
    protocol.contents = contents.of_protocol(event, protocol)
    protocol.status, protocol.signed_at, protocol.version = SIGNED, utcnow(), protocol.version + 1
    compilation.signed_at = protocol.signed_at
    _attach(protocol, scan)
    session.flush()
    new = {"status": SIGNED, "signatures": [row.id for row in who], "file": protocol.file_name}
    ledger.audit(session, Audit, actor, "protocol.signed", "protocol", protocol.id, old={"status": DRAFT}, new=new)
    return protocol


def attach(session: Session, actor: Actor, ref: str, protocol_id: str, scan: Scan) -> Protocol:
    """Attach the scan of a signed protocol; one that was attached before stays in the store, and in the history."""
    _event, _stage, protocol = _found(session, actor, ref, protocol_id)
    if protocol.status != SIGNED:
        raise Conflict(_("Say first who has signed it"))
    old = {"file": protocol.file_name, "key": protocol.file_key}
    _attach(protocol, scan)
    protocol.version += 1
    session.flush()
    new = {"file": scan.name, "key": scan.key}
    ledger.audit(session, Audit, actor, "protocol.attached", "protocol", protocol.id, old=old, new=new)
    return protocol


def _take(session: Session, actor: Actor, ref: str, stage_id: str) -> tuple[Event, Stage]:
    event = jury.directed(ref, actor)
    stage = contests.take_turn(session, contests.stage_of(event.id, stage_id).id)
    if stage.status != CLOSED:
        raise Conflict(_("The stage is not closed yet"))
    return event, stage


def _found(session: Session, actor: Actor, ref: str, protocol_id: str) -> tuple[Event, Stage, Protocol]:
    event = jury.directed(ref, actor)
    protocol = queries.protocol_of(event, protocol_id)
    event, stage = _take(session, actor, ref, protocol.stage_id)
    session.refresh(protocol)
    return event, stage, protocol


def _draft(
    session: Session, actor: Actor, ref: str, protocol_id: str, version: int | None
) -> tuple[Event, Stage, Protocol]:
    event, stage, protocol = _found(session, actor, ref, protocol_id)
    contests.check_on(event.id)
    if protocol.status != DRAFT:
        raise Conflict(_("The protocol is signed: what it says stays"))
    if version is not None and version != protocol.version:
        raise Stale
    return event, stage, protocol


def _compilation(stage: Stage, wanted: str | None) -> Compilation:
    rows = queries.done(stage.id)
    if not rows:
        raise Conflict(_("The results of the stage are not compiled yet"))
    found = next((row for row in rows if row.id == (wanted or rows[0].id)), None)
    if found is None:
        raise NotFound
    return found


def _write(event: Event, protocol: Protocol, data: dict[str, Any]) -> None:
    for name in EDITED:
        if name in data and (data[name] is not None or name in {"place", "decision", "dissent"}):
            setattr(protocol, name, data[name] if data[name] is not None else {})
    if data.get("present") is not None:
        seats = [row.id for row in queries.seated(event.id)]
        if not set(data["present"]) <= set(seats):
            raise Invalid({"present": [_("Choose one of the list")]})
        protocol.present = [key for key in seats if key in data["present"]]
        protocol.absent = [key for key in seats if key not in data["present"]]


def _facts(protocol: Protocol) -> dict[str, Any]:
    return {name: getattr(protocol, name) for name in (*EDITED, "present", "absent")}


def _signers(event: Event, protocol: Protocol, signed: list[str]) -> list[JuryMember]:
    """Those who signed, all of them present; Invalid where somebody is missing without whom it does not count."""
    rules = contents.rules_of(results.document(_compiled(protocol)))
    who = [row for row in queries.members(event.id) if row.id in signed]
    roles = [row.role for row in who]
    if len(who) < len(set(signed)) or not {row.id for row in who} <= set(protocol.present):
        raise Invalid({"signed": [_("Only members of the jury who were present sign")]})
    if len(protocol.present) < rules.quorum:
        raise Invalid({"signed": [_("There was no quorum: %(num)s members are needed", num=rules.quorum)]})
    if CHAIR not in roles:
        raise Invalid({"signed": [_("The chair has to sign")]})
    if SECRETARY not in roles:
        raise Invalid({"signed": [_("The secretary has to sign")]})
    if len(who) - 2 < rules.signatures:
        needed = _("Beside the chair and the secretary %(num)s jurors have to sign", num=rules.signatures)
        raise Invalid({"signed": [needed]})
    return who


def _compiled(protocol: Protocol) -> Compilation:
    return next(row for row in queries.done(protocol.stage_id) if row.id == protocol.compilation_id)


def _attach(protocol: Protocol, scan: Scan | None) -> None:
    if scan:
        protocol.file_key, protocol.file_name = scan.key, scan.name
        protocol.file_type, protocol.file_size = scan.media_type, scan.size
