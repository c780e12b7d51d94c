"""The filter of the list of events: what it offers, how it is said, and how it stands in an address."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError

from events_service.directory import queries as directory
from events_service.events import listing, words
from events_service.events.models import KINDS
from events_service.events.schemas import EventQuery
from services.errors import Invalid, NotFound
from services.fields import FIRST_YEAR, LAST_YEAR
from services.i18n import said_plain, translate_messages
from services.text import sort_key

NAMES = ("q", "district", "kind", "programme", "subject", "language")
Options = list[tuple[str, str]]


def read(args: Mapping[str, str]) -> dict[str, Any]:
    """The filters of a request, and its cursor; empty fields of a GET form count as not sent."""
    given = {name: value for name, value in args.items() if value.strip() and name in (*NAMES, "cursor")}
    query = loaded(EventQuery(), given)
    return {name: query[name] for name in (*NAMES, "cursor")}


def loaded(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """What an address says, by a schema; what the schema refuses is an `Invalid` request."""
    try:
        found: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        raise Invalid(translate_messages(error.normalized_messages())) from None
    return found


def read_month(text: str) -> date | None:
    """`2026-11` as its first day; only links write it, so anything else is an address that is not ours."""
    if not text:
        return None
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound from None
    if not FIRST_YEAR < month.year < LAST_YEAR:
        raise NotFound
    return month


def url(filters: Mapping[str, Any], path: str = "/", month: date | None = None, cursor: str = "") -> str:
    args = {name: filters.get(name) for name in NAMES}
    args |= {"month": month and f"{month:%Y-%m}", "cursor": cursor}
    query = urlencode({name: value for name, value in args.items() if value})
    return f"{path}?{query}" if query else path


def choices(programmes: Mapping[str, str]) -> list[tuple[str, str, Options, str]]:
    """The selects of the pane: name, label, options, and what none of them means."""
    districts = [(row.code, said_plain(row.name)) for row in directory.districts()]
    kinds = sorted(((kind, words.kind_name(kind)) for kind in KINDS), key=lambda pair: sort_key(pair[1]))
    spoken = [(code, str(word)) for code, word in words.SPOKEN.items()]
    subjects = [(subject, subject) for subject in listing.subjects()]
    offered = [
        ("district", _("District"), districts, _("All districts")),
        ("kind", _("Kind"), kinds, _("All kinds")),
        ("programme", _("Programme"), list(programmes.items()), _("All programmes")),
        ("subject", _("Subject"), subjects, _("All subjects")),
        ("language", _("Language"), spoken, _("Any")),
    ]
    return [select for select in offered if select[2]]


def said(filters: Mapping[str, Any], offered: list[tuple[str, str, Options, str]]) -> list[str]:
    """The filters in force, in words."""
    found = [f"«{filters['q']}»"] if filters.get("q") else []
    for name, _label, options, _none in offered:
        if filters.get(name):
            found.append(dict(options).get(filters[name], filters[name]))
    return found
