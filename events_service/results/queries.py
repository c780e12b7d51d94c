"""Reads of results."""

import json
from typing import Any

from events_service.contests.models import Stage
from events_service.db import db
from events_service.results.models import Compilation


def published(stage: Stage) -> Compilation | None:
    """The compilation that everybody sees."""
    return db.session.get(Compilation, stage.compilation_id) if stage.compilation_id else None


def document(compilation: Compilation) -> dict[str, Any]:
    """All arithmetic of a compilation."""
    found: dict[str, Any] = json.loads(compilation.document)
    return found
