"""Web forms: the same marshmallow schema as the JSON body, and nothing typed is ever lost.

Names with dots nest (`title.kk`, `agenda.0.title`); a name ending in `[]` is a list.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError

from services.database import Database
from services.errors import QonyrauError
from services.i18n import translate_messages
from services.text import UNSAFE

DEEPEST, MOST_ITEMS = 4, 200
Convert = Callable[[dict[str, Any]], dict[str, Any]]


class Form:
    """What one form page shows and, on POST, what was sent.

    `values` is the nested content to start from; `convert` turns the nested input into the JSON
    body where the two differ. `data` is the loaded body once `ok`.
    """

    def __init__(
        self, schema: Schema | None = None, values: Mapping[str, Any] | None = None, convert: Convert | None = None
    ) -> None:
        self.sent = request.method == "POST"
        self.status, self.retry_after = 200, 0
        self.errors: list[tuple[str, str]] = []
        self.data: Any = {}
        self._flat = dict(flatten(values or {}))
        if self.sent:
            self._read(schema, convert)

    def _read(self, schema: Schema | None, convert: Convert | None) -> None:
        if g.get("csrf_refused"):
            self._fail(400, [("", _("The form had grown old: what you typed is kept, send it again"))])
        nested = unflatten(request.form.to_dict(flat=False))
        try:
            self.data = schema.load(convert(nested) if convert else nested) if schema else nested
        except ValidationError as error:
            self._fail(422, list(messages(translate_messages(error.normalized_messages()))))

    def _fail(self, status: int, errors: list[tuple[str, str]]) -> None:
        self.status = max(self.status, status) if self.status != 400 else 400
        self.errors += errors

    @property
    def ok(self) -> bool:
        """A form that was sent and is right so far."""
        return self.sent and not self.errors

    @contextmanager
    def attempt(self, db: Database) -> Iterator[None]:
        """Run verbs in one transaction; what they refuse becomes an error of the form."""
        with self.refusable(), db.transaction():
            yield

    @contextmanager
    def refusable(self) -> Iterator[None]:
        """What is refused inside becomes an error of the form."""
        try:
            yield
        except QonyrauError as error:
            found = list(messages(translate_messages(error.errors)))
            self.retry_after = error.retry_after
            self._fail(error.status, found or [("", str(error.detail or error.title))])

    def pressed(self, name: str) -> bool:
        return self.sent and name in request.form

    @property
    def version(self) -> int:
        """The version of the row that the form was drawn from; what is no number is older than any."""
        given = self.value("version")
        return int(given) if re.fullmatch(r"[0-9]{1,9}", given) else 0

    def value(self, name: str) -> str:
        if self.sent:
            return UNSAFE.sub("", request.form.get(name, ""))  # no page can hold such a character
        value = self._flat.get(name, "")
        return "" if value is None else ("on" if value is True else "" if value is False else str(value))

    def values(self, name: str) -> list[str]:
        if self.sent:
            return request.form.getlist(name)
        found = self._flat.get(name) or self._flat.get(name.removesuffix("[]")) or []
        return [str(item) for item in found] if isinstance(found, list) else [str(found)]

    def count(self, name: str) -> int:
        """How many numbered items a list of the form holds (`agenda.0.…`, `agenda.1.…`)."""
        names = request.form.keys() if self.sent else self._flat.keys()
        numbers = [key.split(".")[1] for key in names if key.startswith(name + ".")]
        return min(
            max([int(number) + 1 for number in numbers if number.isdecimal() and len(number) < 4], default=0), 50
        )

    def error(self, name: str) -> str | None:
        return next((message for field, message in self.errors if field == name), None)


def flatten(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """`{"title": {"kk": …}}` to `title.kk`; lists of mappings get numbers."""
    for key, value in values.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping):
            yield from flatten(value, name + ".")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, item in enumerate(value):
                yield from flatten(item, f"{name}.{number}.")
        else:
            yield name, value


def unflatten(form: Mapping[str, list[str]]) -> dict[str, Any]:
    """The nested body of a sent form; an empty field is None, so that it can clear a value."""
    body: dict[str, Any] = {}
    for name, given in form.items():
        path = name.removesuffix("[]").split(".")[:DEEPEST]
        level = body
        for step in path[:-1]:
            below = level.setdefault(step, {})
            level = below if isinstance(below, dict) else {}
        level[path[-1]] = given[:MOST_ITEMS] if name.endswith("[]") else (given[0].strip() or None)
    listed: dict[str, Any] = _lists(body)
    return listed


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        items = [_lists(value[key]) for key in sorted(value, key=lambda key: (len(key), key))]
        return [item for item in items if not _blank(item)]
    return {key: _lists(below) for key, below in value.items()}


def _blank(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_blank(below) for below in value.values())
    return value in (None, [], "")


def messages(errors: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """A tree of errors as (field name of the form, message), in order."""
    if isinstance(errors, Mapping):
        for key, below in errors.items():
            yield from messages(below, path if key == "_schema" else f"{path}.{key}" if path else str(key))
    elif isinstance(errors, list):
        for item in errors:
            yield from messages(item, path)
    else:
        yield path, str(errors)
