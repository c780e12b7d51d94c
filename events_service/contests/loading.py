"""Rules of a contest from its two CSV files: checked as a whole first, then all of it or nothing."""

from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests import keeping, queries, reading, reading_rules, settling, sheets, words
from events_service.contests.changing import begin
from events_service.contests.models import STAGE_KINDS, Contest, Nomination, Stage
from events_service.contests.reading import RULES, Fault, Rubric
from events_service.contests.reading_rules import Settings
from services.errors import Invalid
from services.i18n import LANGUAGES
from services.identity import Actor

Found = tuple[Rubric | None, Settings | None, list[Fault]]


class Faulty(Invalid):
    """Files that cannot be loaded: `faults` all of them, `errors` the same by file, line and column."""

    def __init__(self, faults: list[Fault]) -> None:
        tree: dict[str, Any] = {}
        for fault in faults:
            line = tree.setdefault(fault.file, {}).setdefault(str(fault.line), {})
            line.setdefault(fault.column or "_schema", []).append(fault.message)
        super().__init__(tree)
        self.faults = faults


def load(session: Session, actor: Actor, ref: str, data: dict[str, Any], version: int | None = None) -> dict[str, Any]:
    """Replace the rules by those of the files, or with `dry` only check them; says what they hold.

    What the files do not tell (titles of stages, whether they are blind, the jury's deadlines) stays. Raises
    Faulty with every fault, Stale where `version` is not that of the rules, Conflict where they are frozen or
    something that would go is in use.
    """
    contest = begin(session, actor, ref, version)
    rubric, settings, faults = read(contest, data)
    if faults:
        raise Faulty(faults)
    if not data.get("dry"):
        before = contest.rules_version
        if rubric:
            _write(session, actor, contest, rubric)
        if settings:
            settling.put_settings(contest, actor, session, {"rules": settings.values})
        contest.rules_version = min(contest.rules_version, before + 1)  # a load is one change
        session.flush()
    return {
        "loaded": not data.get("dry"),
        "nominations": len(rubric.nominations) if rubric else 0,
        "stages": len(rubric.stages) if rubric else 0,
        "criteria": sum(map(len, rubric.criteria.values())) if rubric else 0,
        "settings": len(settings.values) if settings else 0,
        "skipped": settings.skipped if settings else [],
        "rules_version": contest.rules_version,
    }


def read(contest: Contest, data: dict[str, Any]) -> Found:
    """What was sent, with all its faults."""
    rubric = reading.rubric(data["contest"]) if data.get("contest") else None
    settings = reading_rules.settings(data["rules"]) if data.get("rules") else None
    if rubric is None and settings is None:
        raise Invalid({"contest": [_("Choose a file or paste its text")]})
    faults = [*(rubric.faults if rubric else []), *(settings.faults if settings else [])]
    if settings and settings.total and not faults:
        faults += _disagree(contest, rubric, settings)
    return rubric, settings, faults


def _disagree(contest: Contest, rubric: Rubric | None, settings: Settings) -> list[Fault]:
    """The formula of the total and the weights of the stages are two ways to say one thing."""
    weights: dict[str, Decimal] = (
        {code.lower(): weight for code, (_order, weight) in rubric.stages.items()}
        if rubric
        else {stage.code.lower(): stage.weight for stage in queries.stages(contest.event_id)}
    )
    if weights == settings.total:
        return []
    return [Fault(RULES, settings.lines["total_score"], "value", _("The stages have other weights"))]


def _write(session: Session, actor: Actor, contest: Contest, rubric: Rubric) -> None:
    settling.put_settings(contest, actor, session, {"code": rubric.code})
    nominations = _nominations(session, actor, contest, rubric)
    stages = _stages(session, actor, contest, rubric)
    session.flush()
    for (nomination, stage), lines in rubric.criteria.items():
        sheets.write_criteria(session, actor, contest, nominations[nomination], stages[stage], lines)


def _nominations(session: Session, actor: Actor, contest: Contest, rubric: Rubric) -> dict[str, Nomination]:
    found = {row.code: row for row in queries.nominations(contest.event_id)}
    for code in found.keys() - rubric.nominations.keys():
        keeping.drop_nomination(session, actor, contest, found[code])
    for position, (code, title) in enumerate(rubric.nominations.items(), start=1):
        body = {"code": code, "title": title, "position": position}
        if code in found:
            keeping.put_nomination(session, actor, contest, found[code], body)
        else:
            found[code] = keeping.make_nomination(session, actor, contest, body)
    return found


def _stages(session: Session, actor: Actor, contest: Contest, rubric: Rubric) -> dict[str, Stage]:
    found = {row.code: row for row in queries.stages(contest.event_id)}
    for code in found.keys() - rubric.stages.keys():
        keeping.drop_stage(session, actor, contest, found[code])
    first = min((position for position, _weight in rubric.stages.values()), default=0)
    for code, (position, weight) in rubric.stages.items():
        body = {"code": code, "weight": weight, "position": position}
        if code in found:
            keeping.put_stage(session, actor, contest, found[code], body)
        else:
            kind = code.lower() if code.lower() in STAGE_KINDS else "remote"
            more = {"kind": kind, "title": _kind_title(kind), "blind": kind == "remote" and position == first}
            found[code] = keeping.make_stage(session, actor, contest, {**body, **more})
    return found


def _kind_title(kind: str) -> dict[str, str]:
    """The name of the kind in every language."""
    titles = {}
    for code in LANGUAGES:
        with force_locale(code):
            titles[code] = str(words.KINDS[kind])
    return titles
