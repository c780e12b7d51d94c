"""Which events a calendar holds: the filters in its address, checked, named and written back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import quote, urlencode

from flask_babel import gettext as _
from sqlalchemy import exists, select

from events_service.db import db
from events_service.directory.models import Programme, Territory
from events_service.events import queries, words
from events_service.events.models import FORMATS, KINDS, LANGUAGES, Event
from services import i18n
from services.errors import NotFound
from services.i18n import said_plain

OWN_PATH = ("district", "kind", "programme")
DEFAULT_LANGUAGE = "kk"


@dataclass(frozen=True)
class Selection:
    """Filters as codes; an empty one filters nothing."""

    district: str = ""
    kind: str = ""
    programme: str = ""
    subject: str = ""
    format: str = ""
    language: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in sorted(found.items()) if value}

    def path(self, language: str) -> str:
        """The one address of this calendar in one language; where one filter is set it has a path of its own."""
        filters = self.filters
        stem = "all"
        if len(filters) == 1 and (name := next(iter(filters))) in OWN_PATH:
            stem = f"{name}/{quote(filters.pop(name), safe='')}"
        if language != DEFAULT_LANGUAGE:
            filters["lang"] = language
        return f"/calendars/{stem}.ics" + (f"?{urlencode(sorted(filters.items()))}" if filters else "")

    def page(self) -> str:
        """The page about this calendar."""
        return "/calendars" + (f"?{urlencode(self.filters)}" if self.filters else "")

    def title(self) -> str:
        """«Qonyrau: Abay district, Webinar» in the language being spoken."""
        said = ", ".join(_word(name, value) for name, value in self.filters.items())
        return str(_("Qonyrau: %(selection)s", selection=said) if said else _("Qonyrau: all events"))


def of(values: Mapping[str, str], **fixed: str) -> Selection:
    """The selection that an address names. Raises NotFound for a value that means nothing."""
    names = [field.name for field in fields(Selection)]
    found = replace(Selection(**{name: values.get(name, "") for name in names}), **fixed)
    if not all(_known(name, value) for name, value in found.filters.items()):
        raise NotFound
    return found


def language_of(values: Mapping[str, str]) -> str:
    """The language an address names: never the reader's, so that one address has one content."""
    code = values.get("lang") or DEFAULT_LANGUAGE
    if code not in i18n.LANGUAGES:
        raise NotFound
    return code


def _known(name: str, value: str) -> bool:
    listed = {"kind": KINDS, "format": FORMATS, "language": LANGUAGES}
    if name in listed:
        return value in listed[name]
    if name == "district":
        return db.session.get(Territory, value) is not None
    if name == "programme":
        return db.session.get(Programme, value) is not None
    public = exists().where(Event.subject == value, Event.status.in_(queries.PUBLIC))
    return bool(db.session.scalar(select(public)))


def _word(name: str, value: str) -> str:
    if name == "district":
        return said_plain(db.session.get_one(Territory, value).name)
    if name == "programme":
        return said_plain(db.session.get_one(Programme, value).name)
    said = {"kind": words.kind_name, "format": words.format_name, "language": words.language_names}
    return said[name](value) if name in said else value
