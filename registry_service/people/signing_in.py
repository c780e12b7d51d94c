"""The verbs of signing in: a link by mail, spent once by a button, and a session that can be ended."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, insert, literal, select, update
from sqlalchemy.orm import Session

from registry_service.db import Change, Counter, Notification, db
from registry_service.people.models import Person, SignInLink, SignInSession
from registry_service.people.returning import safe_path
from services import doorbell, ledger
from services.database import new_id, utcnow
from services.identity import LIFETIME, actor, issue, settings_of_app
from services.text import normal_mail

log = logging.getLogger("qonyrau.sign_in")
LINK_LIFE = timedelta(minutes=10)
LETTER = "sign_in_link"


@dataclass(frozen=True)
class SignedIn:
    """A new session: its token, when it ends, and where to go."""

    token: str
    end: datetime
    next_path: str


def request_link(session: Session, email: str, next_path: str) -> None:
    """Owe the person of this address a link; an address nobody has gets none.

    The caller cannot tell which, not even by the clock: the same statements run in any case, and
    what they insert is selected from the person, if there is one.
    """
    now, token, link_id = utcnow(), secrets.token_urlsafe(32), new_id()
    ledger.next_number(session, Counter, "sign_in_requests")
    _insert_for(
        session,
        SignInLink,
        select(Person.id.label("person_id")).where(Person.email == normal_mail(email), Person.active),
        id=link_id,
        digest=SignInLink.digest_of(token),
        created_at=now,
        expires_at=now + LINK_LIFE,
        next_path=safe_path(next_path),
    )
    _insert_for(
        session,
        Notification,
        _recipient().join(SignInLink, SignInLink.person_id == Person.id).where(SignInLink.id == link_id),
        kind=LETTER,
        subject_ref=link_id,
        params={"token": token},
        request_id=ledger.request_id(),
    )
    settings = settings_of_app()
    db.after_commit("doorbell", lambda: doorbell.ring_soon(settings))


def _recipient() -> Select[Any]:
    return select(
        Person.email.label("recipient"),
        Person.id.label("recipient_id"),
        Person.name.label("recipient_name"),
        Person.language.label("language"),
    )


def _insert_for(session: Session, model: type[Any], found: Select[Any], **values: Any) -> None:
    """INSERT one row of `values` for each row found."""
    fixed = [literal(value, getattr(model, name).type) for name, value in values.items()]
    names = [*found.selected_columns.keys(), *values]
    session.execute(insert(model).from_select(names, found.add_columns(*fixed)))


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
    return let(session, person, link.next_path, "link")


def let(session: Session, person: Person, next_path: str, opened_by: str) -> SignedIn:
    """Sign a person in; whatever session this browser had before is over."""
    before = actor()
    if before:
        end_session(session, before.session)
    return SignedIn(*open_session(session, person, opened_by), next_path)


def came_by_link_now(session_id: str) -> bool:
    """Was this session opened by a link a moment ago? That proves her as well as a password."""
    row = db.session.get(SignInSession, session_id)
    return row is not None and row.opened_by == "link" and row.created_at > utcnow() - LINK_LIFE


def open_session(session: Session, person: Person, opened_by: str = "link") -> tuple[str, datetime]:
    """A token of a new session, and when both end."""
    row = SignInSession(id=new_id(), person_id=person.id, expires_at=utcnow() + LIFETIME, opened_by=opened_by)
    session.add(row)
    claims = {
        "sub": person.id,
        "name": person.name,
        "roles": person.role_words,
        "unit": person.school_id or "",
        "lang": person.language,
        "sid": row.id,
    }
    log.info("signed in by %s", opened_by, extra={"person": person.id})
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
