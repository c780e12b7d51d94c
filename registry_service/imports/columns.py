"""Which columns a file of each kind may have, which it must have, and how its head is read."""

from dataclasses import dataclass

from flask_babel import gettext as _

from registry_service.imports import spelling
from registry_service.imports.words import COLUMNS
from services.errors import Invalid
from services.exports import RISKY

GROUND = ("valid_from", "order", "reason")
DATED = ("valid_from", "valid_to", "order", "reason")
FIELDS = {"name.kk": "name_kk", "name.ru": "name_ru", "name.en": "name_en", "order_id": "order", "school_id": "school"}


@dataclass(frozen=True)
class Kind:
    """Columns of a kind of file, in the order of its template; of each group in `needs` one must be there."""

    name: str
    columns: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]

    @property
    def read(self) -> tuple[str, ...]:
        """A date may stand beside the number of the order."""
        return (*self.columns, "order_date")


_NAMES = ("name_kk", "name_ru", "name_en")
_SCHOOLS = ("code", *_NAMES, "kind", "district", "small", "centre", "opened_on", "closed_on", *GROUND)
KINDS = {
    kind.name: kind
    for kind in (
        Kind("schools", _SCHOOLS, (("code", *_NAMES),)),
        Kind("attachments", ("school", "centre", *DATED), (("school",), ("centre",))),
        Kind("twinning", ("school", "patron", *DATED), (("school",), ("patron",))),
        Kind("enrolments", ("programme", "school", *DATED), (("programme",), ("school",))),
        Kind("people", ("name", "email", "language", "school", "roles", "active"), (("email",),)),
    )
}


@dataclass(frozen=True)
class Head:
    """Where the columns stand, by name; and the heads that mean nothing here."""

    places: dict[str, int]
    unread: list[str]

    def cells(self, row: list[str]) -> dict[str, str]:
        """What is written in a row, by column; an empty cell says nothing."""
        found = {name: _undefused(row[place]).strip() for name, place in self.places.items() if place < len(row)}
        return {name: text for name, text in found.items() if text}


def _undefused(text: str) -> str:
    """An exported cell as it was before it was made safe for spreadsheets."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(RISKY) else text


def read_head(kind: Kind, head: list[str]) -> Head:
    """Invalid at `file` where a column is missing or stands there twice."""
    known, places, unread = spelling.heads(kind.read), {}, []
    for place, text in enumerate(head):
        name = known.get(spelling.key(text)) if text.strip() else None
        if name in places:
            raise Invalid({"file": [_("Two columns of the file say the same: %(column)s", column=column_name(name))]})
        if name:
            places[name] = place
        elif text.strip():
            unread.append(text.strip())
    for group in kind.needs:
        if not places.keys() & set(group):
            names = " / ".join(column_name(name) for name in group)
            raise Invalid({"file": [_("The file has no column «%(column)s» in its first row", column=names)]})
    return Head(places, unread)


def column_name(name: str | None) -> str:
    return str(COLUMNS.get(name or "", name))


def template(kind: Kind) -> list[str]:
    """The heads of an empty file of this kind, in the reader's language."""
    return [column_name(name) for name in kind.columns]
