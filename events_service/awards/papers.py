"""The words of an award in one language, ready to be printed."""

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from events_service.awards import words
from events_service.awards.blocks import day
from events_service.awards.models import Award, Protocol
from events_service.awards.schemas import check_url
from events_service.db import db
from events_service.directory import queries as directory
from events_service.jury.models import CHAIR
from services.i18n import said_plain


def paper(award: Award, code: str) -> dict[str, Any]:
    """What `as_pdf.awards` prints: nothing of the person but her name and school."""
    with force_locale(code):
        event, protocol = award.event, db.session.get_one(Protocol, award.protocol_id)
        organisation = directory.organisation(event.organisation)
        head, degree = words.HEADS[award.kind]
        return {
            "language": code,
            "title": f"{words.kind_name(award.kind)} {award.number}",
            "organisation": said_plain(organisation.name) if organisation else event.organisation,
            "head": str(head),
            "degree": str(degree),
            "given": str(words.GIVEN.get(award.kind, words.GIVEN["diploma"])),
            "name": award.name,
            "school": said_plain(award.school),
            "contest": said_plain(event.title),
            "nomination": _for_what(award),
            "signers": _signers(award, protocol),
            "ground": _("Protocol No. %(number)s of %(day)s", number=protocol.number, day=day(protocol.held_on)),
            "dated": _("Given on %(day)s", day=day(award.issued_on)),
            "check": _("Check:"),
            "address": check_url(award),
            "number": f"№ {award.number}",
        }


def _for_what(award: Award) -> str:
    nomination = said_plain(award.nomination)
    if award.member_id:
        return str(_("for the work in the jury"))
    return str(_("Nomination: %(title)s", title=nomination)) if nomination else ""


def _signers(award: Award, protocol: Protocol) -> list[list[str]]:
    """Who signs on paper; not the chair where jurors are thanked, as she is one of them."""
    if award.member_id:
        return [[_("For the organisers"), ""]]
    return [[_("Chair of the jury"), row["name"]] for row in protocol.signatures if row["role"] == CHAIR]
