"""Who may enter: what the register says of the entrant's school on the day of the entry."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from events_service.contests.rules import Rules
from events_service.db import db
from events_service.directory.models import RESOURCE_CENTRE, SMALL_CLASS, Fact, School
from services.errors import Forbidden

FACTS = {"small_class": (SMALL_CLASS,), "small_class_or_centre": (SMALL_CLASS, RESOURCE_CENTRE)}


def check(rules: Rules, school: School | None, day: date) -> None:
    """Forbidden, with the reason, unless the rules of the contest let a teacher of this school enter on that day."""
    wanted = FACTS.get(rules.eligibility)
    if wanted is None:
        return
    if school is None:
        raise Forbidden(_("The register names no school of yours: ask its keeper to add it"), code="not-eligible")
    facts = select(Fact.id).where(Fact.school_id == school.id, Fact.kind.in_(wanted), Fact.on(day)).limit(1)
    if db.session.scalar(facts) is None:
        raise Forbidden(_said(rules), code="not-eligible")


def _said(rules: Rules) -> str:
    if rules.eligibility == "small_class":
        return str(_("This contest is for teachers of small-class schools, and your school is not one today"))
    said = _(
        "This contest is for teachers of small-class schools and resource centres, and your school is neither today"
    )
    return str(said)
