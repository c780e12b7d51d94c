"""What rows of schools would do: the rules of `schools.keeping`, told beforehand for a whole file."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from registry_service.imports import bodies
from registry_service.imports.drafts import CHANGE, CREATE, Draft
from registry_service.imports.likeness import Likeness
from registry_service.imports.standing import Standing, registered
from registry_service.schools.keeping import PLAIN
from registry_service.schools.models import PATRON_KINDS, School
from registry_service.schools.schemas import SchoolBody, SchoolPatch
from registry_service.schools.statuses import FLAGS
from services.fields import today
from services.i18n import LANGUAGES, said_plain, short_day

BODY, PATCH = SchoolBody(), SchoolPatch()


def check(standing: Standing, drafts: Iterable[Draft], of_file: Mapping[str, Any]) -> None:
    """Say of each row what it would do, and what is wrong with it."""
    names = Likeness()
    for school in set(standing.schools.values()):
        _remember(names, school.territory_code, school.name, f"{said_plain(school.name)} ({school.code})")
    for draft in drafts:
        draft.body = bodies.school(standing, draft, of_file)
        school_there = standing.school(draft.cells.get("code", ""))
        if school_there:
            _change(standing, draft, school_there)
        else:
            _create(standing, draft, names)


def _create(standing: Standing, draft: Draft, names: Likeness) -> None:
    if "name" not in draft.body:
        column = next((name for name in draft.columns if name.startswith("name_")), "name_kk")
        draft.fault(column, _("Write it in one language at least"))
        draft.body["name"] = {"kk": "–"}
    data = draft.load(BODY)
    if data is None or draft.faults:
        return
    if not standing.keeps(data["district"]):
        draft.fault("district", _("You can change the schools of your own district only."))
    opened = data["opened_on"] or data["valid_from"] or today()
    if data.get("closed_on") and data["closed_on"] <= opened:
        draft.fault("closed_on", _("The school opened on %(day)s: name a later day", day=short_day(opened)))
    draft.verb = CREATE
    for language, name in data["name"].items():
        like = names.near(f"{data['district']} {language}", name)
        if like and not draft.warnings:
            draft.warn(f"name_{language}", _("The register has almost the same name: %(name)s", name=like))
    _remember(names, data["district"], data["name"], _("row %(num)s of this file", num=draft.number))


def _remember(names: Likeness, district: str, name: Mapping[str, str], label: str) -> None:
    for language, text in name.items():
        names.add(f"{district} {language}", text, label)


def _change(standing: Standing, draft: Draft, school: School) -> None:
    data = draft.load(PATCH)
    if data is None or draft.faults:
        return
    if not standing.keeps(school.territory_code) or not standing.keeps(data.get("district") or school.territory_code):
        draft.fault("district", _("You can change the schools of your own district only."))
        return
    _opening(draft, school)
    day = data["valid_from"] or today()
    changed = _plain(standing, draft, school, data, day) | _flags(standing, draft, school, data, day)
    if changed:
        draft.verb, draft.target, draft.version = CHANGE, school.id, school.version
        kept = {*changed, "valid_from", "order_id", "reason"}
        draft.body = {name: value for name, value in draft.body.items() if name in kept}
        if "name" in changed:
            draft.body["name"] = {**school.name, **data["name"]}


def _opening(draft: Draft, school: School) -> None:
    if draft.body.get("opened_on", "") not in {"", school.opened_on.isoformat()}:
        opened = short_day(school.opened_on)
        draft.fault("opened_on", _("The register says %(day)s: a day of opening is not changed", day=opened))


def _plain(standing: Standing, draft: Draft, school: School, data: dict[str, Any], day: date) -> set[str]:
    """Fields that become others, with what forbids it."""
    changed = {name for name, column in PLAIN.items() if name in data and data[name] != getattr(school, column)}
    given = data.get("name", {})
    if all(school.name.get(language) == text for language, text in given.items()):
        changed -= {"name"}
    for language in LANGUAGES:
        if "name" in changed and language in given and given[language] != school.name.get(language):
            draft.differ(f"name_{language}", school.name.get(language), given[language])
    for name in sorted(changed - {"name"}):
        draft.differ(name, getattr(school, PLAIN[name]), data[name])
    if "closed_on" in changed:
        if data["closed_on"] <= school.opened_on:
            opened = short_day(school.opened_on)
            draft.fault("closed_on", _("The school opened on %(day)s: name a later day", day=opened))
        _needed(standing, draft, school, data["closed_on"], "closed_on")
    if "kind" in changed and data["kind"] not in PATRON_KINDS:
        _needed(standing, draft, school, day, "kind")
    return changed


def _flags(standing: Standing, draft: Draft, school: School, data: dict[str, Any], day: date) -> set[str]:
    """Statuses that begin or end on a day."""
    changed = set()
    for name, status in FLAGS.items():
        holding = [row for row in standing.statuses(school, status) if row.holds(day)]
        if data.get(name) is None or data[name] == bool(holding):
            continue
        changed.add(name)
        draft.differ(name, bool(holding), data[name])
        later = min((row.valid_from for row in standing.statuses(school, status) if row.valid_from > day), default=None)
        if data["valid_from"] is None:
            draft.fault("valid_from", _("Say from which day this holds"))
        elif later:
            begun = short_day(later)
            draft.fault("valid_from", _("This status begins on %(day)s already: name a later day", day=begun))
        elif holding and day <= holding[0].valid_from:
            begun = short_day(holding[0].valid_from)
            draft.fault("valid_from", _("This has held since %(day)s: name a later day", day=begun))
        elif holding and name == "centre":
            _needed(standing, draft, school, day, "centre")
    return changed


def _needed(standing: Standing, draft: Draft, school: School, day: date, column: str) -> None:
    """A centre is not taken from the schools attached to it, nor a patron from its schools."""
    leaning = [
        link
        for link in standing.served(school)
        if (link.valid_to is None or link.valid_to > day) and registered(standing.schools[link.school_id], day)
    ]
    wrong = {"centre": "patron_id", "kind": "centre_id"}.get(column, "")
    number = sum(not hasattr(link, wrong) for link in leaning)
    if number:
        draft.fault(column, _("Schools that depend on it: %(num)s. Move them first", num=number))
