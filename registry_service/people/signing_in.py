"""The verbs of signing in: a link by mail, spent once by a button, and a session that can be ended."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from registry_service.db import Change, Counter, Notification, db
from registry_service.people.models import Person, SignInLink, SignInSession
from registry_service.people.returning import safe_path
from services import doorbell, ledger
from services.database import new_id, utcnow
from services.identity import LIFETIME, issue, settings_of_app
from services.text import normal_mail

log = logging.getLogger("qonyrau.sign_in")
LINK_LIFE, WINDOW, MOST_LINKS = timedelta(minutes=10), timedelta(minutes=15), 5
LETTER = "sign_in_link"


@dataclass(frozen=True)
class SignedIn:
    """A new session: its token, when it ends, and where to go."""

    token: str
    end: datetime
    next_path: str


def request_link(session: Session, email: str, next_path: str) -> None:
    """Owe the person of this address a link; an address nobody has, or asked for too often, gets none.

    The caller cannot tell which: the turn is taken, the rows are read and the bell rings in any case.
    """
    now = utcnow()
    ledger.next_number(session, Counter, "sign_in_requests")
    address = normal_mail(email)
    person = session.scalars(select(Person).where(Person.email == address, Person.active)).first()
    if _links_since(session, address, now - WINDOW) < MOST_LINKS and person:
        _owe_link(session, person, safe_path(next_path), now)
    settings = settings_of_app()
    db.after_commit("doorbell", lambda: doorbell.ring(settings))


def _links_since(session: Session, address: str, start: datetime) -> int:
    found = select(func.count(SignInLink.id)).join(Person, Person.id == SignInLink.person_id)
    return session.scalar(found.where(Person.email == address, SignInLink.created_at > start)) or 0


def _owe_link(session: Session, person: Person, next_path: str, now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    link = SignInLink(id=new_id(), person_id=person.id, digest=SignInLink.digest_of(token), next_path=next_path)
    link.created_at, link.expires_at = now, now + LINK_LIFE
    session.add(link)
    letter = Notification(recipient=person.email, recipient_id=person.id, recipient_name=person.name)
    letter.language, letter.kind, letter.subject_ref = person.language, LETTER, link.id
    letter.params, letter.request_id = {"token": token}, ledger.request_id()
    session.add(letter)


def spend(session: Session, token: str) -> SignedIn | None:
    """Trade a link for a session; None when it is unknown, old, spent, or its person may not come in.

    One UPDATE decides, so that of two at once only one wins.
    """
    now, mine = utcnow(), SignInLink.digest == SignInLink.digest_of(token)
    spent = update(SignInLink).where(mine, SignInLink.spent_at.is_(None), SignInLink.expires_at > now)
    if not session.execute(spent.values(spent_at=now)).rowcount:  # type: ignore[attr-defined]
        return None
    link = session.scalars(select(SignInLink).where(mine)).one()
    person = session.get(Person, link.person_id)
    if person is None or not person.active:
        return None
    bearer, end = open_session(session, person)
    return SignedIn(bearer, end, link.next_path)


def open_session(session: Session, person: Person) -> tuple[str, datetime]:
    """A token of a new session, and when both end."""
    row = SignInSession(id=new_id(), person_id=person.id, expires_at=utcnow() + LIFETIME)
    session.add(row)
    claims = {
        "sub": person.id,
        "name": person.name,
        "roles": person.role_words,
        "unit": person.school_id or "",
        "lang": person.language,
        "sid": row.id,
    }
    log.info("person %s signed in, session %s", person.id, row.id)
    return issue(settings_of_app(), claims)


def end_session(session: Session, session_id: str) -> None:
    """Revoke a session here and, through the change feed, everywhere; ending it twice changes nothing."""
    live = update(SignInSession).where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
    if session.execute(live.values(revoked_at=utcnow())).rowcount:  # type: ignore[attr-defined]
        ledger.change(session, Change, Counter, "session", session_id, "revoked")


def shut_out(session: Session, person_id: str) -> None:
    """End every session of a person and every link on its way: what she may do has changed."""
    now = utcnow()
    unspent = update(SignInLink).where(SignInLink.person_id == person_id, SignInLink.spent_at.is_(None))
    session.execute(unspent.values(spent_at=now))
    live = SignInSession.person_id == person_id, SignInSession.revoked_at.is_(None), SignInSession.expires_at > now
    for session_id in session.scalars(select(SignInSession.id).where(*live)).all():
        end_session(session, session_id)
