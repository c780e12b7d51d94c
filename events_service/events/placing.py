"""Errors of the organiser's form, put at the field that caused them, and what else its page shows."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from events_service.directory import queries as directory
from events_service.events import filtering, forms, viewing, words
from events_service.events.models import FORMATS, KINDS, LANGUAGES, LEADS, PRECISIONS, Event
from events_service.events.schemas import AudienceBody
from services.errors import Invalid
from services.fields import today
from services.forms import Form, unflatten
from services.i18n import said_plain

EMPTY_LINES = {"agenda": 3, "materials": 2}
RENAMED = {
    "audience.rule": "audience",
    "audience.district": "audience_district",
    "audience.programme": "audience_programme",
    "audience.centre": "audience_centre",
    "agenda": "agenda.0.end",
    "reserve_until": "reserve_until_day",
    "registration_opens_at": "registration_opens_at_day",
    "registration_closes_at": "registration_closes_at_day",
}
PARTS = ("day", "start", "end", "title.kk", "title.ru", "title.en", "presenter", "district", "url", "size")
IN_LINE = {"starts_at": "start", "ends_at": "end", "title": "title.kk"}
LABELS = {
    "title": _l("Title"),
    "description": _l("Description"),
    "kind": _l("Kind"),
    "day": _l("Day"),
    "start": _l("Begins"),
    "end": _l("Ends"),
    "last_day": _l("Last day"),
    "all_day": _l("The whole day"),
    "date_precision": _l("How exact is the date"),
    "format": _l("How people meet"),
    "join_url": _l("Link to join"),
    "venue": _l("Place"),
    "language": _l("Language"),
    "programme": _l("Programme"),
    "subject": _l("Subject"),
    "audience": _l("Whom it is for"),
    "restrict_to_audience": _l("Only they may register"),
    "capacity": _l("Places in all"),
    "small_class_reserve": _l("Kept for small-class schools"),
    "reminders": _l("Reminders"),
    "agenda": _l("Agenda"),
    "materials": _l("Materials"),
}
_LINE = re.compile(r"(agenda|materials)\.(\d{1,3})\.(.+)")


def place(form: Form) -> None:
    """Give each error the name of its field in the form; once, just before the page is made."""
    form.errors = [(_place(form, field), message) for field, message in form.errors]


def _place(form: Form, field: str) -> str:
    line = _LINE.fullmatch(field)
    if line:
        numbers, index = _filled(line[1]), int(line[2])
        number = numbers[index] if index < len(numbers) else index
        return f"{line[1]}.{number}.{IN_LINE.get(line[3], line[3])}"
    if field == "starts_at":
        return "day" if form.value("all_day") or not forms.is_day(form.value("day")) else "start"
    if field == "ends_at":
        return "last_day" if form.value("all_day") else "end"
    return RENAMED.get(field, field)


def _filled(name: str) -> list[int]:
    """The numbers of the lines of a sent list that hold anything: the only ones the body has."""
    found = re.compile(rf"{name}\.(\d{{1,3}})\..+")
    matches = ((found.fullmatch(key), value) for key, value in request.form.items())
    return sorted({int(match[1]) for match, value in matches if match and value.strip()})


def lines(form: Form, name: str, more: bool) -> list[bool]:
    """The lines of a list to show: what there is and some empty ones; True for those that hold something."""
    there = form.count(name)
    count = there if form.sent and there and not more else there + EMPTY_LINES[name]
    return [any(form.value(f"{name}.{number}.{part}") for part in PARTS) for number in range(count)]


def options(event: Event | None, organises: frozenset[str]) -> dict[str, Any]:
    """What the selects of the form offer to a person who organises for these organisations."""
    names = {row.code: said_plain(row.name) for row in directory.territories()}
    centres: dict[str, list[tuple[str, str]]] = {}
    for school in directory.centres(today()):
        place = names.get(school.territory_code, school.territory_code)
        centres.setdefault(place, []).append((school.id, said_plain(school.name)))
    programmes = [(row.code, said_plain(row.name)) for row in directory.programmes()]
    return {
        "kinds": [(code, words.kind_name(code)) for code in KINDS],
        "formats": [(code, words.format_name(code)) for code in FORMATS],
        "languages": [(code, words.language_names(code)) for code in LANGUAGES],
        "precisions": [(code, str(words.PRECISIONS[code])) for code in PRECISIONS],
        "leads": [(lead, words.lead_words(lead)) for lead in LEADS],
        "programmes": programmes,
        "districts": [(row.code, names[row.code]) for row in directory.districts()],
        "centres": list(centres.items()),
        "organisations": [
            (row.code, said_plain(row.name)) for row in map(directory.organisation, sorted(organises)) if row
        ],
        "rules": _rules(event, dict(programmes)),
    }


def _rules(event: Event | None, programmes: Mapping[str, str]) -> list[tuple[str, str, int | None]]:
    """The choices of schools, with how many each gives today where that is known."""
    debate = forms.DEBATE.partition(":")[2]
    counted = [
        ("small_class", _("All small-class schools")),
        ("twinned", _("Twinned schools («Auyl – qala»)")),
        ("centres", _("Resource centres")),
        ("everyone", _("Every school")),
    ]
    if debate in programmes:
        counted.insert(2, (forms.DEBATE, programmes[debate]))
    found: list[tuple[str, str, int | None]] = [
        (value, label, viewing.count_schools(forms.audience_of({"audience": value}))) for value, label in counted
    ]
    found += [
        ("district", _("Schools of one district"), None),
        ("programme", _("Schools of another programme"), None),
        ("cluster", _("One resource centre and its schools"), None),
    ]
    if event and forms.to_form(event)["audience"] == forms.KEEP:
        found.append((forms.KEEP, _("As it is now"), viewing.audience_total(event)))
    return found


def preview(form: Form, event: Event | None) -> dict[str, Any] | None:
    """How many schools the present choice gives, and the address of their list."""
    names = ("audience", "audience_district", "audience_programme", "audience_centre")
    values = {name: form.value(name) for name in names}
    if values["audience"] == forms.KEEP:
        return event and {"count": viewing.audience_total(event), "query": None}
    audience = forms.audience_of(values)
    if audience["rule"] in forms.NAMED and not audience[forms.NAMED[audience["rule"]]]:
        return None
    try:
        directory.check_audience(filtering.loaded(AudienceBody(), audience))
    except Invalid:
        return None
    return {"count": viewing.count_schools(audience), "query": urlencode(audience)}


def differing(form: Form, event: Event) -> list[tuple[str, str]]:
    """Where what was typed and what is saved now differ: the label and the saved words."""
    saved = forms.as_sent(forms.to_form(event))
    sent = unflatten(request.form.to_dict(flat=False))
    return [
        (str(label), _said(name, saved.get(name)))
        for name, label in LABELS.items()
        if forms.bare(saved.get(name)) != forms.bare(sent.get(name))
    ]


def _said(name: str, value: Any) -> str:
    """A saved value of the form in words."""
    if name == "reminders":
        return ", ".join(words.lead_words(int(lead)) for lead in value or []) or "–"
    if isinstance(value, list):
        return str(ngettext("%(num)s line", "%(num)s lines", len(value)))
    if isinstance(value, dict):
        return said_plain(value)
    named = {"kind": words.kind_name, "format": words.format_name, "language": words.language_names}
    return named[name](value) if name in named and value else str(value or "–")


def checklist(event: Event) -> list[tuple[str, str]]:
    """What to look at before publishing: only hints, nothing of it forbids."""
    both = event.title.get("kk") and event.title.get("ru")
    exact = event.date_precision == "day"
    online = event.format in {"zoom", "online", "mixed"}
    found = [
        ("ok", _("The title is in Kazakh and in Russian")) if both else ("warn", _("The title lacks a language")),
        ("ok", _("Day and time")) if exact else ("warn", _("There is no exact day")),
    ]
    if online:
        found.append(("ok", _("Link to join")) if event.join_url else ("warn", _("There is no link to join")))
    return found
