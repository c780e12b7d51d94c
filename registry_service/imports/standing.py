"""What is in the register now, read once for a whole file: no query for each row."""

import re
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from registry_service import rights
from registry_service.centres.models import Attachment
from registry_service.db import db
from registry_service.imports import spelling
from registry_service.orders.models import Order
from registry_service.people.models import Person
from registry_service.programmes.models import Enrolment, Programme
from registry_service.schools.models import School, SchoolStatus
from registry_service.territories.models import Territory
from registry_service.twinning.models import TwinningLink
from services.identity import Actor

ISO, DOTTED = r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", r"(?P<dd>\d{1,2})[./](?P<mm>\d{1,2})[./](?P<yyyy>\d{4})"
DATE = re.compile(f"{ISO}|{DOTTED}")
ORDER_WORDS = re.compile(r"№|\bN\b|[()«»,;]|\b(приказ|бұйрық|order|от|from|dated|of|г|ж|жылғы)\b\.?", re.IGNORECASE)


class Standing:
    """The register as one reader of it, on behalf of whoever puts the file forward."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def keeps(self, territory_code: str) -> bool:
        return rights.may_keep(self.actor, territory_code)

    @cached_property
    def schools(self) -> dict[str, School]:
        """By code and by id."""
        found = db.session.scalars(select(School)).all()
        return {ref: school for school in found for ref in (school.code, school.id)}

    def school(self, ref: str) -> School | None:
        return self.schools.get(ref) or self.schools.get(ref.upper())

    @cached_property
    def places(self) -> dict[str, str]:
        """Codes of districts and cities by whatever they are called."""
        exact, loose = [], []
        for place in db.session.scalars(select(Territory)):
            spelt = [place.code, *place.name.values(), *place.aliases]
            exact += [(place.code, spelling.key(text)) for text in spelt]
            loose += [(place.code, spelling.telling(text)) for text in spelt]
        return {**spelling.single(loose), **spelling.single(exact)}

    def place(self, text: str) -> str | None:
        return self.places.get(spelling.key(text)) or self.places.get(spelling.telling(text))

    @cached_property
    def _statuses(self) -> dict[tuple[str, str], list[SchoolStatus]]:
        found = defaultdict(list)
        for row in db.session.scalars(select(SchoolStatus)):
            found[row.school_id, row.status].append(row)
        return found

    def statuses(self, school: School, status: str) -> list[SchoolStatus]:
        return self._statuses.get((school.id, status), [])

    def has(self, school: School, status: str, day: date) -> bool:
        return any(row.holds(day) for row in self.statuses(school, status))

    @cached_property
    def attachments(self) -> dict[str, list[Attachment]]:
        return _by(Attachment, "school_id")

    @cached_property
    def twinning(self) -> dict[str, list[TwinningLink]]:
        return _by(TwinningLink, "school_id")

    @cached_property
    def enrolments(self) -> dict[str, list[Enrolment]]:
        return _by(Enrolment, "school_id")

    @cached_property
    def _served(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for links, place in ((self.attachments, "centre_id"), (self.twinning, "patron_id")):
            for link in (link for rows in links.values() for link in rows):
                found[getattr(link, place)].append(link)
        return found

    def served(self, school: School) -> list[Any]:
        """The links of the schools that lean on this one as their centre or patron."""
        return self._served.get(school.id, [])

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        return {found.code: found for found in db.session.scalars(select(Programme))}

    @cached_property
    def orders(self) -> list[Order]:
        return list(db.session.scalars(select(Order)))

    def order(self, text: str, on: str = "") -> str | None:
        """The id of the one order that is meant by its number, by number and date, or by its id."""
        day = date_in(f"{on} {text}")
        number = ORDER_WORDS.sub(" ", DATE.sub(" ", text)).strip()
        found = [row for row in self.orders if text == row.id or number == row.number]
        if day:
            found = [row for row in found if row.issued_on == day]
        return found[0].id if len(found) == 1 else None

    def people(self, addresses: Collection[str]) -> dict[str, Person]:
        """Those among these addresses, whoever may see them."""
        statement = select(Person).where(Person.email.in_(addresses)).options(selectinload(Person.roles))
        return {person.email: person for person in db.session.scalars(statement)}


def _by(model: Any, column: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in db.session.scalars(select(model)):
        found[getattr(row, column)].append(row)
    return found


def registered(school: School, day: date) -> bool:
    """It is a school on that day."""
    return school.opened_on <= day and (school.closed_on is None or day < school.closed_on)


def date_in(text: str) -> date | None:
    """The date that stands somewhere in a text, as 2026-11-26 or as 26.11.2026."""
    found = DATE.search(text)
    if found is None:
        return None
    year, month, day = found["y"] or found["yyyy"], found["m"] or found["mm"], found["d"] or found["dd"]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
