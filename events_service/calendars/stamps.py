"""One small statement whose value changes whenever anything that a feed shows has changed.

Each verb that changes what calendars show moves the event's `changed_at`, and with it `revision`, so the
sum over public events only grows; the copy of the register moves a counter with each change but those of
people and their sessions.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Engine, and_, bindparam, case, func, select

from events_service.calendars.models import FeedAddress
from events_service.contests.models import CLOSED, OPEN, Stage
from events_service.db import Counter, db
from events_service.directory.copying import SHOWN
from events_service.directory.models import Person
from events_service.events.models import Event
from events_service.events.queries import PUBLIC
from events_service.jury.models import JuryMember
from events_service.registrations.models import Registration
from events_service.subscriptions.models import Subscription
from services.fields import today

PERSON: Any = bindparam("person", "")
HERS = Registration.attendee == PERSON
STEPS = case({OPEN: 1, CLOSED: 2}, value=Stage.status, else_=0)  # a stage only goes forward
SEATED = and_(JuryMember.person_id == PERSON, JuryMember.active)


def _one(column: Any, *conditions: Any) -> Any:
    return select(column).where(*conditions).scalar_subquery()


# Built once, as they run for every fetch.
DIRECTORY = _one(Counter.value, Counter.name == SHOWN)
EVENTS = select(func.count(), func.sum(Event.revision), DIRECTORY).where(Event.status.in_(PUBLIC))
PERSONAL = EVENTS.add_columns(
    _one(func.count(Registration.id), HERS),
    _one(func.sum(Registration.version), HERS),
    _one(Subscription.version, Subscription.reader == PERSON),
    _one(FeedAddress.name, FeedAddress.person_id == PERSON),
    _one(FeedAddress.version, FeedAddress.person_id == PERSON),
    _one(Person.active, Person.id == PERSON),
    _one(func.sum(JuryMember.version), SEATED),
    _one(func.sum(STEPS), SEATED, Stage.event_id == JuryMember.event_id),
)


def public() -> Hashable:
    """Of every feed of public events."""
    return (today(), *db.session.execute(EVENTS).one())


def by_driver(engine: Engine, person_id: str) -> Hashable:
    """The same without the framework and the library: of a person's feed, or with an empty id of public ones."""
    sql, read = _compiled(engine.dialect, bool(person_id))
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(sql, read(person_id))
        return (today(), *(cursor.fetchone() or ()))
    finally:
        connection.close()


@lru_cache(maxsize=8)
def _compiled(dialect: Dialect, of_person: bool) -> tuple[str, Callable[[str], Any]]:
    made: Any = (PERSONAL if of_person else EVENTS).compile(
        dialect=dialect, compile_kwargs={"render_postcompile": True}
    )

    def read(person_id: str) -> Any:
        values = {**made.params, "person": person_id} if of_person else made.params
        return [values[name] for name in made.positiontup] if made.positional else values

    return str(made), read


def personal(person_id: str) -> Hashable:
    """Of one person's feed: her registrations, switches, address, account and juries too."""
    return (today(), *db.session.execute(PERSONAL, {"person": person_id}).one())
