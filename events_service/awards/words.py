"""What kinds of awards, states of protocols and answers to appeals are called."""

from flask_babel import lazy_gettext as _l

from events_service.awards.models import DRAFT, IN_PERSON, SIGNED
from events_service.results.words import DIPLOMAS

KINDS = {
    **DIPLOMAS,
    "certificate": _l("Participant certificate"),
    "thanks": _l("Letter of thanks"),
}
# What stands large on the paper, and under it.
HEADS = {
    "diploma_1": (_l("DIPLOMA"), _l("of the first degree")),
    "diploma_2": (_l("DIPLOMA"), _l("of the second degree")),
    "diploma_3": (_l("DIPLOMA"), _l("of the third degree")),
    "certificate": (_l("CERTIFICATE"), _l("of a participant")),
    "thanks": (_l("LETTER OF THANKS"), ""),
}
# Before the name.
GIVEN = {
    "diploma": _l("holder of the diploma"),
    "certificate": _l("holder of the certificate"),
    "thanks": _l("is given this letter of thanks"),
}
# Why awards are not given yet, as `queries.pending` calls it.
WAITS = {
    "appeals": _l("An appeal waits for its answer: awards are given after that"),
    "correct": _l("The protocol of the published results lacks an answer to an appeal: awards are given after that"),
    "left": _l("An entry has left the contest, and the published results still hold it: compile anew"),
    "overtaken": _l("An earlier stage has newer results than these were compiled from: compile anew"),
    "window": _l("Appeals are taken until %(until)s: awards are given after that"),
}
STATES = {DRAFT: ("wait", _l("Draft, not signed yet")), SIGNED: ("ok", _l("Signed"))}
FORMATS = {IN_PERSON: _l("In person"), "online": _l("Online"), "mixed": _l("In person and online")}
APPEALS = {
    "filed": _l("not answered yet"),
    "upheld": _l("upheld"),
    "dismissed": _l("dismissed"),
    "withdrawn": _l("taken back"),
}
ENTRIES = {
    "draft": _l("draft"),
    "submitted": _l("handed in"),
    "returned": _l("returned"),
    "admitted": _l("admitted"),
    "refused": _l("refused"),
    "withdrawn": _l("taken back"),
    "excluded": _l("excluded"),
}
ASSIGNMENTS = {"active": _l("counts"), "recused": _l("stood back"), "removed": _l("taken away")}


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))
