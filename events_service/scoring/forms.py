"""The form of a sheet: a field for each line, named by the line's id, since codes may hold anything."""

from typing import Any

from events_service.scoring import words
from events_service.scoring.queries import Sheet

FIELD = "p-"


def sheet_to_form(sheet: Sheet) -> dict[str, Any]:
    """What is kept, as the fields show it."""
    shown = {FIELD + line.id: words.points(sheet.points.get(line.code)) for line in sheet.lines}
    return {**shown, "feedback": sheet.row.feedback}


def sheet_to_body(values: dict[str, Any], sheet: Sheet) -> dict[str, Any]:
    """The lines that the form holds; an empty field takes the points back."""
    scores = {line.code: values[name] for line in sheet.lines if (name := FIELD + line.id) in values}
    return {"scores": scores} | {name: values[name] for name in ("feedback", "version") if name in values}


def renamed(errors: list[tuple[str, str]], sheet: Sheet) -> list[tuple[str, str]]:
    """Errors of lines at the fields of the form."""
    fields = {f"scores.{line.code}": FIELD + line.id for line in sheet.lines}
    return [(fields.get(field.removesuffix(".value"), field), message) for field, message in errors]
