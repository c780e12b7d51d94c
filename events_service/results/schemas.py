"""What is sent and answered about results: the same for the web form and the JSON body."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields as ma
from marshmallow import validate

from events_service.contests.exact import Exact
from events_service.results.models import DISMISSED, UPHELD, Appeal, Compilation
from services.fields import Body, Choice, Moment, Text

MOST = 50


class VoteBody(Body):
    """The chair's vote: the entries that are equal, and their order; without an order they share the place."""

    entries = ma.List(Text(most=32), required=True, validate=validate.Length(min=2, max=MOST))
    order = ma.List(Text(most=32), allow_none=True, validate=validate.Length(max=MOST))
    reason = Text(most=500, lines=True, required=True)


class AppealBody(Body):
    """An appeal; without a stage it is against the last results of the entry."""

    entry = Text(most=32, required=True)
    stage = Text(most=32, allow_none=True)
    text = Text(most=4000, lines=True, required=True)


class CorrectionBody(Body):
    """Other points on a line of a sheet (its assignment), the line by its code."""

    sheet = Text(most=32, required=True)
    criterion = Text(most=20, required=True)
    points = Exact(most="1000", required=True)


class AnswerBody(Body):
    """The answer to an appeal; only an upheld one corrects."""

    decision = Choice((UPHELD, DISMISSED), required=True)
    answer = Text(most=4000, lines=True, required=True)
    corrections = ma.List(ma.Nested(CorrectionBody), allow_none=True, validate=validate.Length(max=200))


class CompilationAnswer(Body):
    """One version of results; `document` only where one is asked for, in full for who directs the jury."""

    id = ma.String()
    stage_id = ma.String()
    number = ma.Integer()
    status = ma.String()
    method = ma.String()
    rules_version = ma.Integer()
    inputs_hash = ma.String()
    done = ma.Integer()
    total = ma.Integer()
    reason = ma.String()
    current = ma.Boolean()
    created_at = Moment()
    finished_at = Moment(allow_none=True)
    signed_at = Moment(allow_none=True)
    published_at = Moment(allow_none=True)
    document = ma.Dict()


class SheetLineAnswer(Body):
    """What one juror gave: `juror` is named for who directs the jury only."""

    juror = ma.String(allow_none=True)
    score = ma.String()
    points = ma.Dict()
    corrected = ma.List(ma.String())
    feedback = ma.String()


class ArithmeticAnswer(Body):
    """How the result of one entry came about: its line of the document, and the sheets behind it."""

    line = ma.Dict()
    weights = ma.Dict()
    sheets = ma.List(ma.Nested(SheetLineAnswer))


class VoteAnswer(Body):
    id = ma.String()
    stage_id = ma.String()
    entries = ma.List(ma.String())
    order = ma.List(ma.String())
    reason = ma.String()
    at = Moment()


class TiesAnswer(Body):
    """Sets of entries that share a place, and the votes there are."""

    ties = ma.List(ma.List(ma.String()))
    votes = ma.List(ma.Nested(VoteAnswer))


class AppealAnswer(Body):
    """An appeal, for its entrant and for who directs the jury."""

    id = ma.String()
    stage_id = ma.String()
    entry_id = ma.String()
    compilation_id = ma.String()
    text = ma.String()
    status = ma.String()
    answer = ma.String()
    version = ma.Integer()
    filed_at = Moment()
    answered_at = Moment(allow_none=True)


# What everybody may read of a published document; the rest names jurors and their points.
PUBLIC = ("method", "decided_by", "stage", "rules_version", "inputs_hash", "connected", "correction")
PUBLIC_LINE = (
    "id", "number", "district", "place", "shared", "score", "corrected", "decides", "total", "stages", "passes", "why",
    "tie", "flag", "other_place",
)  # fmt: skip


def show_compilation(found: Compilation, pointer: str | None) -> dict[str, Any]:
    """The JSON of a version; `pointer` is the one that its stage points at."""
    body: dict[str, Any] = CompilationAnswer(exclude=("document", "current")).dump(found)
    return {**body, "current": found.id == pointer}


def public(document: dict[str, Any]) -> dict[str, Any]:
    """A document without jurors, sheets and inputs."""
    kinds = [
        {**kind, "entries": [{name: line[name] for name in PUBLIC_LINE} for line in kind["entries"]]}
        for kind in document["nominations"]
    ]
    return {**{name: document[name] for name in PUBLIC}, "nominations": kinds}


def show_arithmetic(
    found: dict[str, Any], line: dict[str, Any], said: Mapping[str, str], jurors: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON of one line; `said` are the words to the entrant by sheet, `jurors` the names that may be told."""
    sheets = [
        {
            **{name: sheet[name] for name in ("score", "points", "corrected")},
            "juror": jurors.get(sheet["juror"]),
            "feedback": said.get(sheet["assignment"], ""),
        }
        for sheet in line["sheets"]
    ]
    weights = {row["code"]: row["weight"] for row in [*found["inputs"]["stages"], found["stage"]]}
    return {"line": {name: line[name] for name in PUBLIC_LINE}, "weights": weights, "sheets": sheets}


def show_vote(vote: Any) -> dict[str, Any]:
    body: dict[str, Any] = VoteAnswer().dump(vote)
    return body


def show_appeal(appeal: Appeal) -> dict[str, Any]:
    """An answer is shown once it is given."""
    body: dict[str, Any] = AppealAnswer().dump(appeal)
    return body
