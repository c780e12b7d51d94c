"""What a protocol says, as data, in one language: titles, sentences, tables. Both papers are drawn from it.

A paper is `{"language", "title", "head", "sections", "foot"}`; a section `{"title", "wide", "blocks"}`, and a block
has one key: `lead`, `text`, `list`, `facts`, `table` or `signs`. There is nothing in it but text.
"""

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from events_service.awards import deciding, judging, words
from events_service.awards.blocks import Block, day
from events_service.awards.facts import Facts, gather, rules_of
from events_service.awards.models import Protocol
from events_service.directory import queries as directory
from events_service.events.models import Event
from services.i18n import said_plain

__all__ = ["LANGUAGES", "of_protocol", "paper", "rules_of"]

LANGUAGES = ("kk", "ru")
UPRIGHT = 7  # columns that an upright page holds
SECTIONS = (
    (_l("Jury"), judging.jury),
    (_l("Conflicts of interest and recusals"), judging.conflicts),
    (_l("Entries by nomination"), judging.entries),
    (_l("Summary table of marks"), judging.summary),
    (_l("Rating table"), deciding.rating),
    (_l("Extra readings"), judging.extra),
    (_l("Equal results"), deciding.ties),
    (_l("Who does not go on"), deciding.stopped),
    (_l("Entries that left the contest"), deciding.left),
    (_l("Appeals"), deciding.appeals),
    (_l("How it was counted"), judging.method),
    (_l("The jury decided"), deciding.decision),
    (_l("Dissent"), deciding.dissent),
    (_l("Signatures"), judging.signatures),
)


def of_protocol(event: Event, protocol: Protocol) -> dict[str, Any]:
    """The papers of all languages, as they are kept with a signed protocol."""
    facts = gather(event, protocol)
    return {code: _said(facts, code) for code in LANGUAGES}


def paper(event: Event, protocol: Protocol, code: str) -> dict[str, Any]:
    """What it says in a language: as it was signed, or of a draft as the rows are now."""
    kept = protocol.contents or {}
    found: dict[str, Any] = kept[code] if code in kept else _said(gather(event, protocol), code)
    return found


def _said(facts: Facts, code: str) -> dict[str, Any]:
    with force_locale(code):
        sections = [
            {"title": str(title), "wide": _is_wide(blocks), "blocks": blocks}
            for title, made in SECTIONS
            if (blocks := list(made(facts)))
        ]
        return {
            "language": code,
            "title": _("Protocol No. %(number)s", number=facts.protocol.number),
            "head": _head(facts),
            "sections": sections,
            "foot": _foot(facts),
        }


def _is_wide(blocks: list[Block]) -> bool:
    return any(len(block["table"]["heads"]) > UPRIGHT for block in blocks if "table" in block)


def _head(facts: Facts) -> dict[str, Any]:
    """The organisation, what the session was of, and its facts."""
    event, protocol, contest = facts.event, facts.protocol, facts.contest
    organisation = directory.organisation(event.organisation)
    ground = ""
    if contest.ground_number:
        dated = day(contest.ground_date) if contest.ground_date else "–"
        ground = _("order No. %(number)s of %(day)s", number=contest.ground_number, day=dated)
    pairs = [
        (_("Contest"), said_plain(event.title)),
        (_("Stage"), said_plain(facts.stage.title)),
        (_("Ground"), ground),
        (_("Date"), day(protocol.held_on)),
        (_("Form of the session"), str(words.FORMATS.get(protocol.format, protocol.format))),
        (_("Place"), said_plain(protocol.place)),
    ]
    return {
        "organisation": said_plain(organisation.name) if organisation else event.organisation,
        "subtitle": _("of the session of the jury"),
        "facts": [[term, value] for term, value in pairs if value],
    }


def _foot(facts: Facts) -> str:
    """By what the results behind the paper are known."""
    return str(
        _(
            "Results No. %(number)s, method %(method)s, inputs %(digest)s",
            number=facts.compilation.number,
            method=facts.document["method"],
            digest=facts.document["inputs_hash"][:16],
        )
    )
