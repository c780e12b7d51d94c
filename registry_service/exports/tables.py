"""The tables of the register as lines of a file: heads first, in the reader's language.

Heads are those by which imports know their columns, so that what goes out can come in again.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from registry_service.centres import queries as centres
from registry_service.db import db
from registry_service.imports.words import COLUMNS
from registry_service.orders import queries as orders
from registry_service.orders.models import Order
from registry_service.people import queries as people
from registry_service.programmes import queries as programmes
from registry_service.programmes.models import Enrolment
from registry_service.schools import queries as schools
from registry_service.schools import showing
from registry_service.schools.models import School
from registry_service.schools.words import FIELD_NAMES, kind_name
from registry_service.territories.models import Territory
from registry_service.twinning import queries as twinning
from services import exports
from services.i18n import LANGUAGES, said_plain
from services.identity import me

Asked = Mapping[str, Any]
Lines = Iterator[list[Any]]
PLAIN = ("code", "name_kk", "name_ru", "name_en", "kind", "district", "small", "centre", "opened_on", "closed_on")
DATED = ("valid_from", "valid_to", "order")


def of_schools(asked: Asked, day: date) -> Lines:
    """What the list shows, of all its pages."""
    yield [*_heads(*PLAIN), *(str(FIELD_NAMES[name]) for name in ("attached_to", "patron", "programme"))]
    for card in showing.cards(_found(schools.listed(dict(asked), day)), day):
        names = [card["name"].get(code) for code in LANGUAGES]
        place = [kind_name(card["kind"]), said_plain(card["territory"].name), _said(card["small"])]
        days = [_said(card["centre"]), card["opened_on"], card["closed_on"]]
        links = [card["attached_to"], ", ".join(card["patrons"]), ", ".join(card["programmes"])]
        yield [card["code"], *names, *place, *days, *links]


def of_attachments(asked: Asked, day: date) -> Lines:
    yield [*_heads("school", "centre", *DATED), _("Name of the school"), _("Name of the centre")]
    yield from _links(_found(centres.listed({**asked, "school": "", "centre": ""}, day)), "centre")


def of_twinning(asked: Asked, day: date) -> Lines:
    yield [*_heads("school", "patron", *DATED), _("Name of the school"), _("Name of the patron")]
    yield from _links(_found(twinning.listed(dict(asked), day)), "patron")


def _links(links: Collection[Any], other: str) -> Lines:
    named = orders.by_ids({link.order_id for link in links})
    for link in links:
        there = getattr(link, other)
        names = [said_plain(link.school.name), said_plain(there.name)]
        yield [link.school.code, there.code, *_ground(link, named), *names]


def of_enrolments(asked: Asked, day: date) -> Lines:
    """Of one programme, or of all."""
    yield [*_heads("programme", "school", *DATED), _("Name of the school")]
    statement = (
        select(Enrolment)
        .join(School, Enrolment.school_id == School.id)
        .join(Territory, School.territory_code == Territory.code)
        .where(Enrolment.on(day), schools.registered(day))
        .order_by(Enrolment.programme_code, Territory.position, School.sort_key, Enrolment.id)
        .options(joinedload(Enrolment.school))
    )
    if asked["programme"]:
        statement = statement.where(Enrolment.programme_code == programmes.by_code(asked["programme"]).code)
    found = _found(statement)
    named = orders.by_ids({row.order_id for row in found})
    for row in found:
        yield [row.programme_code, row.school.code, *_ground(row, named), said_plain(row.school.name)]


def of_orders(asked: Asked, day: date) -> Lines:
    yield [_("Number"), _("Date"), _("Issuer"), *(_heads(f"name_{code}")[0] for code in LANGUAGES)]
    for order in _found(orders.listed(dict(asked))):
        titles = [order.title.get(code) for code in LANGUAGES]
        yield [order.number, order.issued_on, said_plain(order.issuer.name), *titles]


def of_people(asked: Asked, day: date) -> Lines:
    """The people she may see."""
    yield _heads("name", "email", "language", "school", "roles", "active")
    for person in _found(people.listed(me(), asked)):
        school = person.school.code if person.school else None
        roles = ", ".join(person.role_words)
        yield [person.name, person.email, person.language, school, roles, _said(person.active)]


def _heads(*names: str) -> list[str]:
    return [str(COLUMNS[name]) for name in names]


def _said(yes: bool) -> str:
    return str(_("yes") if yes else _("no"))


def _ground(fact: Any, named: Mapping[str, Order]) -> list[Any]:
    """«499 (2019-10-18)»: imports find an order by that."""
    order = named.get(fact.order_id or "")
    said = f"{order.number} ({order.issued_on.isoformat()})" if order else None
    return [fact.valid_from, fact.valid_to, said]


def _found(statement: Select[Any]) -> list[Any]:
    return exports.few(list(db.session.scalars(statement.limit(exports.MOST + 1)).unique()))
