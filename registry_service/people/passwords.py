"""Passwords, for those who want one: the link by mail always works beside them.

Hashing is slow on purpose, so it happens outside the transaction, and as long for an address nobody has.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn

from registry_service.db import Audit, Notification, db
from registry_service.people import signing_in
from registry_service.people.models import Password, Person
from services import doorbell, ledger
from services.database import new_id, utcnow
from services.errors import Forbidden, Invalid
from services.identity import Actor, settings_of_app
from services.text import normal_mail

# For a small host: 19 MiB and two passes are 20 to 60 ms; a hash made otherwise is made anew when it is used.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
ACTIONS = SET, CHANGED, REMOVED = "person.password_set", "person.password_changed", "person.password_removed"
LETTER_CHANGED, LETTER_REMOVED = "password_changed", "password_removed"
FEWEST_GUESSES, READ_OF_IT = 10**7, 72
# What a guesser tries first here; the library knows the English ones.
LOCAL = (
    "қоңырау", "qonyrau", "konyrau", "мектеп", "мұғалім", "школа", "школы", "учитель", "пароль", "құпиясөз",
    "қазақстан", "казахстан", "kazakhstan", "астана", "алматы", "қарағанды", "караганда", "karaganda",
    "жезқазған", "жезказган", "ұлытау", "улытау", "балқаш", "балхаш", "теміртау", "темиртау",
)  # fmt: skip
KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.")
REFUSED = VerificationError, ValueError


class Verified(NamedTuple):
    """Whose password it is, and the hash it was compared with."""

    person_id: str
    digest: str


def verified(email: str, given: str) -> Verified | None:
    """Whose password `given` is, if that person has this address and may come in; reads only."""
    found = select(Password.person_id, Password.digest).join(Person, Person.id == Password.person_id)
    row = db.session.execute(found.where(Person.email == normal_mail(email), Person.active)).first()
    db.session.rollback()  # nothing is held open while the hash is worked out
    return Verified(*row) if fits(row.digest if row else _nobodys(), given) and row else None


def fits(digest: str, given: str) -> bool:
    """Is `given` what the hash was made of?"""
    try:
        return HASHER.verify(digest, given)
    except REFUSED:
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """The hash that is asked where there is none, so that nobody can tell by the clock."""
    return HASHER.hash(new_id())


def renewed(row: Verified, given: str) -> str:
    """The row's hash, or another of the same password where the parameters have changed since."""
    return HASHER.hash(given) if HASHER.check_needs_rehash(row.digest) else row.digest


def sign_in(session: Session, row: Verified, digest: str, next_path: str) -> signing_in.SignedIn | None:
    """A session for a password verified before; None when it was changed or her access closed meanwhile."""
    mine = Password.person_id == row.person_id, Password.digest == row.digest
    person = session.get(Person, row.person_id)
    if not session.execute(update(Password).where(*mine).values(digest=digest)).rowcount:  # type: ignore[attr-defined]
        return None
    if person is None or not person.active:
        return None
    return signing_in.let(session, person, next_path, "password")


def check(name: str, email: str, given: str) -> None:
    """Raise Invalid for a password that is guessed early: common, near to one, or made of her name or address."""
    hers = [*re.split(r"[\W_\d]+", name), *re.split(r"[\W_]+", email), email.partition("@")[0]]
    known = [word for word in [*hers, *LOCAL] if len(word) > 2]
    lower = given.lower()
    for typed in {lower, lower.translate(KEYS)}:
        if int(zxcvbn(typed[:READ_OF_IT], user_inputs=known)["guesses"]) < FEWEST_GUESSES:
            raise Invalid({"password": [_("This is guessed too easily: take a longer one, or several words")]})


def prepare(actor: Actor, current: str, given: str) -> str:
    """The hash to keep of a new password, empty for none; raises when the old one is wrong or the new one weak.

    Call it outside a transaction.
    """
    old = db.session.scalar(select(Password.digest).where(Password.person_id == actor.id))
    hers = db.session.execute(select(Person.name, Person.email).where(Person.id == actor.id)).first()
    fresh = signing_in.came_by_link_now(actor.session)
    db.session.rollback()
    if hers is None or not (fresh or old):
        raise Forbidden(_("Sign in by a new link first"))
    if old and not (fresh and not current) and not fits(old, current):
        raise Invalid({"current": [_("This is not your present password")]})
    if not given:
        return ""
    check(hers.name, hers.email, given)
    return HASHER.hash(given)


def keep(session: Session, actor: Actor, digest: str) -> signing_in.SignedIn | None:
    """Keep a new hash, or none: all her sessions end but a new one, and a letter tells her."""
    session.execute(update(Person).where(Person.id == actor.id).values(version=Person.version))
    had = session.execute(delete(Password).where(Password.person_id == actor.id)).rowcount  # type: ignore[attr-defined]
    if digest:
        session.execute(insert(Password).values(person_id=actor.id, digest=digest, changed_at=utcnow()))
    action = (CHANGED if had else SET) if digest else REMOVED
    old, new = {"password": bool(had)}, {"password": bool(digest)}
    ledger.audit(session, Audit, actor, action, "person", actor.id, old=old, new=new)
    signing_in.shut_out(session, actor.id)
    person = session.get_one(Person, actor.id)
    _tell(session, person, LETTER_CHANGED if digest else LETTER_REMOVED)
    return signing_in.let(session, person, "/registry/my/sessions", "password") if person.active else None


def _tell(session: Session, person: Person, kind: str) -> None:
    row = Notification(kind=kind, subject_ref=new_id(), request_id=ledger.request_id(), language=person.language)
    row.recipient, row.recipient_id, row.recipient_name = person.email, person.id, person.name
    session.add(row)
    settings = settings_of_app()
    db.after_commit("doorbell", lambda: doorbell.ring_soon(settings))
