"""The part of a protocol about how the jury worked: who sat, who kept away, what was read and what was marked."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import ngettext

from events_service.awards.blocks import Block, comma, table
from events_service.awards.facts import Facts, Row
from events_service.contests.exact import half_up
from events_service.contests.rules import CORRECTED
from events_service.jury import words as jury_words
from events_service.jury.models import ACTIVE, MEMBER, RECUSED, REMOVED, SPLIT, Conflict
from events_service.results.method import APPLIED, DEPENDS
from events_service.results.words import REFUSALS
from services.i18n import said_plain


def jury(facts: Facts) -> Iterator[Block]:
    """Present, absent, who read and then left, and whether they were enough."""
    present, absent = facts.people(facts.protocol.present), facts.people(facts.protocol.absent)
    needed, said = facts.rules.quorum, _("there is a quorum")
    if len(present) < needed:
        said = _("there is no quorum")
    count = _(
        "%(present)s of %(all)s, needed %(needed)s", present=len(present), all=len(present) + len(absent), needed=needed
    )
    pairs = [[jury_words.role_name(row.role), row.name] for row in present if row.role != MEMBER]
    pairs.append([_("Members present"), ", ".join(row.name for row in present if row.role == MEMBER) or "–"])
    pairs.append([_("Absent"), ", ".join(row.name for row in absent) or "–"])
    if left := [row.name for row in facts.readers() if row not in present + absent]:
        pairs.append([_("Read and left the jury before"), ", ".join(left)])
    yield {"facts": [*pairs, [_("Quorum"), f"{count}: {said}"]]}


def conflicts(facts: Facts) -> Iterator[Block]:
    """What kept which juror from which entry, who stood back after an entry was dealt, and who left unread ones."""
    given = {status: [row for row in facts.assignments if row.status == status] for status in (RECUSED, REMOVED)}
    found = {
        _("Entries that were not dealt to a juror"): (
            (row.member_id, row.entry_id, _barred(row)) for row in facts.conflicts
        ),
        _("Recusals"): ((row.member_id, row.entry_id, row.reason) for row in given[RECUSED]),
        _("Taken from jurors who left"): ((row.member_id, row.entry_id, row.reason) for row in given[REMOVED]),
    }
    lines = {caption: _by_juror(facts, rows) for caption, rows in found.items()}
    for caption, rows in lines.items():
        if rows:
            yield table(caption, [_("Juror"), _("Entries"), _("Why")], rows, [3, 3, 3])
    if not any(lines.values()):
        yield {"text": _("There were none.")}


def _barred(conflict: Conflict) -> str:
    kind = str(jury_words.CONFLICTS.get(conflict.kind, conflict.kind))
    return ": ".join(filter(None, (kind, conflict.note)))


def _by_juror(facts: Facts, found: Iterable[tuple[str, str, str]]) -> list[list[str]]:
    """Lines of (juror, entry, why): in the order of the jury, the entries of one reason together."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for member, entry, why in found:
        numbers.setdefault((member, why), []).append(facts.entries[entry].number or 0)
    order = list(facts.members)
    rows = sorted(numbers.items(), key=lambda one: order.index(one[0][0]))
    return [[facts.members[member].name, _listed(of), why or "–"] for (member, why), of in rows]


def entries(facts: Facts) -> Iterator[Block]:
    """How many entries and signed sheets in each nomination."""
    lines = []
    for nomination, rows in facts.rows():
        sheets = sum(len(row["sheets"]) for row in rows)
        lines.append([said_plain(nomination.title), str(len(rows)), str(sheets)])
    total = [_("In all"), *(str(sum(int(line[at]) for line in lines)) for at in (1, 2))]
    yield table("", [_("Nomination"), _("Entries"), _("Signed sheets")], [*lines, total], [6, 2, 3], right=[1, 2])
    missing = [row for row in facts.assignments if row.status == ACTIVE and row.signed_at is None]
    if missing:
        said = ngettext("%(num)s sheet was not signed.", "%(num)s sheets were not signed.", len(missing))
        yield {"text": f"{said} {_('The stage was closed without them: %(why)s', why=facts.closed_because)}"}
        yield {"list": [f"{row.member.name}: № {row.entry.number}" for row in missing]}


def summary(facts: Facts) -> Iterator[Block]:
    """Each entry with the marks of its jurors and their mean."""
    readers, marks = facts.readers(), set()
    heads = ["№", _("Author"), *(row.name for row in readers), _("Mean")]
    widths, right = [1, 4, *[2] * len(readers), 2], list(range(2, len(readers) + 3))
    for nomination, rows in facts.rows():
        lines = []
        for row in sorted(rows, key=lambda row: row["number"]):
            sheets = {sheet["juror"]: sheet for sheet in row["sheets"]}
            marks |= {mark for sheet in sheets.values() for mark in _marks(sheet)}
            given = [_mark(sheets.get(reader.id)) for reader in readers]
            lines.append([str(row["number"]), facts.author(row), *given, comma(row["score"])])
        yield table(said_plain(nomination.title), heads, lines, widths, right)
    legend = {
        "*": _("an extra reading on a wide split"),
        "†": _("points corrected after an appeal"),
    }
    if marks:
        yield {"text": "; ".join(f"{mark} – {legend[mark]}" for mark in sorted(marks)) + "."}


def extra(facts: Facts) -> Iterator[Block]:
    """Entries whose marks lay too far apart, and who read them besides."""
    limit, gaps, lines, alone = facts.rules.divergence, facts.gaps(), [], []
    for nomination, row in ((nomination, row) for nomination, rows in facts.rows() for row in rows):
        added = [sheet for sheet in row["sheets"] if sheet["ground"] == SPLIT]
        if added:
            read = ", ".join(f"{facts.members[sheet['juror']].name}: {comma(sheet['score'])}" for sheet in added)
            gap = comma(str(half_up(gaps.get(row["id"], Fraction()))))
            lines.append([f"№ {row['number']}", said_plain(nomination.title), gap, read])
        elif gaps.get(row["id"], 0) > limit:
            alone.append(row["number"])
    if lines:
        heads = [_("Entry"), _("Nomination"), _("Widest gap"), _("Read besides by")]
        caption = _("A gap of more than %(points)s between two jurors calls one more reader", points=comma(str(limit)))
        yield table(caption, heads, lines, [2, 5, 3, 5], right=[2])
    if alone:
        yield {"text": _("The gap is wider, but no extra reading counts: %(entries)s.", entries=_listed(alone))}
    if not lines and not alone:
        yield {"text": _("There were none.")}


def method(facts: Facts) -> Iterator[Block]:
    """Which score decides and what was done about severity; entries that another method would place elsewhere."""
    rules = facts.rules
    if rules.method == CORRECTED:
        yield {"text": _("The score corrected for the severity of jurors decides; the plain mean stands beside it.")}
    else:
        yield {
            "text": _("The plain mean of the jurors' scores decides; points are from 0 to 100, rounded half up once.")
        }
    correction = facts.document["correction"]
    if correction and correction != APPLIED:
        yield {"text": f"{REFUSALS[correction]}."}
    flagged = [f"№ {row['number']}" for _nomination, rows in facts.rows() for row in rows if row["flag"] == DEPENDS]
    if flagged:
        yield {"text": _("The place depends on the method: %(entries)s.", entries=", ".join(flagged))}


def signatures(facts: Facts) -> Iterator[Block]:
    """A line to sign on for everybody who was present."""
    yield {"signs": [[jury_words.role_name(row.role), row.name] for row in facts.people(facts.protocol.present)]}


def _mark(sheet: Row | None) -> str:
    return comma(sheet["score"]) + "".join(_marks(sheet)) if sheet else "–"


def _marks(sheet: Row) -> list[str]:
    return ["*"] * (sheet["ground"] == SPLIT) + ["†"] * bool(sheet["corrected"])


def _listed(numbers: list[int]) -> str:
    return "№ " + ", ".join(str(number) for number in sorted(numbers))
