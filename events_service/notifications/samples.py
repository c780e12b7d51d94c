"""Letters that nobody is owed: how a text would look to its readers."""

from datetime import timedelta
from typing import Any

from events_service.db import Notification, db
from events_service.directory.models import Person
from events_service.events.models import PUBLISHED, Event
from events_service.notifications import letters
from events_service.notifications.messages import KIND
from services.fields import midnight, today
from services.i18n import LANGUAGES
from services.identity import Actor
from services.mail import Letter

TITLE = {"kk": "Біріктірілген сыныптағы сабақ", "ru": "Урок в совмещённом классе", "en": "A lesson in mixed classes"}
Preview = tuple[str, Letter]


def of_message(data: dict[str, Any], event: Event, actor: Actor) -> list[Preview]:
    """A loaded `MessageBody` as readers of each language would get it."""
    return [(code, _letter(KIND, code, event, actor, data)) for code in LANGUAGES]


def of_words(data: dict[str, Any], kind: str, organisation: str, actor: Actor) -> list[Preview]:
    """A loaded `WordsBody` in each language, about an event that does not exist."""
    event, found = _event(organisation), []
    for code in LANGUAGES:
        said = {name: (data[name] or {}).get(code, "") for name in ("subject", "lead")}
        found.append((code, _letter(kind, code, event, actor, said)))
    return found


def _letter(kind: str, code: str, event: Event, actor: Actor, params: dict[str, Any]) -> Letter:
    person = db.session.get(Person, actor.id)
    to = {"recipient": person.email if person else "", "recipient_name": actor.name}
    return letters.sample(Notification(kind=kind, language=code, subject_ref="", params=params, **to), event)


def _event(organisation: str) -> Event:
    start = midnight(today() + timedelta(days=14)) + timedelta(hours=10)
    return Event(
        slug="sample",
        uid="sample",
        organisation=organisation,
        kind="webinar",
        title=TITLE,
        venue={},
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        all_day=False,
        date_precision="day",
        time_zone="Asia/Almaty",
        format="zoom",
        join_url="",
        status=PUBLISHED,
        cancel_reason="",
    )
