"""Why a deal is impossible, in the reader's language."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.jury import flow

CODES = {
    flow.TooFewJurors: "too-few-jurors",
    flow.TooFewReaders: "too-few-readers",
    flow.Uneven: "loads-uneven",
    flow.Apart: "graph-apart",
}
MOST_NAMED = 10


def code_of(error: flow.Impossible) -> str:
    return CODES[type(error)]


def why_impossible(error: flow.Impossible, numbers: Mapping[str, int], names: Mapping[str, str]) -> str:
    """The constraint that forbids a deal, with the entries and jurors it is about."""
    if isinstance(error, flow.TooFewJurors):
        return str(
            _("Too few jurors: %(there)s, and each entry needs %(needed)s", there=error.there, needed=error.needed)
        )
    if isinstance(error, flow.TooFewReaders):
        return _few_readers(error, numbers)
    if isinstance(error, flow.Uneven):
        held = [_("%(name)s: %(count)s", name=names[juror], count=count) for juror, count in error.held.items()]
        said = _("Jurors cannot read equally many (within one): conflicts keep some of them from too many entries")
        return f"{said}. " + str(_("Conflicts, of %(all)s entries: %(held)s", all=error.entries, held="; ".join(held)))
    assert isinstance(error, flow.Apart)
    parts = " | ".join(", ".join(names[juror] for juror in part) for part in error.parts)
    said = _("Jurors fall into groups that read no common entry: %(parts)s", parts=parts)
    return f"{said}. " + str(_("Let at least one entry be read by all: it is a setting of the rules"))


def _few_readers(error: flow.TooFewReaders, numbers: Mapping[str, int]) -> str:
    named = [
        ngettext(
            "entry № %(number)s has only %(num)s juror without a conflict",
            "entry № %(number)s has only %(num)s jurors without a conflict",
            count,
            number=numbers[entry],
        )
        for entry, count in list(error.short.items())[:MOST_NAMED]
    ]
    left = len(error.short) - len(named)
    more = [ngettext("and %(num)s more", "and %(num)s more", left)] if left else []
    return str(_("Each entry needs %(needed)s readers: %(named)s", needed=error.needed, named="; ".join(named + more)))
