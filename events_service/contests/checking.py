"""What a contest still lacks before its jury may begin; a draft may lack all of it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from flask_babel import format_decimal
from flask_babel import gettext as _

from events_service.contests import queries
from events_service.contests.models import Criterion, Nomination, Stage
from services.i18n import said_plain

Sheets = Mapping[tuple[str, str], list[Criterion]]


def check(event_id: str) -> list[str]:
    """Every fault in words; empty for a contest whose first stage may be opened."""
    return faults(queries.nominations(event_id), queries.stages(event_id), queries.sheets(event_id))


def faults(nominations: list[Nomination], stages: list[Stage], sheets: Sheets) -> list[str]:
    """The same of rows that are at hand; sheets by (nomination, stage)."""
    found = []
    if not nominations:
        found.append(_("There is no nomination yet"))
    if not stages:
        found.append(_("There is no stage yet"))
    elif not whole(weights := [stage.weight for stage in stages]):
        found.append(_("The weights of the stages give %(sum)s together, not 1", sum=said_sum(weights)))
    if len({stage.position for stage in stages}) < len(stages):
        found.append(_("Two stages have the same position: say which one comes first"))
    for stage in stages[1:]:
        if stage.blind:
            found.append(
                _(
                    "%(stage)s cannot be blind: results of the stage before it name the authors with their numbers",
                    stage=said_plain(stage.title),
                )
            )
    for nomination in nominations:
        for stage in stages:
            found += _sheet(nomination, stage, sheets.get((nomination.id, stage.id), []))
    return found


def _sheet(nomination: Nomination, stage: Stage, lines: list[Criterion]) -> list[str]:
    names = {"nomination": said_plain(nomination.title), "stage": said_plain(stage.title)}
    if not lines:
        return [_("«%(nomination)s», %(stage)s: there are no criteria", **names)]
    weights = [line.weight for line in lines]
    if not whole(weights):
        names["sum"] = said_sum(weights)
        return [_("«%(nomination)s», %(stage)s: the weights give %(sum)s together, not 1", **names)]
    return []


def whole(weights: Iterable[Decimal]) -> bool:
    """Do they sum to 1, exactly?"""
    return sum((Fraction(weight) for weight in weights), Fraction()) == 1


def said_sum(weights: Iterable[Decimal]) -> str:
    """«0,95» by the reader's decimal sign: at least two places, no more than are needed."""
    return str(format_decimal(sum(weights, Decimal()), format="0.00##"))
