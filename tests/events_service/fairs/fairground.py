"""A published fair with two sections, and what authors and organisers do at it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from events_service.db import Notification, db
from events_service.fairs.models import Idea
from services.fields import as_utc
from services.mail import Letter
from tests.events_service import scene as scenes
from tests.events_service.scene import Json, Scene, in_days
from tests.support.suite import Suite

PHYSICS = {"kk": "Физика секциясы", "ru": "Секция физики", "en": "Section of physics"}
CHEMISTRY = {"kk": "Химия секциясы", "ru": "Секция химии", "en": "Section of chemistry"}
TITLE = {"kk": "Үйдегі тәжірибелер", "ru": "Опыты дома", "en": "Experiments at home"}
SUMMARY = {"kk": "Қарапайым заттармен", "ru": "С простыми вещами", "en": "With simple things"}


@dataclass
class Fairground:
    """`scene.organiser` organises; teachers are named by their numbers."""

    suite: Suite
    scene: Scene
    physics: str = ""
    chemistry: str = ""

    @property
    def slug(self) -> str:
        return str(self.scene.event["slug"])

    @property
    def organiser(self) -> str:
        return self.scene.organiser

    def path(self, rest: str = "") -> str:
        return f"/api/v1/fairs/{self.scene.event['id']}{rest}"

    def page(self, rest: str = "") -> str:
        return f"/fairs/{self.slug}{rest}"

    def teacher(self, number: int) -> str:
        return self.suite.sign_in("teacher", number)

    def add_section(self, title: Json, **more: Any) -> str:
        return str(self.scene.do("POST", self.path("/sections"), {"title": title, **more})["id"])

    def write(self, number: int = 1, **changed: Any) -> Json:
        """A draft of a teacher."""
        return self.scene.do("POST", self.path("/ideas"), self.body(**changed), as_=self.teacher(number))

    def body(self, **changed: Any) -> Json:
        return {"section": self.physics, "title": TITLE, "summary": SUMMARY, "minutes": 20, "consent": True} | changed

    def submit(self, number: int = 1, **changed: Any) -> Json:
        idea = self.write(number, **changed)
        return self.scene.do("POST", f"/api/v1/ideas/{idea['id']}/submit", as_=self.teacher(number))

    def accept(self, idea: Json, start: str = "", **slot: Any) -> Json:
        body = {"starts_at": at(start), **slot} if start else {}
        return self.scene.do("POST", f"/api/v1/ideas/{idea['id']}/accept", body)

    def accepted(self, number: int = 1, start: str = "", place: str = "", **changed: Any) -> Json:
        return self.accept(self.submit(number, **changed), start, **({"place": place} if place else {}))

    def place(self, idea: Json, start: str | None, **slot: Any) -> Json:
        body = {"starts_at": start and at(start), **slot}
        return self.scene.do("PUT", f"/api/v1/ideas/{idea['id']}/slot", body)

    def say(self, verb: str, idea: Json, as_: str, body: Any = None) -> int:
        return self.suite.json("POST", f"/api/v1/ideas/{idea['id']}/{verb}", body, as_=as_).status_code

    def row(self, idea: Json) -> Idea:
        with self.suite.events.app_context():
            return db.session.scalars(select(Idea).where(Idea.id == idea["id"])).one()

    def letter(self, kind: str, ref: str, language: str = "en") -> Letter | None:
        return self.scene.letter(kind, {"id": ref}, language)

    def owed(self, kind: str) -> list[Notification]:
        with self.suite.events.app_context():
            mine = Notification.kind == kind, Notification.topic == self.scene.event["id"]
            return list(db.session.scalars(select(Notification).where(*mine)))


def at(clock: str) -> str:
    """A time of the fair's day as JSON says it."""
    return as_utc(scenes_moment(clock)).isoformat()


def scenes_moment(clock: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(in_days(40, clock))


def open_fair(suite: Suite, **content: Any) -> Fairground:
    """A fair in forty days, from 10:00 to 13:00."""
    body = {"kind": "fair", "ends_at": in_days(40, "13:00"), "agenda": []} | content
    found = Fairground(suite, scenes.play(suite, **body))
    found.physics = found.add_section(PHYSICS, subject="Физика", topic="Электр тогы", districts=["ABA", "KAR"])
    found.chemistry = found.add_section(CHEMISTRY, moderator="А. Оспанова")
    return found
