"""contest_rules.csv as settings: its rows are of the organisers' own words, a rule and its value."""

import re
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError

from events_service.contests.models import ELIGIBLE
from events_service.contests.reading import RULES, Fault, table
from events_service.contests.rules import FINAL, HEAVIEST, MEDIAN, TIES, VOTE, Rules
from events_service.contests.schemas import RulesBody
from services.forms import messages
from services.i18n import translate_messages

# What the file calls it, beside the names of the settings themselves.
NAMES: dict[str, tuple[str, ...]] = {
    "jury_min_size": ("jury_min",),
    "jurors_per_entry_min": ("readers", "least_scores"),
    "divergence_trigger": ("divergence",),
    "final_threshold": ("threshold",),
    "final_cap_per_district": ("district_cap",),
    "appeal_window": ("appeal_days",),
    "protocol_signatures": ("signatures",),
    "eligible": ("eligibility",),
}
SAID = re.compile(r"month|purpose_[0-9]{1,2}")  # of the contest, and set elsewhere or nowhere
TIE = re.compile(r"tie_break_([0-9]{1,2})")
KEYWORDS = {VOTE: ("vote",), MEDIAN: ("median",), HEAVIEST: ("largest weight", "heaviest"), FINAL: ("final",)}
STAGE_SCORE = "100*sum(weight*mean(points)/max)"
TOTAL = re.compile(r"(?:(?:^|\+)[01](?:\.[0-9]{1,4})?\*[\w-]{1,20})+")
WHOLE = {name.name for name in fields(Rules) if isinstance(name.default, int) and not isinstance(name.default, bool)}


@dataclass
class Settings:
    """What the file sets; `total` is the weight of each stage by the formula, `skipped` what sets nothing."""

    values: dict[str, Any] = field(default_factory=dict)
    total: dict[str, Decimal] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def settings(text: str) -> Settings:
    """The settings of a file; `faults` is empty for one that can be loaded."""
    found = Settings()
    head, rows = table(RULES, text, ("rule", "value"), found.faults)
    for line, cells in rows if not found.faults else []:
        row = dict(zip(head, cells, strict=False))
        _take(found, line, row["rule"], row.get("value", ""))
    if not found.faults:
        _load(found)
    return found


def _take(found: Settings, line: int, rule: str, value: str) -> None:
    if rule in found.lines:
        said = _("This rule stands in line %(line)s already", line=found.lines[rule])
        found.faults.append(Fault(RULES, line, "rule", said))
        return
    found.lines[rule] = line
    if tie := TIE.fullmatch(rule):
        _tie(found, line, int(tie[1]), value)
    elif rule == "stage_score":
        if value.replace(" ", "") != STAGE_SCORE:
            found.faults.append(Fault(RULES, line, "value", _("Only %(formula)s can be computed", formula=STAGE_SCORE)))
    elif rule == "total_score":
        _total(found, line, value.replace(" ", ""))
    elif SAID.fullmatch(rule):
        found.skipped.append(rule)
    elif rule in NAMES or rule in {item.name for item in fields(Rules)}:
        for name in NAMES.get(rule, (rule,)):
            found.values[name] = _value(name, value)
            found.lines[name] = line
    else:
        found.faults.append(Fault(RULES, line, "rule", _("There is no rule of this name")))


def _total(found: Settings, line: int, value: str) -> None:
    if not TOTAL.fullmatch(value):
        said = _("Weights of stages are expected here, such as 0.4*remote+0.6*final")
        found.faults.append(Fault(RULES, line, "value", said))
        return
    terms = (term.split("*") for term in value.split("+"))
    found.total = {code.lower(): Decimal(weight) for weight, code in terms}


def _tie(found: Settings, line: int, place: int, value: str) -> None:
    words = value.lower()
    kind = next((kind for kind in KEYWORDS if words == kind or any(word in words for word in KEYWORDS[kind])), None)
    if kind is None:
        said = _("One of these is expected here: %(names)s", names=", ".join(TIES))
        found.faults.append(Fault(RULES, line, "value", said))
    else:
        found.values.setdefault("ties", {})[place] = kind
        found.lines["ties"] = line


def _value(name: str, value: str) -> Any:
    """The value as the schema takes it; what cannot be read is left for the schema to refuse."""
    numbers = re.findall(r"[0-9]+", value)
    if name == "diplomas":
        return [int(number[:8]) for number in numbers[:9]]
    if name == "signatures" or (name in WHOLE and value.isascii() and value.isdigit()):
        return int(numbers[-1]) if numbers and len(numbers[-1]) < 9 else value
    if name == "eligibility" and value not in ELIGIBLE:
        return "small_class" if "small-class" in value and "centre" not in value else value
    return {"yes": True, "no": False}.get(value, value) if name == "own_district" else value


def _load(found: Settings) -> None:
    if "ties" in found.values:
        found.values["ties"] = [kind for _place, kind in sorted(found.values["ties"].items())]
    try:
        found.values = RulesBody().load(found.values)
    except ValidationError as error:
        for path, message in messages(translate_messages(error.normalized_messages())):
            line = found.lines.get(path.split(".")[0], 0)
            found.faults.append(Fault(RULES, line, "value", str(message)))
