"""What pages of results show beside the numbers: whose entries they are, and numbers as they are said."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from events_service.contests.models import Criterion, Stage
from events_service.db import db
from events_service.directory import queries as directory
from events_service.directory.models import School
from events_service.entries.models import Entry
from services.i18n import language, said_plain


@dataclass(frozen=True)
class People:
    """Entries with their schools and districts, by id and code."""

    entries: dict[str, Entry]
    schools: dict[str, School]
    places: dict[str, str]

    def name(self, entry_id: str) -> str:
        entry = self.entries.get(entry_id)
        return entry.name if entry else "–"

    def school(self, entry_id: str) -> dict[str, str] | None:
        entry = self.entries.get(entry_id)
        found = self.schools.get(entry.school_id or "") if entry else None
        return found.name if found else None


def people_of(ids: Iterable[str]) -> People:
    wanted = list(ids)
    entries = {row.id: row for row in db.session.scalars(select(Entry).where(Entry.id.in_(wanted)))}
    used = {row.school_id for row in entries.values() if row.school_id}
    schools = {row.id: row for row in db.session.scalars(select(School).where(School.id.in_(used)))}
    return People(entries, schools, {row.code: said_plain(row.name) for row in directory.territories()})


def exact(text: str | None) -> str:
    """An exact decimal as it is said: «83,50»; a dash where there is none."""
    if text is None:
        return "–"
    return text if language() == "en" else text.replace(".", ",")


def signed(text: str | None) -> str:
    """A difference: «+2,50», «−1,00»."""
    said = exact(text)
    return said.replace("-", "\u2212") if said.startswith("-") else f"+{said}" if text else said


def columns(stages: list[Stage], stage: Stage) -> list[Stage]:
    """The stages whose scores a table shows beside its own: those before it."""
    return [row for row in stages if row.position < stage.position]


def grid(lines: list[Criterion], sheets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The arithmetic of an entry by criterion: of each juror the points, and whether an appeal changed them."""
    return [
        {
            "line": line,
            "cells": [(sheet["points"].get(line.code), line.code in sheet["corrected"]) for sheet in sheets],
        }
        for line in lines
    ]
