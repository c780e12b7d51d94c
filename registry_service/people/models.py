"""People, their roles, and how they sign in."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry_service.db import db
from registry_service.schools.models import School
from services.database import Instant, utcnow
from services.rows import Identified

ROLES = ("organiser", "coordinator", "official", "registrar", "teacher")
SCOPED = {"organiser": "organisation", "coordinator": "territory"}


class Person(Identified, db.Model):
    """Somebody the programme knows: name, mail, language, school. No national number, ever."""

    __table_args__ = (Index(None, "sort_key"),)

    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(String(200))
    search: Mapped[str] = mapped_column(String(600))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="kk")
    school_id: Mapped[str | None] = mapped_column(ForeignKey("school.id"))
    active: Mapped[bool] = mapped_column(default=True)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    demo_number: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    school: Mapped[School | None] = relationship(lazy="joined")
    roles: Mapped[list["PersonRole"]] = relationship(cascade="all, delete-orphan", order_by="PersonRole.role")

    @property
    def role_words(self) -> list[str]:
        """Her roles as other services read them; whoever belongs to a school is a teacher."""
        implied = {"teacher"} if self.school_id else set()
        return sorted(implied | {role.word for role in self.roles})


class PersonRole(db.Model):
    """What a person may do, and where: an organiser of an organisation, a coordinator of a district."""

    __table_args__ = (UniqueConstraint("person_id", "role", "scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(20), default="")

    @property
    def word(self) -> str:
        return f"{self.role}:{self.scope}" if self.scope else self.role


class SignInLink(Identified, db.Model):
    """A link sent by mail: kept as a hash, good for ten minutes, spent once."""

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    spent_at: Mapped[datetime | None] = mapped_column(Instant)
    next_path: Mapped[str] = mapped_column(String(200), default="/")

    @staticmethod
    def digest_of(token: str) -> str:
        """What is kept of a link; the token itself only ever stands in the letter."""
        return sha256(token.encode()).hexdigest()


class Password(db.Model):
    """The hash of a password (argon2id), of those who want one; nobody has one to begin with."""

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)


class SignInSession(Identified, db.Model):
    """A session a token names; signing out revokes it for every service."""

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_by: Mapped[str] = mapped_column(String(10), default="link", server_default="link")
    person: Mapped[Person] = relationship()
