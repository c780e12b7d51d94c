"""The dry run: what each row of a file would do. Reads only; nothing is locked."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask_babel import gettext as _

from registry_service.imports import link_rows, people_rows, school_rows
from registry_service.imports.columns import KINDS, Head, read_head
from registry_service.imports.drafts import Draft
from registry_service.imports.reading import Sheet
from registry_service.imports.standing import Standing
from services.identity import Actor
from services.text import normal_mail

CHECKS: dict[str, Any] = {
    "schools": school_rows.check,
    "people": people_rows.check,
    **{kind: partial(link_rows.check, kind) for kind in link_rows.OTHER},
}
# What makes two rows of one file say the same.
KEYS: dict[str, tuple[str, ...]] = {
    "schools": ("code",),
    "attachments": ("school",),
    "twinning": ("school", "patron"),
    "enrolments": ("programme", "school"),
    "people": ("email",),
}


def check(kind: str, sheet: Sheet, ground: Mapping[str, Any], actor: Actor) -> tuple[Head, list[Draft]]:
    """Every row of the sheet, checked against the register as it is now."""
    head = read_head(KINDS[kind], sheet.head)
    drafts = [Draft(number, cells, head.cells(cells), tuple(head.places)) for number, cells in sheet.rows]
    _odd_cells(drafts, sheet, head)
    _repeated(kind, drafts)
    CHECKS[kind](Standing(actor), [draft for draft in drafts if not draft.faults], ground)
    return head, drafts


def _odd_cells(drafts: list[Draft], sheet: Sheet, head: Head) -> None:
    columns = {place: name for name, place in head.places.items()}
    by_number = {draft.number: draft for draft in drafts}
    for (number, place), _why in sheet.faults.items():
        if number in by_number and place in columns:
            reason = _("A value is expected here, not a formula or an error")
            by_number[number].fault(columns[place], reason)


def _repeated(kind: str, drafts: list[Draft]) -> None:
    """The first row of two that speak of the same is taken."""
    seen: dict[tuple[str, ...], int] = {}
    for draft in drafts:
        key = tuple(normal_mail(draft.cells.get(name, "")) for name in KEYS[kind])
        if all(key) and seen.setdefault(key, draft.number) != draft.number:
            draft.fault(KEYS[kind][-1], _("Row %(num)s of this file is about the same", num=seen[key]))
