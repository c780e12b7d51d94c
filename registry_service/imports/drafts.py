"""A row on its way into the register: what it says, what that would do, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError

from registry_service.imports.columns import FIELDS, column_name
from registry_service.imports.models import CHANGED, NEW, REJECTED, UNCHANGED
from registry_service.schools.words import in_words
from services.forms import messages
from services.i18n import short_day, translate_messages
from services.text import UNSAFE

CREATE, CHANGE, MOVE, END = "create", "change", "move", "end"


@dataclass
class Draft:
    """One row. `cells` holds what is written, by column; `body` what the verb would be given, as JSON.

    `columns` are those of the whole file.
    """

    number: int
    raw: list[str]
    cells: dict[str, str]
    columns: tuple[str, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    verb: str = ""
    target: str = ""
    version: int | None = None
    differences: list[list[str]] = field(default_factory=list)
    faults: list[list[str]] = field(default_factory=list)
    warnings: list[list[str]] = field(default_factory=list)

    @property
    def status(self) -> str:
        if self.faults:
            return REJECTED
        if not self.verb:
            return UNCHANGED
        return NEW if self.verb == CREATE else CHANGED

    def fault(self, column: str, reason: Any) -> None:
        self.faults.append([column, str(reason)])

    def warn(self, column: str, sentence: Any) -> None:
        self.warnings.append([column, str(sentence)])

    def differ(self, column: str, old: Any, new: Any) -> None:
        """Something becomes another, as the reader would say it."""
        said = [short_day(value) if isinstance(value, date) else in_words(column, value) for value in (old, new)]
        self.differences.append([column, *said])

    def load(self, schema: Schema) -> dict[str, Any] | None:
        """The loaded body; None, with a fault for each bad column, where it cannot be."""
        try:
            found: dict[str, Any] = schema.load(self.body)
        except ValidationError as error:
            for name, message in messages(translate_messages(error.normalized_messages())):
                self.fault(FIELDS.get(name, name), message)
            return None
        return found

    def row(self, run_id: str) -> dict[str, Any]:
        """As it is kept."""
        names = ("number", "verb", "target", "version", "differences", "warnings", "status", "body")
        kept = {name: getattr(self, name) for name in names}
        kept["target"] = kept["target"][:40]
        if self.status == REJECTED:
            kept |= {"body": {}, "differences": [], "verb": "", "target": ""}
        return {**kept, "run_id": run_id, "cells": plain(self.raw), "faults": self.faults}


def plain(cells: list[str]) -> list[str]:
    """Cells as they can be kept on both engines."""
    return [UNSAFE.sub("\ufffd", cell) for cell in cells]


def said_fault(column: str, reason: str) -> str:
    """«Resource centre: there is no such school»."""
    return f"{column_name(column)}: {reason}" if column else reason
