"""What organisers of a contest send and what is answered: the same for the web form and the JSON body."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields as ma

from events_service.contests.exact import Exact
from events_service.contests.models import ELIGIBLE, STAGE_KINDS, Contest, Criterion
from events_service.contests.rules import METHODS, TIES, of, written
from services.fields import Body, Choice, Day, Flag, Moment, Text, Translated, Whole, fail

MOST_NOMINATIONS, MOST_STAGES, MOST_CRITERIA, MOST_LEVELS, MOST_FILE = 30, 6, 20, 11, 200_000


class Code(Text):
    """A short name that files and protocols use: Latin letters, digits, `_` and `-`."""

    def __init__(self, most: int = 20, **kwargs: Any) -> None:
        super().__init__(most=most, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs)
        if not (code.isascii() and code.replace("_", "").replace("-", "").isalnum()) and code:
            raise fail(_("Latin letters, digits, _ and - only"))
        return code


def _unlike(chosen: list[str]) -> None:
    if len(set(chosen)) < len(chosen):
        raise fail(_("One of them stands here twice"))


def _few(most: int) -> Callable[[list[Any]], None]:
    def check(chosen: list[Any]) -> None:
        if len(chosen) > most:
            raise fail(_("There are %(most)s at most", most=most))

    return check


def _three(chosen: list[int]) -> None:
    if len(chosen) != 3:
        raise fail(_("Three numbers are expected here"))


class RulesBody(Body):
    """The settings of `contests.rules.Rules`; what is not named stays. Points are on the scale 0 to 100."""

    eligibility = Choice(ELIGIBLE)
    per_person = Whole(least=1, most=10)
    jury_min = Whole(least=1, most=50)
    quorum = Whole(least=1, most=50)
    readers = Whole(least=1, most=20)
    anchors = Whole(most=50)
    least_scores = Whole(least=1, most=20)
    own_district = Flag()
    divergence = Exact()
    method = Choice(METHODS)
    shrinkage = Exact(least="0.01", most="100")
    least_per_juror = Whole(least=1, most=200)
    threshold = Exact()
    district_cap = Whole(least=1, most=1000)
    ties = ma.List(Choice(TIES), validate=_unlike)
    diplomas = ma.List(Whole(most=50), validate=_three)
    appeal_days = Whole(most=30)
    signatures = Whole(most=20)


class ContestBody(Body):
    """The settings of a contest; what is not named stays. `ground_*` is the order it stands on."""

    code = Code(most=40, least=0, allow_none=True)
    ground_number = Text(most=40, least=0, allow_none=True)
    ground_date = Day(allow_none=True)
    entries_open_at = Moment(allow_none=True)
    entries_close_at = Moment(allow_none=True)
    rules = ma.Nested(RulesBody)


class NominationBody(Body):
    """A nomination; `code` is what files and protocols call it."""

    code = Code(required=True)
    title = Translated(required=True, most=200)
    position = Whole(most=999, allow_none=True)


class NominationPatch(NominationBody):
    """Some of a nomination; what is not named stays."""

    code = Code()
    title = Translated(most=200)


class StageBody(Body):
    """A stage: `weight` is its part of the total; without `threshold` and `district_cap` those of the rules hold."""

    code = Code(required=True)
    title = Translated(required=True, most=200)
    kind = Choice(STAGE_KINDS, required=True)
    weight = Exact(places=4, most="1", required=True)
    blind = Flag(allow_none=True)
    closes_at = Moment(allow_none=True)
    threshold = Exact(allow_none=True)
    district_cap = Whole(least=1, most=1000, allow_none=True)
    position = Whole(most=999, allow_none=True)


class StagePatch(StageBody):
    """Some of a stage; what is not named stays."""

    code = Code()
    title = Translated(most=200)
    kind = Choice(STAGE_KINDS)
    weight = Exact(places=4, most="1")


class LevelBody(Body):
    """What a number of points means."""

    points = Exact(required=True)
    text = Translated(most=300, required=True)


class CriterionBody(Body):
    """A line of the sheet: 0 to `max_points`; `weight` is its part within the nomination and the stage."""

    code = Code(required=True)
    title = Translated(required=True, most=300)
    max_points = Exact(least="0.01", required=True)
    weight = Exact(places=4, most="1", required=True)
    levels = ma.List(ma.Nested(LevelBody), validate=_few(MOST_LEVELS), load_default=list)


class CriteriaBody(Body):
    """All criteria of a nomination in a stage, in the order of the sheet."""

    criteria = ma.List(ma.Nested(CriterionBody), required=True, validate=_few(MOST_CRITERIA))


class FilesBody(Body):
    """Rules as CSV text: criteria by nomination and stage, settings, or both. `dry` only checks."""

    contest = Text(most=MOST_FILE, lines=True, least=0, allow_none=True, load_default="")
    rules = Text(most=MOST_FILE, lines=True, least=0, allow_none=True, load_default="")
    dry = Flag(load_default=False, allow_none=True)


class RulesAnswer(RulesBody):
    """The settings in force."""


class ContestAnswer(Body):
    """A contest; `state` is where it stands, `faults` what is missing before its first stage (organisers only)."""

    event_id = ma.String()
    code = ma.String()
    ground_number = ma.String()
    ground_date = ma.Date(allow_none=True)
    entries_open_at = Moment(allow_none=True)
    entries_close_at = Moment(allow_none=True)
    rules = ma.Nested(RulesAnswer)
    rules_version = ma.Integer()
    frozen_at = Moment(allow_none=True)
    state = ma.String()
    faults = ma.List(ma.String())


class NominationAnswer(Body):
    id = ma.String()
    code = ma.String()
    position = ma.Integer()
    title = ma.Dict()


class StageAnswer(Body):
    """A stage; `status` is planned, open or closed."""

    id = ma.String()
    code = ma.String()
    position = ma.Integer()
    kind = ma.String()
    title = ma.Dict()
    weight = Exact(places=4)
    blind = ma.Boolean()
    closes_at = Moment(allow_none=True)
    threshold = Exact(allow_none=True)
    district_cap = ma.Integer(allow_none=True)
    status = ma.String()
    opened_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    published_at = Moment(allow_none=True)


class CriterionAnswer(Body):
    code = ma.String()
    title = ma.Dict()
    max_points = Exact()
    weight = Exact(places=4)
    levels = ma.List(ma.Dict())


class CriteriaAnswer(Body):
    """The sheet of a nomination in a stage; `weight_sum` must be 1 before the jury begins."""

    nomination = ma.String()
    stage = ma.String()
    weight_sum = Exact(places=4)
    criteria = ma.List(ma.Nested(CriterionAnswer))


class LoadAnswer(Body):
    """What a file holds; `loaded` is false for a dry run, `skipped` are rules that set nothing here."""

    loaded = ma.Boolean()
    nominations = ma.Integer()
    stages = ma.Integer()
    criteria = ma.Integer()
    settings = ma.Integer()
    skipped = ma.List(ma.String())
    rules_version = ma.Integer()


def show_nomination(nomination: Any) -> dict[str, Any]:
    body: dict[str, Any] = NominationAnswer().dump(nomination)
    return body


def show_stage(stage: Any) -> dict[str, Any]:
    body: dict[str, Any] = StageAnswer().dump(stage)
    return body


def show_criteria(lines: list[Criterion]) -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = CriterionAnswer(many=True).dump(lines)
    return body


def weight_sum(lines: list[Criterion]) -> Decimal:
    return sum((line.weight for line in lines), Decimal("0.0000"))


def show_settings(contest: Contest) -> dict[str, Any]:
    """The settings as JSON, decimals as strings."""
    body: dict[str, Any] = ContestAnswer(exclude=("state", "faults", "rules")).dump(contest)
    return {**body, "rules": written(of(contest))}
