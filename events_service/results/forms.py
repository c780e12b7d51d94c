"""Forms of results: places of tied entries, and the points of sheets that an answered appeal corrects."""

from collections.abc import Mapping, Sequence
from typing import Any

from events_service.contests.models import Criterion
from events_service.results.reading import exact
from services.forms import Form

Sheets = Sequence[Mapping[str, Any]]


def vote_to_body(values: dict[str, Any], entries: Sequence[str]) -> dict[str, Any]:
    """Each tied entry is given a place by hand; all of them empty means that the place is shared.

    Places that are not 1, 2, 3 … once each give an order that no verb takes.
    """
    given = values.get("place")
    places = {entry: given.get(f"e{entry}") if isinstance(given, dict) else None for entry in entries}
    if not any(places.values()):
        order: list[str] = []
    else:
        numbered = {str(place).strip(): entry for entry, place in places.items() if place}
        order = [numbered.get(str(number), "") for number in range(1, len(entries) + 1)]
    return {"entries": list(entries), "order": order, "reason": values.get("reason")}


def field_of(sheet: str, code: str) -> str:
    """The name of the field of one line of one sheet."""
    return f"points.s{sheet}.c{code}"


def answer_to_form(sheets: Sheets, lines: Sequence[Criterion]) -> dict[str, Any]:
    """The points as they count now."""
    return {
        "points": {
            f"s{sheet['assignment']}": {f"c{line.code}": exact(sheet["points"].get(line.code)) for line in lines}
            for sheet in sheets
        }
    }


def corrections_of(values: dict[str, Any], sheets: Sheets, lines: Sequence[Criterion]) -> list[dict[str, str]]:
    """Only points that differ from what counts now."""
    given = values.get("points")
    found = []
    for sheet in sheets:
        typed = given.get(f"s{sheet['assignment']}") if isinstance(given, dict) else None
        for line in lines if isinstance(typed, dict) else ():
            points = typed.get(f"c{line.code}") if typed else None
            if isinstance(points, str) and not _same(points, sheet["points"].get(line.code)):
                found.append({"sheet": str(sheet["assignment"]), "criterion": line.code, "points": points})
    return found


def _same(typed: str, there: str | None) -> bool:
    """8, 8.0 and 8,00 are the same points."""
    return there is not None and _bare(typed.strip().replace(",", ".")) == _bare(there)


def _bare(text: str) -> str:
    return (text if "." in text else f"{text}.").rstrip("0").rstrip(".")


def name_errors(form: Form, changed: Sequence[Mapping[str, Any]]) -> None:
    """Errors of the n-th correction stand at the field it was typed in."""
    named = []
    for field, message in form.errors:
        parts = field.split(".")
        of_list = parts[0] == "corrections" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(changed)
        one = changed[int(parts[1])] if of_list else None
        named.append((field_of(one["sheet"], one["criterion"]) if one else field, message))
    form.errors = named
