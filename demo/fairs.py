"""Sections and ideas of the demonstration's fairs: all invented, written through the verbs where the fair is ahead."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.facts import Row, rows_of
from demo.people import actor_of, address_of
from events_service.directory.models import Person
from events_service.events.models import Event
from events_service.fairs import deciding, keeping, queries, submitting
from events_service.fairs.models import ACCEPTED, SUBMITTED, Idea
from services.database import utcnow
from services.i18n import LANGUAGES
from services.identity import Actor


def fill(session: Session, event: Event, code: str, organiser: Actor) -> None:
    """The sections of one fair, what was brought to them, and the organiser's decisions."""
    sections = {
        row["section"]: keeping.add_section(session, organiser, event.id, _section(row)).id
        for row in rows_of("fair_sections_synthetic")
        if row["code"] == code
    }
    for row in rows_of("fair_ideas_synthetic"):
        if row["code"] != code:
            continue
        idea = _bring(session, event, row, sections[row["section"]])
        if row["state"] == ACCEPTED:
            deciding.accept(session, organiser, idea.id, _slot(event, row))


def _bring(session: Session, event: Event, row: Row, section_id: str) -> Idea:
    """An idea that was handed in; to a fair that is over nobody can bring one any more, so it is written as it was."""
    found = select(Person).where(Person.email == address_of("teacher", int(row["teacher"])))
    person = session.scalars(found).one()
    author = actor_of(person)
    body = _idea(row) | {"section": section_id}
    if queries.state_of(event) == "open":
        idea, _new = submitting.write(session, author, event.id, person, body)
        return submitting.submit(session, author, idea.id)
    known = {"name": person.name, "email": person.email, "language": person.language, "school_id": person.school_id}
    content = {name: value for name, value in body.items() if name != "section"}
    idea = Idea(event_id=event.id, section_id=section_id, author_id=person.id, status=SUBMITTED, **known, **content)
    idea.submitted_at = utcnow()
    session.add(idea)
    session.flush()
    return idea


def _section(row: Row) -> dict[str, Any]:
    said = {name: row[name] for name in ("subject", "topic", "language", "moderator")}
    return {**said, "title": _texts(row, "title"), "districts": row["districts"].split("|")}


def _idea(row: Row) -> dict[str, Any]:
    file = row["file"]
    return {
        "title": _texts(row, "title"),
        "summary": _texts(row, "summary"),
        "wish": row["wish"],
        "minutes": int(row["minutes"]),
        "coauthors": "",
        "material_url": f"https://files.example.invalid/{row['code']}/{file}" if file else "",
        "material_size": int(row["size"]) if file else None,
        "consent": True,
    }


def _slot(event: Event, row: Row) -> dict[str, Any] | None:
    if not row["after"] or event.starts_at is None:
        return None
    return {"starts_at": event.starts_at + timedelta(minutes=int(row["after"])), "place": row["place"]}


def _texts(row: Row, name: str) -> dict[str, str]:
    return {code: row[f"{name}_{code}"] for code in LANGUAGES if row.get(f"{name}_{code}")}
