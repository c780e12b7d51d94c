"""What kinds of awards, states of protocols, and reasons in results are called."""

from flask_babel import lazy_gettext as _l

from events_service.awards.models import DRAFT, SIGNED

KINDS = {
    "diploma_1": _l("Diploma of the first degree"),
    "diploma_2": _l("Diploma of the second degree"),
    "diploma_3": _l("Diploma of the third degree"),
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
STATES = {DRAFT: ("wait", _l("Draft, not signed yet")), SIGNED: ("ok", _l("Signed"))}
FORMATS = {"in_person": _l("In person"), "online": _l("Online"), "mixed": _l("In person and online")}
ROLES = {"chair": _l("Chair"), "secretary": _l("Secretary"), "member": _l("Member")}
CONFLICTS = {
    "own_school": _l("own school"),
    "former_school": _l("former school"),
    "cluster": _l("cluster of her centre"),
    "twin": _l("twinned school"),
    "own_district": _l("own district"),
    "declared": _l("declared by herself"),
}
TIES = {
    "final": _l("by the score of the final stage"),
    "heaviest": _l("by the heaviest criterion"),
    "median": _l("by the median of the marks"),
    "vote": _l("by the chair's vote"),
    "shared": _l("the place is shared"),
}
APPEALS = {
    "filed": _l("not answered yet"),
    "upheld": _l("upheld"),
    "dismissed": _l("dismissed"),
    "withdrawn": _l("taken back"),
}


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))
