"""What jurors send and what is answered: the same for the web form and the JSON body."""

from typing import Any

from marshmallow import fields as ma
from marshmallow import validate

from events_service.contests.exact import Exact
from events_service.scoring.queries import Sheet
from services.fields import Body, Moment, Text, Whole
from services.i18n import said_plain

MOST_LINES, MOST_POINTS = 100, "9999"


class SheetBody(Body):
    """Points by the codes of criteria, from 0 to the most of each; null takes them back, what is not named stays.

    `version` is that of the sheet it was written on, unless `If-Match` names it.
    """

    scores = ma.Dict(
        keys=Text(most=20),
        values=Exact(most=MOST_POINTS, allow_none=True),
        allow_none=True,
        validate=validate.Length(max=MOST_LINES),
    )
    feedback = Text(most=2000, lines=True, least=0, allow_none=True)
    version = Whole(allow_none=True)


class ReopenBody(Body):
    """Why a signed sheet may be changed again; stays in the history."""

    reason = Text(most=500, lines=True, required=True)


class LineAnswer(Body):
    code = ma.String()
    title = ma.Dict()
    max_points = ma.String()
    weight = ma.String()
    levels = ma.List(ma.Dict())


class SheetAnswer(Body):
    """A sheet: `scores` by the codes of criteria; `score`, from 0 to 100, once every line has its points."""

    id = ma.String()
    stage_id = ma.String()
    entry_number = ma.Integer(allow_none=True)
    entry_title = ma.String()
    open = ma.Boolean()
    closes_at = Moment(allow_none=True)
    signed_at = Moment(allow_none=True)
    criteria = ma.List(ma.Nested(LineAnswer))
    scores = ma.Dict()
    score = ma.String(allow_none=True)
    feedback = ma.String()
    version = ma.Integer()


class SightFileAnswer(Body):
    """A file of the entry, named by its place; its bytes are at `…/files/<number>`, from 1."""

    name = ma.String()
    media_type = ma.String()
    size = ma.Integer()


class SightAnswer(Body):
    """An entry as its juror may see it: `author`, `school` and `district` are empty in a blind stage."""

    number = ma.Integer(allow_none=True)
    nomination = ma.String(attribute="nomination_id")
    title = ma.String()
    summary = ma.String()
    video_url = ma.String()
    files = ma.List(ma.Nested(SightFileAnswer))
    author = ma.String()
    school = ma.String(attribute="school.code")
    district = ma.String()


class SignedAnswer(Body):
    """What the chair is told of another's sheet."""

    id = ma.String()
    signed_at = Moment(allow_none=True)
    version = ma.Integer()


def show_sheet(sheet: Sheet) -> dict[str, Any]:
    """The JSON of a sheet, for its own juror."""
    row, lines = sheet.row, [LineAnswer().dump(line) for line in sheet.lines]
    body: dict[str, Any] = SheetAnswer().dump(row)
    return {
        **body,
        "entry_number": row.entry.number,
        "entry_title": row.entry.title_told,
        "open": sheet.open,
        "closes_at": Moment()._serialize(row.stage.closes_at, None, None),
        "criteria": lines,
        "scores": plain(sheet)["scores"],
        "score": None if sheet.score is None else str(sheet.score),
    }


def plain(sheet: Sheet) -> dict[str, Any]:
    """What is kept of a sheet and may be changed: every line, those without points as null."""
    scores = {line.code: _said(sheet.points.get(line.code)) for line in sheet.lines}
    return {"scores": scores, "feedback": sheet.row.feedback, "version": sheet.row.version}


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """A loaded `SheetBody` in the form of `plain`, as far as it names things."""
    scores = {code: _said(points) for code, points in (data.get("scores") or {}).items()}
    return {"scores": scores, **({"feedback": data["feedback"] or ""} if "feedback" in data else {})}


def title_of(sheet: Sheet, code: str) -> str:
    """What a line is called in the reader's language."""
    return next((said_plain(line.title) for line in sheet.lines if line.code == code), code)


def _said(points: Any) -> str | None:
    return None if points is None else str(points)
