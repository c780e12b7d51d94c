"""What rows of attachments, twinning and enrolments would do: the rules of their verbs, told beforehand.

A row without an end says that a link holds: it is there, or begins, or (for a centre) replaces
another. A row with an end closes the link that is there.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema

from registry_service.centres.schemas import AttachmentBody
from registry_service.imports import bodies
from registry_service.imports.drafts import CHANGE, CREATE, END, MOVE, Draft
from registry_service.imports.standing import Standing, registered
from registry_service.programmes.models import DEBATE, Programme
from registry_service.programmes.queries import BY_LINKS
from registry_service.programmes.schemas import EnrolmentBody
from registry_service.schools.models import PATRON_KINDS, RESOURCE_CENTRE, SMALL_CLASS, School
from registry_service.schools.records import called, live_from
from registry_service.twinning.schemas import TwinningBody
from services.fields import Day, Text
from services.i18n import short_day


class AttachmentRow(AttachmentBody):
    valid_to = Day(allow_none=True, load_default=None)


class TwinningRow(TwinningBody):
    valid_to = Day(allow_none=True, load_default=None)


class EnrolmentRow(EnrolmentBody):
    programme = Text(most=40, required=True)
    valid_to = Day(allow_none=True, load_default=None)


SCHEMAS: dict[str, Schema] = {"attachments": AttachmentRow(), "twinning": TwinningRow(), "enrolments": EnrolmentRow()}
OTHER = {
    "attachments": ("centre", "centre_id"),
    "twinning": ("patron", "patron_id"),
    "enrolments": ("programme", "programme_code"),
}


def check(kind: str, standing: Standing, drafts: Iterable[Draft], of_file: Mapping[str, Any]) -> None:
    """Say of each row what it would do, and what is wrong with it."""
    column, key = OTHER[kind]
    links: Mapping[str, list[Any]] = getattr(standing, kind)
    for draft in drafts:
        school = bodies.known_school(standing, draft, "school")
        other = _programme(standing, draft) if column == "programme" else bodies.known_school(standing, draft, column)
        data = _loaded(kind, standing, draft, of_file)
        if data is None or school is None or other is None or draft.faults:
            continue
        if not standing.keeps(school.territory_code):
            draft.fault("school", _("You can change the schools of your own district only."))
            continue
        draft.body |= {"school": school.code, column: other.code}
        other_id = other.code if isinstance(other, Programme) else other.id
        all_links = links.get(school.id, [])
        same = [link for link in all_links if getattr(link, key) == other_id]
        if data["valid_to"]:
            _end(draft, same, data)
        elif present := next((link for link in same if link.valid_to is None), None):
            _same(kind, draft, present, data)
        elif data["valid_from"] is None:
            draft.fault("valid_from", _("Say from which day this holds"))
        else:
            BEGIN[kind](standing, draft, school, other, all_links, data["valid_from"])


def _programme(standing: Standing, draft: Draft) -> Programme | None:
    if "programme" not in draft.cells:
        draft.fault("programme", _("Fill this in"))
        return None
    found = standing.programmes.get(draft.cells["programme"].upper())
    if found is None:
        draft.fault("programme", _("There is no such programme"))
    return found


def _loaded(kind: str, standing: Standing, draft: Draft, of_file: Mapping[str, Any]) -> dict[str, Any] | None:
    column, _key = OTHER[kind]
    named = {name: draft.cells.get(name, "–") for name in ("school", column)}
    ending = {"valid_to": bodies.meant("valid_to", draft.cells["valid_to"])} if "valid_to" in draft.cells else {}
    draft.body = {**named, **ending, **bodies.ground(standing, draft, of_file)}
    return draft.load(SCHEMAS[kind])


def _end(draft: Draft, same: list[Any], data: dict[str, Any]) -> None:
    """The link that is there ends; one that has ended on this day is as it should be."""
    end, begun = data["valid_to"], data["valid_from"] if "valid_from" in draft.cells else None
    fitting = [link for link in same if link.valid_to in {None, end} and begun in {None, link.valid_from}]
    link = next(iter(sorted(fitting, key=lambda link: link.valid_to is None)), None)
    if link is None:
        draft.fault("valid_to", _("There is no such link that could end"))
    elif link.valid_to is None and end <= link.valid_from:
        begun = short_day(link.valid_from)
        draft.fault("valid_to", _("This has held since %(day)s: name a later day", day=begun))
    elif link.valid_to is None:
        draft.differ("valid_to", None, end)
        draft.verb, draft.target = END, link.id


def _same(kind: str, draft: Draft, link: Any, data: dict[str, Any]) -> None:
    """The link is there. A row that says otherwise of its day or its order is not passed over in silence."""
    if "valid_from" in draft.cells and data["valid_from"] != link.valid_from:
        begun = short_day(link.valid_from)
        draft.fault("valid_from", _("The register says %(day)s: end the link and begin it anew", day=begun))
    elif "order" in draft.cells and data["order_id"] != link.order_id:
        if kind == "twinning":
            draft.differ("order", _("another") if link.order_id else None, draft.cells["order"])
            draft.verb, draft.target = CHANGE, link.id
        else:
            draft.fault("order", _("The link stands on another order: end it and begin it anew"))


def _attach(standing: Standing, draft: Draft, school: School, centre: Any, links: list[Any], day: date) -> None:
    live: Any = live_from(links, day)
    said = {"school": called(school), "centre": called(centre), "day": short_day(day)}
    if school is centre:
        draft.fault("centre", _("A school is not attached to itself"))
    if not (registered(school, day) and standing.has(school, SMALL_CLASS, day)):
        refusal = _("On %(day)s this is not a small-class school, and only such schools are attached", **said)
        draft.fault("school", refusal)
    if not (registered(centre, day) and standing.has(centre, RESOURCE_CENTRE, day)):
        draft.fault("centre", _("%(centre)s is not a resource centre on %(day)s", **said))
    if live is None:
        draft.verb = CREATE
    elif day <= live.valid_from or live.centre_id == centre.id:
        since = short_day(live.valid_from)
        draft.fault("valid_from", _("This has held since %(day)s: name a later day", day=since))
    else:
        draft.differ("centre", standing.schools[live.centre_id].code, centre.code)
        draft.verb, draft.target = MOVE, live.id


def _twin(standing: Standing, draft: Draft, school: School, patron: Any, links: list[Any], day: date) -> None:
    words = {"patron": called(patron), "day": short_day(day)}
    if school is patron:
        draft.fault("patron", _("A school is not its own patron"))
    if not registered(school, day):
        draft.fault("school", _("This school is not open on that day"))
    if not registered(patron, day) or patron.kind not in PATRON_KINDS:
        refusal = _("%(patron)s cannot be a patron on %(day)s: only an open boarding or innovative school can", **words)
        draft.fault("patron", refusal)
    if live := live_from([link for link in links if link.patron_id == patron.id], day):
        since = short_day(live.valid_from)
        draft.fault("patron", _("They are twinned from %(day)s on already", day=since))
    draft.verb = CREATE


def _enrol(standing: Standing, draft: Draft, school: School, programme: Any, links: list[Any], day: date) -> None:
    if programme.kind in BY_LINKS:
        draft.fault("programme", _("Schools take part in this programme by their links, not by enrolment"))
    if not registered(school, day):
        draft.fault("valid_from", _("This school is not open on that day"))
    if programme.scope.startswith("district:") and programme.scope != f"district:{school.territory_code}":
        draft.fault("school", _("This programme is for the schools of another district"))
    if programme.code == DEBATE and not standing.has(school, SMALL_CLASS, day):
        refusal = _("Only small-class schools take part in the debate movement, and this is not one on that day")
        draft.fault("school", refusal)
    if live := live_from([link for link in links if link.programme_code == programme.code], day):
        draft.fault("school", _("It takes part from %(day)s on already", day=short_day(live.valid_from)))
    draft.verb = CREATE


BEGIN: dict[str, Callable[[Standing, Draft, School, Any, list[Any], date], None]] = {
    "attachments": _attach,
    "twinning": _twin,
    "enrolments": _enrol,
}
