"""Letters about results: to entrants that they are published, and both ways about an appeal."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from events_service.contests.models import Stage
from events_service.db import Notification, db
from events_service.directory.models import Person
from events_service.entries.models import Entry
from events_service.events.models import PUBLISHED, Event
from events_service.jury.models import CHAIR, SECRETARY, JuryMember
from events_service.notifications.announcing import owe_each
from events_service.notifications.composing import Fill, context_of, letter_to
from events_service.results.models import DISMISSED, FILED, UPHELD, Appeal, Compilation
from services.i18n import moment, said_plain
from services.mail import Letter

PUBLISHED_RESULTS, APPEALED, ANSWERED = "results_published", "appeal_filed", "appeal_answered"
KINDS = (PUBLISHED_RESULTS, APPEALED, ANSWERED)
DECIDED = {UPHELD: _l("Upheld"), DISMISSED: _l("Dismissed")}
ENTRANT = (Entry.email, Entry.author_id, Entry.name, Entry.language)


def owe_entrants(
    session: Session, stage: Stage, found: Compilation, entries: Collection[str], until: datetime | None
) -> int:
    """One message to the author of each of these entries; `until` is the last moment of an appeal."""
    people = select(*ENTRANT, literal(found.id).label("ref")).where(Entry.id.in_(entries))
    params = {"until": until.isoformat()} if until else {}
    about = {"kind": PUBLISHED_RESULTS, "sequence": found.number, "topic": stage.event_id}
    return owe_each(session, people, **about, params=params)


def owe_directors(session: Session, stage: Stage, appeal: Appeal) -> None:
    """One message to the chair, the secretary, and who planned the contest."""
    event, ref = session.get_one(Event, stage.event_id), literal(appeal.id).label("ref")
    heads = JuryMember.event_id == event.id, JuryMember.active, JuryMember.role.in_((CHAIR, SECRETARY))
    jury = select(JuryMember.email, JuryMember.person_id, JuryMember.name, JuryMember.language, ref).where(*heads)
    planner = Person.id == event.created_by, Person.active
    for people in (jury, select(Person.email, Person.id, Person.name, Person.language, ref).where(*planner)):
        owe_each(session, people, kind=APPEALED, sequence=appeal.version, topic=event.id, params={})


def owe_appellant(session: Session, appeal: Appeal) -> None:
    """One message to the entrant: what was answered."""
    to = select(*ENTRANT, literal(appeal.id).label("ref")).where(Entry.id == appeal.entry_id)
    owe_each(session, to, kind=ANSWERED, sequence=appeal.version, topic=appeal.entry.event_id, params={})


def letter_of(message: Notification, fill: Fill) -> Letter | None:
    """The letter of one of `KINDS`, in the language being spoken; None when it is overtaken."""
    event = db.session.get(Event, message.topic)
    if event is None or event.status != PUBLISHED:
        return None
    made = _results(message, event) if message.kind == PUBLISHED_RESULTS else _appeal(message, event)
    if made is None:
        return None
    subject, lead, facts, path, label = made
    shown = [(term, value) for term, value in facts if value]
    return letter_to(message, subject, context_of(message, event, lead, shown, path, label), fill)


Said = tuple[str, str, list[tuple[str, str]], str, str]


def _results(message: Notification, event: Event) -> Said | None:
    found = db.session.get(Compilation, message.subject_ref)
    stage = db.session.get(Stage, found.stage_id) if found else None
    if found is None or stage is None or stage.compilation_id != found.id:
        return None
    until = message.params.get("until")
    first = stage.published_at == found.published_at
    lead = (
        _("The results of a stage you took part in are published.")
        if first
        else _("The results were corrected, and with them your line.")
    )
    facts = [
        (_("Stage"), said_plain(stage.title)),
        (_("Appeals are taken until"), moment(datetime.fromisoformat(until)) if until else ""),
    ]
    subject = _("Results: %(title)s", title=said_plain(event.title))
    return subject, lead, facts, f"/contests/{event.slug}/results?stage={stage.code}", _("Results")


def _appeal(message: Notification, event: Event) -> Said | None:
    appeal = db.session.get(Appeal, message.subject_ref)
    if appeal is None or appeal.version != message.sequence:
        return None
    title, number = said_plain(event.title), str(appeal.entry.number or "")
    if message.kind == APPEALED:
        lead = _("An entrant appeals against the results. Read the appeal and answer it.")
        path = f"/contests/{event.slug}/results/appeals/{appeal.id}"
        said = _("Appeal: %(title)s", title=title), lead, [(_("Entry"), number)], path, _("The appeal")
        return said if appeal.status == FILED else None
    facts: list[tuple[str, Any]] = [(_("Entry"), number), (_("Decision"), str(DECIDED.get(appeal.status, "")))]
    facts.append((_("Answer"), appeal.answer))
    path, subject = f"/contests/{event.slug}/results/appeal", _("Answer to your appeal: %(title)s", title=title)
    return subject, _("Your appeal is answered."), facts, path, _("Your appeals")
