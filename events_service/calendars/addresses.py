"""The address of a person's own calendar: a name and a signature over it, so that nothing stored opens it.

Until she first replaces it there is no row: looking at a page writes nothing. Replacing gives a
new random name and a new version; the old address is dead at once.
"""

import hashlib
import hmac
import secrets

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from events_service.calendars.models import FeedAddress, FeedFetch
from events_service.db import Audit, db
from events_service.directory.models import Person
from services import ledger
from services.database import utcnow
from services.errors import NotFound
from services.identity import Actor, settings_of_app

FIRST_VERSION = 1
SIGNATURE = 40  # hexadecimal characters: 160 bits


def path_of(person_id: str) -> str:
    """The present path of a person's calendar."""
    row = db.session.get(FeedAddress, person_id)
    name, version = (row.name, row.version) if row else (person_id, FIRST_VERSION)
    return f"/calendars/my/{name}{_signature(settings_of_app().secret_key, name, version)}.ics"


def person_of(token: str) -> str:
    """Whose calendar it is. Raises NotFound for what is forged or replaced, and when the account is closed."""
    name, given = token[:-SIGNATURE], token[-SIGNATURE:]
    row = db.session.scalars(select(FeedAddress).where(FeedAddress.name == name)).first()
    version = row.version if row else FIRST_VERSION
    person_id = row.person_id if row else name
    if not _signed(name, version, given):
        raise NotFound
    if row is None and db.session.get(FeedAddress, person_id):
        raise NotFound
    person = db.session.get(Person, person_id)
    if person is None or not person.active:
        raise NotFound
    return person_id


def replace(session: Session, actor: Actor) -> str:
    """Give the actor's calendar a new address, which nobody has fetched yet; answers its path."""
    new = {"person_id": actor.id, "name": secrets.token_urlsafe(16), "version": FIRST_VERSION}
    ledger.insert_once(session, FeedAddress, {**new, "created_at": utcnow()})
    session.execute(
        update(FeedAddress)
        .where(FeedAddress.person_id == actor.id)
        .values(name=new["name"], version=FeedAddress.version + 1, rotated_at=utcnow())
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(FeedFetch).where(FeedFetch.person_id == actor.id))
    ledger.audit(session, Audit, actor, "calendar.replaced", "person", actor.id)
    session.expire_all()
    return path_of(actor.id)


def absolute(path: str) -> str:
    """A path of ours as others must write it."""
    return f"{settings_of_app().public_url}{path}"


def _signed(name: str, version: int, given: str) -> bool:
    settings = settings_of_app()
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    return any(hmac.compare_digest(_signature(key, name, version).encode(), given.encode()) for key in keys)


def _signature(key: str, name: str, version: int) -> str:
    said = f"calendar:{name}:{version}"
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()[:SIGNATURE]
