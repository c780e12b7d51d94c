"""One published event of the methodical centre, and what organisers and teachers do with it."""

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar, Component
from sqlalchemy import select, update

from events_service.db import Notification, db
from events_service.directory.models import Person, School
from events_service.directory.queries import audience_schools
from events_service.notifications import letters
from events_service.registrations import booking
from events_service.registrations.models import Registration
from events_service.registrations.pages import GUEST
from services.fields import today
from services.mail import Letter
from tests.support.suite import Suite

TITLE = {"kk": "Аралас сынып сабағы", "ru": "Урок в смешанном классе", "en": "A lesson in mixed classes"}
OPENING = {"kk": "Кіріспе", "ru": "Введение"}
Json = dict[str, Any]


def in_days(days: int, time: str = "10:00") -> str:
    """A wall-clock time of Almaty some days from now."""
    return f"{today() + timedelta(days=days)}T{time}"


@dataclass
class Scene:
    suite: Suite
    organiser: str
    event: Json

    def path(self, verb: str = "") -> str:
        return f"/api/v1/events/{self.event['id']}{verb}"

    def do(self, method: str, path: str, body: Any = None, as_: str | None = None) -> Json:
        reply = self.suite.json(method, path, body, as_=as_ or self.organiser)
        assert reply.status_code in {200, 201, 204}, reply.text
        return reply.get_json() if reply.data else {}

    def change(self, **content: Any) -> Json:
        return self.do("PATCH", self.path(), content)

    def cancel(self, reason: str = "") -> Json:
        return self.do("POST", self.path("/cancel"), {"reason": reason})

    def restore(self) -> Json:
        return self.do("POST", self.path("/restore"))

    def register(self, number: int, language: str = "") -> Json:
        """A teacher registers; her letters are in `language`."""
        teacher = self.suite.sign_in("teacher", number)
        if language:
            self.speak(number, language)
        return self.do("POST", self.path("/registrations"), {}, as_=teacher)

    def speak(self, number: int, language: str) -> None:
        with self.suite.events.app_context(), db.transaction() as session:
            session.scalars(select(Person).where(Person.email == mail_of(number))).one().language = language

    def ask(self, mail: str = "guest@example.invalid", language: str = "kk", name: str = "Қонақ") -> Json:
        guest = {"name": name, "email": mail, "language": language}
        reply = self.suite.json("POST", self.path("/registrations"), {"guest": guest})
        assert reply.status_code == 201, reply.text
        return reply.get_json()

    def confirm(self, registration: Json) -> None:
        """The guest presses the button behind the link in her letter."""
        with self.suite.events.app_context(), db.transaction() as session:
            row = session.scalars(select(Registration).where(Registration.public_id == registration["id"])).one()
            booking.confirm(session, GUEST, row)

    def withdraw(self, registration: Json, number: int) -> None:
        teacher = self.suite.sign_in("teacher", number)
        self.do("DELETE", f"/api/v1/registrations/{registration['id']}", as_=teacher)

    def letter(self, kind: str, registration: Json, language: str | None = None) -> Letter | None:
        """What the newest owed message of a kind would say now."""
        with self.suite.events.app_context():
            found = select(Notification).where(
                Notification.kind == kind, Notification.subject_ref == registration["id"]
            )
            message = db.session.scalars(found.order_by(Notification.id.desc())).first()
            assert message is not None, f"no {kind} is owed"
            db.session.expunge(message)
            message.language = language or message.language
            return letters.render(message)

    def owed(self, kind: str) -> list[Json]:
        items = self.do("GET", f"/api/v1/notifications?event={self.event['id']}&limit=200")["items"]
        return [item for item in items if item["kind"] == kind]

    def mails(self) -> list[EmailMessage]:
        """All letters about this event that have gone out."""
        self.suite.drain()
        return [mail for mail in self.suite.mails() if self.event["slug"] in text_of(mail) or self.mine(mail)]

    def mine(self, mail: EmailMessage) -> bool:
        return any(title in str(mail["Subject"]) for title in self.event["title"].values())

    def entry(self, path: str = "/calendars/all.ics") -> Component | None:
        """The event as it stands in a feed."""
        return entry_of(self.suite.json("GET", path).data, self.event["uid"])


def play(suite: Suite, **content: Any) -> Scene:
    """A webinar in forty days, published."""
    organiser = suite.sign_in("organiser")
    body = {
        "kind": "webinar",
        "title": TITLE,
        "description": {"kk": "Дәптер алып келіңіз", "ru": "Возьмите тетрадь", "en": "Bring a notebook"},
        "starts_at": in_days(40, "10:00"),
        "ends_at": in_days(40, "12:00"),
        "format": "zoom",
        "join_url": "https://zoom.example/j/123",
        "agenda": [{"starts_at": in_days(40), "title": OPENING, "presenter": "А. Оспанова"}],
    } | content
    scene = Scene(suite, organiser, {})
    scene.event = scene.do("POST", "/api/v1/events", body)
    scene.event = scene.do("POST", scene.path("/publish"))
    return scene


def small_school(scene):
    with scene.suite.events.app_context():
        return db.session.scalars(audience_schools({"rule": "small_class"}, today()).limit(1)).one()


def move_to(scene, number, school_id):
    """Let a teacher belong to this school, or to none."""
    with scene.suite.events.app_context(), db.transaction() as session:
        session.execute(update(Person).where(Person.email == mail_of(number)).values(school_id=school_id))


def other_school(scene):
    with scene.suite.events.app_context():
        small = audience_schools({"rule": "small_class"}, today()).with_only_columns(School.id).order_by(None)
        return db.session.scalars(select(School).where(School.id.not_in(small)).limit(1)).one()


def mail_of(number: int) -> str:
    return f"teacher{number:04}@example.invalid"


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return part.get_content() if part else ""


def calendar_of(body: bytes | None) -> Component:
    assert body is not None
    return Calendar.from_ical(body)


def entry_of(body: bytes, uid: str) -> Component | None:
    found = [entry for entry in Calendar.from_ical(body).walk("VEVENT") if str(entry["UID"]) == uid]
    assert len(found) < 2
    return found[0] if found else None
