"""A contest that is over: a stage with a draft protocol, a last stage with a signed one, and an award on it."""

import json
from decimal import Decimal

from sqlalchemy import select

from events_service.awards.models import SIGNED, Award, Protocol
from events_service.contests.models import CLOSED, Contest, Nomination, Stage
from events_service.contests.rules import Rules, written
from events_service.db import db
from events_service.directory.models import Person
from events_service.entries.models import ADMITTED, Entry
from events_service.files import store
from events_service.jury.models import CHAIR, SECRETARY, JuryMember
from events_service.results.models import DONE, Compilation
from services.database import utcnow
from services.fields import today
from tests.access import scene

TITLE = {"kk": "Сахна", "ru": "Сцена"}
RULES = written(Rules(quorum=1, signatures=0))


def judged(stage: "scene.Stage", organiser: str, teacher: str, event: dict) -> scene.Ids:
    """Its things by name, `judged` is the slug of its event."""
    of = event["id"]
    with stage.suite.events.app_context(), db.transaction() as session:
        author = session.scalars(select(Person).where(Person.email == _mail(teacher))).one()
        session.add(Contest(event_id=of, code=f"SCENE{organiser[-3:].strip()}", rules=RULES))
        kind = _added(session, Nomination(event_id=of, code="A", title=TITLE))
        entry = _added(session, Entry(
            event_id=of, nomination_id=kind, number=1, author_id=author.id, name=author.name, email=author.email,
            status=ADMITTED,
        ))  # fmt: skip
        jury = [
            _added(
                session, JuryMember(event_id=of, person_id=role, name=role, email=f"{role}@example.invalid", role=role)
            )
            for role in (CHAIR, SECRETARY)
        ]
        first, last = (
            _added(session, Stage(
                event_id=of, code=code, position=position, title=TITLE, weight=Decimal("0.5"), status=CLOSED,
            )) for position, code in enumerate(("ONE", "TWO"))
        )  # fmt: skip
        papers = [_paper(session, one, kind, entry, jury) for one in (first, last)]
        key = f"scene/{event['slug']}"
        store.put(key, b"%PDF-1.7")
        draft = session.get_one(Protocol, papers[0])
        draft.file_key, draft.file_name, draft.file_type, draft.file_size = key, "scan.pdf", "application/pdf", 8
        signed = session.get_one(Protocol, papers[1])
        signed.status, signed.signed_at, signed.contents = SIGNED, utcnow(), {}
        session.get_one(Stage, last).compilation_id = signed.compilation_id
        code = ("A" if organiser == "organiser" else "B") * 10
        award = _added(session, Award(
            event_id=of, stage_id=last, entry_id=entry, protocol_id=signed.id, kind="diploma_1", number=code, code=code,
            name=author.name, nomination=TITLE, issued_on=today(),
        ))  # fmt: skip
    return {
        "judged": event["slug"], "judged_stage": first, "protocol": papers[0], "chair": jury[0], "secretary": jury[1],
        "award": award, "code": code, "judged_last": last,
    }  # fmt: skip


def _mail(actor: str) -> str:
    return f"{scene.ACTORS[actor]}@example.invalid"


def _added(session, row) -> str:
    session.add(row)
    session.flush()
    return str(row.id)


def _paper(session, stage: str, kind: str, entry: str, jury: list[str]) -> str:
    """Results of one entry in first place, and a draft protocol of them."""
    line = {
        "id": entry, "number": 1, "district": "", "place": 1, "shared": False, "score": "80.00", "corrected": None,
        "decides": "80.00", "total": None, "stages": {}, "gap": None, "sheets": [], "passes": True, "why": None,
        "tie": None, "flag": None,
    }  # fmt: skip
    document = {
        "method": "mean", "rules": RULES, "inputs": {"stages": [], "stage": {"followed": False}},
        "inputs_hash": "0" * 64, "correction": None,
        "nominations": [{"id": kind, "code": "A", "entries": [line]}],
    }  # fmt: skip
    compilation = _added(session, Compilation(
        stage_id=stage, number=1, status=DONE, document=json.dumps(document), created_by="scene",
        inputs_hash="0" * 64, published_at=utcnow(),
    ))  # fmt: skip
    return _added(session, Protocol(
        stage_id=stage, compilation_id=compilation, number="1", held_on=today(), present=jury, created_by="scene",
    ))  # fmt: skip
