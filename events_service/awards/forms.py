"""The form of a protocol and its rows, each made of the other."""

from collections.abc import Mapping
from typing import Any

from events_service.awards.models import Protocol

SAME = ("number", "held_on", "format", "place", "decision", "dissent", "version")


def protocol_to_form(protocol: Protocol) -> dict[str, Any]:
    return {**{name: getattr(protocol, name) for name in SAME}, "present[]": protocol.present}


def to_body(values: Mapping[str, Any]) -> dict[str, Any]:
    """Boxes nobody has ticked are not sent at all: nobody was present, nobody has signed."""
    return {"present": [], "signed": [], **values}
