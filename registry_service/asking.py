"""Questions put in an address: filters of lists and the day a page speaks of.

A form that is sent by GET leaves empty fields in the address; an empty field asks nothing.
"""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, pre_load

from services.errors import QonyrauError
from services.fields import DAY, Body, Choice, Day, Flag, Whole
from services.forms import Form, messages
from services.i18n import translate_messages


class Question(Body):
    """A schema of query parameters."""

    @pre_load
    def drop_empty(self, data: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != ""}

    def on_bind_field(self, field_name: str, field_obj: Any) -> None:
        """Say in the OpenAPI document that an empty text may stand for each parameter."""
        if isinstance(field_obj, Day):
            field_obj.metadata = {"format": "date-if-any", "pattern": f"^({DAY.pattern})?$"}
        elif isinstance(field_obj, Flag):
            words = sorted({str(word) for word in field_obj.truthy | field_obj.falsy})
            field_obj.metadata = {"type": ["boolean", "string"], "enum": [True, False, None, "", *words]}
        elif isinstance(field_obj, Choice):
            field_obj.metadata = {"enum": [*field_obj.choices, ""]}
        elif isinstance(field_obj, Whole):
            field_obj.metadata = {**field_obj.metadata, "type": ["integer", "string"], "pattern": "^$"}


class Asked(Form):
    """A form sent by GET: what was asked, and what is wrong with it, shown at its field.

    `data` is always loaded: what could not be read is as if it had not been asked. `shown` is what
    the fields say where nothing was asked.
    """

    def __init__(self, schema: Schema, shown: Mapping[str, str] | None = None) -> None:
        given = request.args.to_dict()
        super().__init__(values={**(shown or {}), **given})
        self.data = self._loaded(schema, given)

    def refuse(self, error: QonyrauError) -> None:
        """Show at its field what a read could not answer."""
        self._fail(error.status, list(messages(error.errors)))

    def _loaded(self, schema: Schema, given: dict[str, str]) -> dict[str, Any]:
        try:
            return dict(schema.load(given))
        except ValidationError as error:
            tree = error.normalized_messages()
            self._fail(422, list(messages(translate_messages(tree))))
            return dict(schema.load({name: given[name] for name in given if name not in tree}))
