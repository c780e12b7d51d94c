"""Which events a calendar holds: the filters in its address, checked, named and written back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import quote, urlencode

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, exists, or_, select

from events_service.db import db
from events_service.directory import queries as directory
from events_service.directory.models import ATTACHMENT, RESOURCE_CENTRE, Fact, Programme, School, Territory
from events_service.events import queries, words
from events_service.events.models import FORMATS, KINDS, LANGUAGES, Event, EventAudience
from services import i18n
from services.errors import NotFound
from services.fields import today
from services.i18n import said_plain

OWN_PATH = ("district", "kind", "programme", "cluster", "school")
DEFAULT_LANGUAGE = "kk"


@dataclass(frozen=True)
class Selection:
    """Filters as codes; an empty one filters nothing. `cluster` is the code of its centre."""

    district: str = ""
    kind: str = ""
    programme: str = ""
    subject: str = ""
    format: str = ""
    language: str = ""
    cluster: str = ""
    school: str = ""

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

    def checked(self) -> "Selection":
        """Itself. Raises NotFound for a value that means nothing."""
        if not all(_known(name, value) for name, value in self.filters.items()):
            raise NotFound
        return self

    def events(self) -> Select[Any]:
        """Published and cancelled events that pass the filters, in order of time."""
        found = queries.listed(self.filters)
        for name, passes in SCHOOLS.items():
            if code := getattr(self, name):
                found = found.where(passes(code))
        return found

    def word(self) -> str:
        """«Abay district, Webinar»: the same without the name of the house."""
        return ", ".join(_word(name, value) for name, value in self.filters.items())

    def title(self, *more: str) -> str:
        """«Qonyrau: Abay district, Webinar» in the language being spoken."""
        said = ", ".join([*more, *(_word(name, value) for name, value in self.filters.items())])
        return str(_("Qonyrau: %(selection)s", selection=said) if said else _("Qonyrau: all events"))


def named(values: Mapping[str, str], **fixed: str) -> Selection:
    """The selection that an address names, whether it means anything or not; its path goes before its query."""
    names = [field.name for field in fields(Selection)]
    return replace(Selection(**{name: values.get(name, "") for name in names}), **fixed)


def of(values: Mapping[str, str], **fixed: str) -> Selection:
    """The selection that an address names. Raises NotFound for a value that means nothing."""
    return named(values, **fixed).checked()


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
    if name in SCHOOLS:
        return _school(value) is not None and (name == "school" or _is_centre(value))
    public = exists().where(Event.subject == value, Event.status.in_(queries.PUBLIC))
    return bool(db.session.scalar(select(public)))


def _word(name: str, value: str) -> str:
    if name == "district":
        return said_plain(db.session.get_one(Territory, value).name)
    if name == "programme":
        return said_plain(db.session.get_one(Programme, value).name)
    if name in SCHOOLS:
        school = said_plain(_school(value).name)  # type: ignore[union-attr]
        return str(_("cluster of %(school)s", school=school)) if name == "cluster" else school
    said = {"kind": words.kind_name, "format": words.format_name, "language": words.language_names}
    return said[name](value) if name in said else value


def _school(code: str) -> School | None:
    return db.session.scalars(select(School).where(School.code == code)).first()


def _is_centre(code: str) -> bool:
    """Is or was it: a calendar that people subscribed to does not vanish with the fact."""
    school = select(School.id).where(School.code == code).scalar_subquery()
    own = Fact.kind == RESOURCE_CENTRE, Fact.school_id == school
    attached = Fact.kind == ATTACHMENT, Fact.ref == school
    return bool(db.session.scalar(select(or_(exists().where(*own), exists().where(*attached)))))


def _for_school(code: str) -> ColumnElement[bool]:
    """Published for the school, or for all: one that was opened later is among all too."""
    own = select(School.id).where(School.code == code).scalar_subquery()
    rule, oblast = (Event.audience[name].as_string() for name in ("rule", "oblast"))
    everyone = (rule == "everyone") & oblast.is_(None)
    return or_(exists().where(EventAudience.event_id == Event.id, EventAudience.school_id == own), everyone)


def _for_cluster(code: str) -> ColumnElement[bool]:
    """Published for the centre or a school attached to it today."""
    schools = directory.audience_schools({"rule": "cluster", "centre": code}, today())
    ids = schools.order_by(None).with_only_columns(School.id)
    return exists().where(EventAudience.event_id == Event.id, EventAudience.school_id.in_(ids))


SCHOOLS: Mapping[str, Callable[[str], ColumnElement[bool]]] = {"cluster": _for_cluster, "school": _for_school}
