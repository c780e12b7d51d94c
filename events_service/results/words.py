"""What states, reasons and flags of results are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from events_service.contests.rules import CORRECTED, FINAL, HEAVIEST, MEAN, MEDIAN, VOTE
from events_service.results.degrees import diploma_of

# The mark of the look and the word of each state.
STATES = {
    "queued": ("wait", _l("Waits for its turn")),
    "running": ("wait", _l("Is being compiled")),
    "done": ("ok", _l("Compiled")),
    "failed": ("no", _l("Not compiled")),
}
APPEALS = {
    "filed": ("wait", _l("Waits for an answer")),
    "upheld": ("ok", _l("Upheld")),
    "dismissed": ("no", _l("Dismissed")),
    "withdrawn": ("plain", _l("Taken back")),
}
FAILURES = {
    "stage-not-closed": _l("The stage was opened again"),
    "earlier-stage": _l("The results of an earlier stage are not published yet"),
    "not-ready": _l("Something that the results need is missing"),
    "not-whole": _l("A signed sheet has no points for a criterion"),
    "trouble": _l("The programme failed; its keeper finds the reason in the log"),
}
DIPLOMAS = {
    "diploma_1": _l("Diploma of the first degree"),
    "diploma_2": _l("Diploma of the second degree"),
    "diploma_3": _l("Diploma of the third degree"),
}
METHODS = {MEAN: _l("mean of the jurors"), CORRECTED: _l("score corrected for severity")}
REFUSALS = {
    "refused: not-connected": _l("Not corrected for severity: there are jurors whom no common entries link"),
    "refused: few-sheets": _l("Not corrected for severity: a juror has too few sheets"),
    "refused: no-shrinkage": _l("Not corrected for severity: the rules name no shrinkage above 0"),
    "applied": _l("The score corrected for severity is shown beside the mean"),
}
WHYS = {
    "threshold": _l("Below the threshold"),
    "cap": _l("Beyond the number of entries of a district"),
    "scores": _l("Not enough marks"),
    "late": _l("Let in after an appeal: this stage was closed and was not held for it"),
}
TIES = {
    FINAL: _l("Equal totals: the score of the final decides"),
    HEAVIEST: _l("Equal: the criterion with the largest weight decides"),
    MEDIAN: _l("Equal: the median of the jurors decides"),
    VOTE: _l("Equal: the vote of the chair decides"),
    "shared": _l("Equal to the end: the place is shared"),
}
CHAIN = {
    FINAL: _l("score of the final"),
    HEAVIEST: _l("mean on the criterion with the largest weight"),
    MEDIAN: _l("median of the jurors"),
    VOTE: _l("vote of the chair"),
}


def failure(reason: str) -> str:
    """Why a compilation failed, in the language being spoken."""
    return str(FAILURES.get(reason.partition(":")[0], FAILURES["trouble"]))


def remarks(line: dict[str, Any], document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands below a name: a mark and a sentence each, what matters most first."""
    kind = diploma_of(line, document)
    found = [("ok", str(DIPLOMAS[kind]))] if kind else []
    if line["why"]:
        found.append(("warn" if line["why"] in {"scores", "late"} else "plain", str(WHYS[line["why"]])))
    if line["passes"]:
        found.append(("ok", _("Goes on to the next stage")))
    if line["tie"]:
        found.append(("flag", str(TIES[line["tie"]])))
    if line["flag"] and line["other_place"] and line["other_place"] != line["place"]:
        found.append(("warn", _("Depends on the method: place %(place)s by the other one", place=line["other_place"])))
    elif line["flag"]:
        found.append(("warn", _("Whether it goes on depends on the method")))
    return found
