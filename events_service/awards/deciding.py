"""The part of a protocol about what came of it: places, ties, limits, appeals, and what was decided."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from events_service.awards import words
from events_service.awards.blocks import Block, comma, day, table
from events_service.awards.facts import Facts, Row
from events_service.db import db
from events_service.entries.models import ADMITTED, EXCLUDED, WITHDRAWN, Entry, StageEntry
from events_service.results.degrees import CERTIFICATE, kind_of
from events_service.results.words import TIES
from services.i18n import local, said_plain


def rating(facts: Facts) -> Iterator[Block]:
    """The entries of each nomination by place, with what decided and what follows."""
    before = [row for row in facts.stages if row.position < facts.stage.position]
    corrected = any(row["corrected"] is not None for _nomination, rows in facts.rows() for row in rows)
    summed = any(row["total"] is not None for _nomination, rows in facts.rows() for row in rows)
    heads = [_("Rank"), "№", _("Author, school"), _("District")]
    numbers = [
        *(said_plain(row.title) for row in before),
        _("Mean"),
        *[_("Corrected")] * corrected,
        *[_("Total")] * summed,
    ]
    widths = [3, 2, 9, 6, *[5] * len(numbers), 6]
    for nomination, rows in facts.rows():
        lines = []
        for row in rows:
            values = [row["stages"].get(stage.code) for stage in before]
            values += [row["score"], *[row["corrected"]] * corrected, *[row["total"]] * summed]
            who = [_place(row), str(row["number"]), ", ".join(filter(None, (facts.author(row), facts.school(row))))]
            lines.append([*who, facts.place(row), *(comma(value) for value in values), outcome(facts, row)])
        right = list(range(4, 4 + len(numbers)))
        yield table(said_plain(nomination.title), [*heads, *numbers, _("Outcome")], lines, widths, right)


def outcome(facts: Facts, row: Row) -> str:
    """What a place leads to: an award in the last stage, the next stage before it, or why not."""
    if row["place"] is None:
        return _why(facts, row)
    if facts.last:
        return words.kind_name(kind_of(row["place"], facts.rules.diplomas))
    return str(_("goes on")) if row["passes"] else _why(facts, row)


def _why(facts: Facts, row: Row) -> str:
    if row["why"] == "threshold":
        return str(_("below the threshold of %(points)s", points=comma(str(facts.rules.threshold))))
    if row["why"] == "cap":
        return str(_("cap of the district: %(num)s entries at most", num=facts.rules.district_cap))
    if row["why"] == "late":
        return str(_("let in after an appeal, the stage was not held for it"))
    return str(_("not enough marks"))


def ties(facts: Facts) -> Iterator[Block]:
    """Entries with equal results, and how each was put in its place; votes as they were recorded."""
    heads = [_("Nomination"), _("Entry"), _("Result"), _("Rank"), _("Settled")]
    lines = [
        [
            said_plain(nomination.title),
            facts.labelled(row),
            comma(row["total"] or row["decides"]),  # what is equal: in the last stage the total
            _place(row),
            str(TIES[row["tie"]]),
        ]
        for nomination, rows in facts.rows()
        for row in rows
        if row["tie"]
    ]
    if lines:
        yield table("", heads, lines, [5, 6, 3, 2, 5], right=[2, 3])
    else:
        yield {"text": _("There were none.")}
    votes = {tuple(row.entries): row for row in facts.votes}  # the newest on the same entries counts
    if votes:
        yield {"list": [_vote(facts, row.order or [], row.entries, row.reason) for row in votes.values()]}


def _vote(facts: Facts, order: list[str], entries: list[str], reason: str) -> str:
    numbers = ", ".join(f"№ {facts.entries[key].number}" for key in order or entries if key in facts.entries)
    if order:
        return str(_("The chair's vote puts in this order: %(entries)s. Ground: %(why)s", entries=numbers, why=reason))
    return str(_("The chair's vote lets share the place: %(entries)s. Ground: %(why)s", entries=numbers, why=reason))


def stopped(facts: Facts) -> Iterator[Block]:
    """Before the last stage: who does not go on, by the threshold, the cap or for want of marks."""
    if facts.last:
        return
    lines = [
        [said_plain(nomination.title), facts.labelled(row), facts.place(row), comma(row["decides"]), _why(facts, row)]
        for nomination, rows in facts.rows()
        for row in rows
        if not row["passes"]
    ]
    if lines:
        heads = [_("Nomination"), _("Entry"), _("District"), _("Result"), _("Why")]
        yield table("", heads, lines, [5, 5, 4, 3, 4], right=[3])
    else:
        yield {"text": _("All entries go on.")}


def left(facts: Facts) -> Iterator[Block]:
    """Entries of the stage that were excluded or taken back before these results were compiled, and why."""
    counted = {row["id"] for _nomination, rows in facts.rows() for row in rows}
    inside = set(db.session.scalars(select(StageEntry.entry_id).where(StageEntry.stage_id == facts.stage.id)))
    gone = [facts.entries[key] for key in inside - counted if facts.entries[key].status in {EXCLUDED, WITHDRAWN}]
    lines = [
        [said_plain(row.nomination.title), f"№ {row.number}, {row.name}", str(words.ENTRIES[row.status]), row.reason]
        for row in sorted(gone, key=lambda row: row.number or 0)
    ]
    if lines:
        yield table("", [_("Nomination"), _("Entry"), _("State"), _("Why")], lines, [4, 5, 3, 5])


def appeals(facts: Facts) -> Iterator[Block]:
    """What was asked and what was answered, and which marks were put right."""
    heads = [_("Entry"), _("Filed"), _("Appeal"), _("Answer")]
    lines = []
    for row in facts.appeals:
        answer = ": ".join(filter(None, (str(words.APPEALS[row.status]), row.answer)))
        filed = day(local(row.filed_at, facts.event.time_zone).date())
        lines.append([f"№ {row.entry.number}, {row.entry.name}", filed, row.text, answer])
    if lines:
        yield table("", heads, lines, [3, 3, 4, 4])
    else:
        yield {"text": _("There were none.")}
    put_right = [
        f"{facts.labelled(row)}: {', '.join(sheet['corrected'])}"
        for _nomination, rows in facts.rows()
        for row in rows
        for sheet in row["sheets"]
        if sheet["corrected"]
    ]
    if put_right:
        yield {"text": _("Marks put right by criterion:")}
        yield {"list": put_right}


def decision(facts: Facts) -> Iterator[Block]:
    """What follows from the table, then what the jury wrote besides."""
    for nomination, rows in facts.rows():
        lines = _diplomas(facts, rows) if facts.last else _going_on(facts, rows)
        yield {"lead": said_plain(nomination.title)}
        yield {"list": lines or [_("Nobody.")]}
    if facts.last and (others := _certificates(facts)):
        yield {"text": others}
    if written := said_plain(facts.protocol.decision):
        yield {"text": written}


def _diplomas(facts: Facts, rows: list[Row]) -> list[str]:
    found = [(kind_of(row["place"], facts.rules.diplomas), row) for row in rows]
    return [f"{words.kind_name(kind)}: {facts.labelled(row)}" for kind, row in found if kind != CERTIFICATE]


def _going_on(facts: Facts, rows: list[Row]) -> list[str]:
    names = [facts.labelled(row) for row in rows if row["passes"]]
    return [_("goes on to the next stage: %(entry)s", entry=name) for name in names]


def _certificates(facts: Facts) -> str:
    admitted = select(func.count(Entry.id)).where(Entry.event_id == facts.event.id, Entry.status == ADMITTED)
    given = sum(len(_diplomas(facts, rows)) for _nomination, rows in facts.rows())
    left = (db.session.scalar(admitted) or 0) - given
    said = ngettext(
        "%(num)s other entrant gets a participant certificate.",
        "%(num)s other entrants get a participant certificate.",
        left,
    )
    return str(said) if left > 0 else ""


def dissent(facts: Facts) -> Iterator[Block]:
    """What a member of the jury holds against it."""
    yield {"text": said_plain(facts.protocol.dissent) or _("There were none.")}


def _place(row: Row) -> str:
    return "–" if row["place"] is None else str(row["place"])
