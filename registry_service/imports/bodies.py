"""What the cells of a row come to as the body of a verb: the same bodies that forms and JSON send."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from registry_service.imports import spelling
from registry_service.imports.drafts import Draft
from registry_service.imports.standing import DATE, Standing, date_in
from registry_service.schools.models import School

MEANINGS = {"small": "yes_no", "centre": "yes_no", "active": "yes_no", "kind": "kind", "language": "language"}
DAYS = ("opened_on", "closed_on", "valid_from", "valid_to")


def meant(column: str, text: str) -> str:
    """A cell in the words of the register; what is not understood stays, and its field will say so."""
    if column in DAYS:
        day = date_in(text) if DATE.fullmatch(text) else None
        return day.isoformat() if day else text
    if column in MEANINGS:
        return spelling.meanings(MEANINGS[column]).get(spelling.key(text), text)
    return text


def ground(standing: Standing, draft: Draft, of_file: Mapping[str, Any]) -> dict[str, Any]:
    """From which day, by which order and why: what the row says, else what is said for the file."""
    cells = draft.cells
    found: dict[str, Any] = {
        "valid_from": meant("valid_from", cells["valid_from"]) if "valid_from" in cells else of_file["valid_from"],
        "order_id": of_file["order_id"],
        "reason": cells.get("reason") or of_file["reason"],
    }
    if "order" in cells:
        found["order_id"] = standing.order(cells["order"], cells.get("order_date", ""))
        if found["order_id"] is None:
            draft.fault("order", _("There is no such order: file it first, or name its number and date"))
    return found


def school(standing: Standing, draft: Draft, of_file: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a school, with what is written in the row and nothing else."""
    cells = draft.cells
    plain = ("kind", "small", "centre", "opened_on", "closed_on")
    body: dict[str, Any] = {name: meant(name, cells[name]) for name in plain if name in cells}
    names = {code: cells[f"name_{code}"] for code in ("kk", "ru", "en") if f"name_{code}" in cells}
    body |= {"name": names} if names else {}
    body |= {"code": cells["code"]} if "code" in cells else {}
    if "district" in cells:
        body["district"] = standing.place(cells["district"])
        if body["district"] is None:
            body["district"] = cells["district"][:10]
            draft.fault("district", _("There is no such district or city"))
    return {**body, **ground(standing, draft, of_file)}


def known_school(standing: Standing, draft: Draft, column: str) -> School | None:
    """The school a cell names by its code; a fault where there is none."""
    if column not in draft.cells:
        draft.fault(column, _("Fill this in"))
        return None
    found = standing.school(draft.cells[column])
    if found is None:
        draft.fault(column, _("There is no such school: choose one of the list"))
    return found


def person(draft: Draft) -> dict[str, Any]:
    """The body of a person, without her school."""
    cells = draft.cells
    plain = ("name", "email", "language", "active")
    body: dict[str, Any] = {name: meant(name, cells[name]) for name in plain if name in cells}
    if "roles" in cells:
        body["roles"] = [_role(word) for word in cells["roles"].replace(";", ",").split(",") if word.strip()]
    return body


def _role(word: str) -> str:
    name, colon, scope = word.strip().partition(":")
    return f"{spelling.meanings('role').get(spelling.key(name), name)}{colon}{scope.strip()}"
