"""The settings of a contest: the order it stands on, when entries are taken, and how results come about."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from events_service.contests.changing import begin, end, show
from events_service.contests.models import Contest
from events_service.contests.rules import Rules, of, read, written
from events_service.contests.schemas import show_settings
from services.errors import Invalid
from services.identity import Actor

SETTINGS = ("code", "ground_number", "ground_date", "entries_open_at", "entries_close_at")
NONE_MEANS = {"code": "", "ground_number": ""}


def settle(session: Session, actor: Actor, ref: str, data: dict[str, Any], version: int | None = None) -> Contest:
    """Change the settings that `data` names; Invalid where they contradict each other."""
    contest = begin(session, actor, ref, version)
    put_settings(contest, actor, session, data)
    return contest


def put_settings(contest: Contest, actor: Actor, session: Session, data: dict[str, Any]) -> None:
    """The same inside a turn that is taken."""
    before, closes = show_settings(contest), contest.entries_close_at
    rules = read({**written(of(contest)), **data.get("rules", {})})
    for name in SETTINGS:
        if name in data:
            setattr(contest, name, NONE_MEANS.get(name) if data[name] is None else data[name])
    _check(contest, rules)
    contest.rules = written(rules)
    if contest.entries_close_at != closes:
        show(contest)
    end(session, actor, contest, "contest.rules_changed", before, show_settings(contest))


def _check(contest: Contest, rules: Rules) -> None:
    found: dict[str, Any] = {}
    opens, closes = contest.entries_open_at, contest.entries_close_at
    if opens and closes and closes <= opens:
        found["entries_close_at"] = [_("Entries close before they open")]
    wrong = {}
    if rules.least_scores > rules.readers:
        wrong["least_scores"] = [_("An entry cannot have more sheets than jurors")]
    if rules.quorum > rules.jury_min:
        wrong["quorum"] = [_("More than the jury has")]
    if found or wrong:
        raise Invalid({**found, **({"rules": wrong} if wrong else {})})
