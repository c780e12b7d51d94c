"""What roles, conflicts, grounds and states of a stage are called."""

from collections import Counter
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

ROLES = {"chair": _l("Chair"), "secretary": _l("Secretary"), "member": _l("Member of the jury")}
CONFLICTS = {
    "author": _l("She is the author"),
    "own_school": _l("Her school"),
    "former_school": _l("Her former school"),
    "cluster": _l("Schools of one resource centre"),
    "twin": _l("Twinned schools"),
    "own_district": _l("Her district"),
    "declared": _l("Declared by the juror"),
    "register": _l("Known to the register"),
}
GROUNDS = {
    "deal": _l("Dealt"),
    "anchor": _l("Read by all"),
    "redeal": _l("Instead of another juror"),
    "split": _l("One more reader: opinions differ widely"),
    "late": _l("Came in when the stage was open"),
}
STAGES = {"planned": ("plain", _l("Not open yet")), "open": ("wait", _l("Scoring")), "closed": ("ok", _l("Closed"))}


def kind_told(kind: str, plainly: bool) -> str:
    """What only organisers hear plainly: a kind of the register would tell where a blind entry comes from."""
    return kind if plainly or kind == "declared" else "register"


def kinds_told(counts: Mapping[str, int], plainly: bool) -> dict[str, int]:
    """The same for how many pairs there are of each kind."""
    told: Counter[str] = Counter()
    for kind, count in counts.items():
        told[kind_told(kind, plainly)] += count
    return dict(told)


def role_name(role: str) -> str:
    return str(ROLES.get(role, role))
