"""A teacher who follows something, and the letters that come to her of it."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from events_service.db import db
from events_service.directory.models import Person, School
from tests.events_service.scene import Json, mail_of
from tests.support.suite import Suite

PATH = "/api/v1/me/subscriptions"


@dataclass
class Follower:
    suite: Suite
    number: int = 5

    def follow(self, **follows: list[str]) -> Json:
        return self.put(follows=follows)

    def put(self, **body: Any) -> Json:
        reply = self.suite.json("PUT", PATH, body, as_=self.suite.sign_in("teacher", self.number))
        assert reply.status_code == 200, reply.text
        return reply.get_json()

    def mails(self) -> list[EmailMessage]:
        """All that has come to her so far; drains first."""
        self.suite.drain()
        return [mail for mail in self.suite.mails() if mail["To"].addresses[0].addr_spec == mail_of(self.number)]

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails()]


def district_of(suite: Suite, number: int) -> str:
    with suite.events.app_context():
        person = db.session.scalars(select(Person).where(Person.email == mail_of(number))).one()
        school = db.session.get(School, person.school_id)
        assert school is not None
        return school.territory_code
