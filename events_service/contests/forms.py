"""The forms of a contest: days and clock times in the form, instants in the body; levels as lines of text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from events_service.contests import levels
from events_service.contests.models import Contest, Criterion, Nomination, Stage
from events_service.contests.rules import TIES, of
from events_service.contests.schemas import show_settings, show_stage
from events_service.scoring.words import points
from services.forms import Form
from services.i18n import LANGUAGES, local

RENAMED = {
    "entries_open_at": "entries_open_day",
    "entries_close_at": "entries_close_day",
    "closes_at": "closes_day",
}
START_OF_DAY, END_OF_DAY = "00:00", "23:59"


def settings_to_form(contest: Contest, zone: str) -> dict[str, Any]:
    """Lists of the rules by number, so that each place has a field of its own."""
    shown, rules = show_settings(contest), of(contest)
    shown["rules"] |= {name: points(getattr(rules, name)) for name in ("divergence", "shrinkage", "threshold")}
    for name in ("ties", "diplomas"):
        shown["rules"][name] = {str(place): value for place, value in enumerate(shown["rules"][name])}
    for name in ("entries_open", "entries_close"):
        shown[f"{name}_day"], shown[f"{name}_time"] = parts(getattr(contest, f"{name}_at"), zone)
    return {**shown, "version": contest.rules_version}


def settings_to_body(values: dict[str, Any], zone: str) -> dict[str, Any]:
    """A box that is not ticked is not sent; a place of the chain left empty ends nothing, it is left out."""
    rules = values.get("rules")
    rules = dict(rules) if isinstance(rules, dict) else {}
    rules["own_district"] = rules.get("own_district") == "on"
    rules["ties"] = [kind for kind in _items(rules.get("ties")) if kind]
    body = {name: values.get(name) for name in ("code", "ground_number", "ground_date")}
    opens, closes = instant(values, "entries_open_", START_OF_DAY), instant(values, "entries_close_")
    return {**body, "entries_open_at": opens, "entries_close_at": closes, "rules": rules, "time_zone": zone}


def nomination_to_form(nomination: Nomination) -> dict[str, Any]:
    return {"code": nomination.code, "title": nomination.title, "position": nomination.position}


def stage_to_form(stage: Stage, zone: str) -> dict[str, Any]:
    day, clock = parts(stage.closes_at, zone)
    exact = {name: points(getattr(stage, name)) for name in ("weight", "threshold")}
    return {**show_stage(stage), **exact, "closes_day": day, "closes_time": clock}


def stage_to_body(values: dict[str, Any], zone: str) -> dict[str, Any]:
    closes = instant(values, "closes_")
    return {**values, "blind": values.get("blind") == "on", "closes_at": closes, "time_zone": zone}


def criteria_to_form(lines: list[Criterion]) -> dict[str, Any]:
    """Each criterion by number; its levels as lines, one language a field."""
    return {"criteria": [_criterion(line) for line in lines]}


def _criterion(line: Criterion) -> dict[str, Any]:
    numbers = {name: points(getattr(line, name)) for name in ("max_points", "weight")}
    return {"code": line.code, "title": line.title, **numbers, "levels": levels.write(line.levels or [])}


def criteria_to_body(values: dict[str, Any]) -> dict[str, Any]:
    """Blank lines are left out already; one whose code is taken out is gone."""
    return {"criteria": [_line(item) for item in _items(values.get("criteria")) if isinstance(item, dict)]}


def _line(item: Mapping[str, Any]) -> dict[str, Any]:
    told = item.get("levels")
    texts = {code: _text(told, code) for code in LANGUAGES} if isinstance(told, dict) else {}
    return {**item, "levels": levels.read(texts)}


def criteria_fields(form: Form) -> list[tuple[str, str]]:
    """Errors at the fields they are mended in: blank lines are counted, levels are texts of a language."""
    filled = [place for place in range(form.count("criteria")) if _filled(form, f"criteria.{place}.")]
    return [(_field(form, name.split("."), filled), message) for name, message in form.errors]


def _filled(form: Form, start: str) -> bool:
    texts = [f"{part}.{code}" for part in ("title", "levels") for code in LANGUAGES]
    return any(form.value(start + name).strip() for name in ("code", "max_points", "weight", *texts))


def _field(form: Form, steps: list[str], filled: list[int]) -> str:
    if len(steps) > 1 and steps[1].isdigit() and int(steps[1]) < len(filled):
        steps = ["criteria", str(filled[int(steps[1])]), *steps[2:]]
    if steps[2:3] == ["levels"]:
        told = {code: form.value(".".join([*steps[:3], code])) for code in LANGUAGES}
        steps = [*steps[:3], steps[-1] if steps[-1] in LANGUAGES else levels.unread(told)]
    return ".".join(steps)


def tie_places() -> list[str]:
    """The names of the fields of the chain, one for each way there is."""
    return [f"rules.ties.{place}" for place in range(len(TIES))]


def parts(at: datetime | None, zone: str | None = None) -> tuple[str, str]:
    """The day and the clock time of an instant, as the fields of a form hold them."""
    if at is None:
        return "", ""
    there = local(at, zone)
    return there.date().isoformat(), there.strftime("%H:%M")


def instant(values: Mapping[str, Any], prefix: str = "", without: str = END_OF_DAY) -> str | None:
    """A day and a clock time of the form as the body says it; `without` is the time of a day that has none."""
    day, clock = _text(values, f"{prefix}day"), _text(values, f"{prefix}time")
    return f"{day}T{clock or without}" if day else clock or None


def _items(value: Any) -> list[Any]:
    """A numbered list of the form; what came under no number is no list."""
    return value if isinstance(value, list) else []


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""
