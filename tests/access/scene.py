"""The cast and the stage: twelve actors, and one thing of every kind for each of two tenants.

The first tenant is the methodical centre with the district ABA; the second is the institute SSI1
with the district of `coordinator1`. What stands in the addresses of the routes is found here by name.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from services.app import asset_version
from tests.events_service.scene import in_days
from tests.support.suite import ORIGIN, Suite, open_session

ACTORS = {
    "anonymous": None,
    "teacher": "teacher0000",
    "other teacher": "teacher0001",
    "organiser": "organiser0",
    "organiser of another organisation": "organiser3",
    "coordinator of the district": "coordinator0",
    "coordinator of another": "coordinator1",
    "official": "official0",
    "registrar": "registrar0",
    "juror": "juror0",
    "service key": None,
    "revoked session": "registrar1",
}
LOOSE = {"name": {"kk": "Жаңа мектеп"}, "small": True, "valid_from": "2021-01-01", "reason": "сахна"}
Ids = dict[str, str]


@dataclass
class Stage:
    """A suite with things of two tenants in it, and those who ask for them."""

    suite: Suite
    ids: Ids = field(default_factory=dict)
    foreign: Ids = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    forms: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def ask(
        self, actor: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        """One request as it should be: JSON by Bearer, forms by cookie and with the form's own token."""
        sent, client, data = dict(headers or {}), Client(self.suite.wsgi), {}
        token, api = self.tokens.get(actor, ""), "/api/" in path
        if token and (api or actor == "service key"):
            sent["Authorization"] = f"Bearer {token}"
        elif token:
            client.set_cookie("qonyrau", token, domain="127.0.0.1")
        if api and body is not None:
            data = {"json": body}
        elif method == "POST" and not api:
            data = self._form(client, path, body or {})
        return client.open(path, method=method, headers=sent, base_url=ORIGIN, **data)

    def _form(self, client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
        name = self.suite.app(path).name
        if name not in self.forms:
            self.forms[name] = form_token(self, name)
        cookie, value, token = self.forms[name]
        client.set_cookie(cookie, value, domain="127.0.0.1", path="/")
        coded = urlencode({"csrf_token": token, **body}, doseq=True)
        return {"data": coded, "content_type": "application/x-www-form-urlencoded"}


def form_token(stage: Stage, name: str) -> tuple[str, str, str]:
    """A form session of a service: its cookie's name and value, and the token that goes with it."""
    browser = stage.suite.browser("ru")
    browser.get("/registry/sign-in" if name == "registry" else f"/events/{stage.ids['fresh']}/register")
    found = next(e.get("value") for e in browser.tree.iter("input") if e.get("name") == "csrf_token")
    held = browser.client.get_cookie(f"qr_{name}", domain="127.0.0.1", path="/registry" if name == "registry" else "/")
    assert held is not None
    return held.key, held.value, found or ""


def set_stage(suite: Suite) -> Stage:
    """Everything in its place."""
    stage = Stage(suite)
    with suite.registry.app_context():
        for actor, who in ACTORS.items():
            if who:
                stage.tokens[actor] = open_session(f"{who}@example.invalid", suite.settings)
    stage.tokens["service key"] = suite.settings.service_keys[0]
    stage.ids, stage.foreign = _register(stage, "registrar", "ABA"), _register(stage, "registrar", _other(stage))
    stage.ids |= _events(stage, "organiser", "teacher")
    stage.foreign |= _events(stage, "organiser of another organisation", "other teacher")
    _revoke(stage)
    return stage


def do(stage: Stage, actor: str, method: str, path: str, body: Any = None) -> Any:
    reply = stage.ask(actor, method, path, body)
    assert reply.status_code in {200, 201, 204}, (method, path, reply.text)
    return reply.get_json() if reply.data else {}


def _other(stage: Stage) -> str:
    """The district of the other coordinator."""
    people = do(stage, "registrar", "GET", "/registry/api/v1/people?q=coordinator1@example.invalid")
    return str(people["items"][0]["roles"][0].partition(":")[2])


def _register(stage: Stage, actor: str, district: str) -> Ids:
    """Rows of the register that belong to a district."""
    api = "/registry/api/v1"

    def first(path: str, **wanted: Any) -> dict[str, Any]:
        found = do(stage, actor, "GET", f"{api}/{path}")["items"]
        return next(row for row in found if all(row[name] == value for name, value in wanted.items()))

    attachment = first(f"attachments?district={district}&limit=200")
    teacher = first(f"people?district={district}&limit=200", roles=["teacher"])
    signing = _sign_in_link(stage, teacher["email"])
    return {
        "district": district,
        "school": attachment["school"],
        "centre": attachment["centre"],
        "attachment": attachment["id"],
        "twinning": first(f"twinning?district={district}&limit=200")["id"],
        "enrolment": first("programmes/USHQYR_OI/enrolments?limit=200", district=district)["id"],
        "order": first("orders")["id"],
        "person": teacher["id"],
        "programme": "USHQYR_OI",
        "patron": first("schools?kind=innovative&limit=1")["code"],
        "loose": do(stage, actor, "POST", f"{api}/schools", {**LOOSE, "district": district})["code"],
        "link": signing,
        "version": asset_version(),
        "css": "kit.css",
        "by": "district",
    }


def _sign_in_link(stage: Stage, email: str) -> str:
    """The token of a live link; the letter that holds it is sent."""
    from registry_service.db import db
    from registry_service.people import signing_in

    suite = stage.suite
    with suite.registry.test_request_context(), db.transaction() as session:
        signing_in.request_link(session, email, "/")
        owed = session.scalars(select(_owed()).order_by(_owed().id.desc())).first()
        assert owed is not None
        return str(owed.params["token"])


def _owed() -> Any:
    from registry_service.db import Notification

    return Notification


def _events(stage: Stage, organiser: str, teacher: str) -> Ids:
    """Events of an organisation and who has registered for one of them."""
    body = {
        "kind": "webinar",
        "title": {"kk": "Сахна", "ru": "Сцена", "en": "Stage"},
        "starts_at": in_days(40, "10:00"),
        "ends_at": in_days(40, "12:00"),
        "format": "zoom",
        "join_url": "https://zoom.example/j/secret",
        "audience": {"rule": "everyone"},
    }

    def made(*steps: str) -> dict[str, Any]:
        event = do(stage, organiser, "POST", "/api/v1/events", body)
        for step in steps:
            do(stage, organiser, "POST", f"/api/v1/events/{event['id']}/{step}", {})
        return event

    event, fresh = made("publish"), made("publish")
    registration = do(stage, teacher, "POST", f"/api/v1/events/{event['id']}/registrations", {})
    guest = {"name": "Қонақ", "email": f"guest-{organiser[-4:].strip()}@example.invalid"}
    asked = do(stage, "anonymous", "POST", f"/api/v1/events/{event['id']}/registrations", {"guest": guest})
    return {
        "event": event["slug"],
        "fresh": fresh["slug"],
        "draft": made()["slug"],
        "cancelled": made("publish", "cancel")["slug"],
        "registration": registration["id"],
        "guest": _guest_link(stage, asked["id"]),
        "feed": do(stage, teacher, "GET", "/api/v1/me/calendar")["url"].rpartition("/")[2].removesuffix(".ics"),
        "message": _failed_message(stage, event["id"]),
        **_letter(stage),
    }


def _guest_link(stage: Stage, public_id: str) -> str:
    from events_service.notifications import links

    with stage.suite.events.app_context():
        return links.path_of(public_id).rpartition("/")[2]


def _failed_message(stage: Stage, event_id: str) -> str:
    from events_service.db import Notification, db

    with stage.suite.events.app_context(), db.transaction() as session:
        row = session.scalars(select(Notification).where(Notification.topic == event_id)).first()
        assert row is not None
        row.status, row.error = "failed", "no such mailbox"
        return str(row.id)


def _letter(stage: Stage) -> Ids:
    """The name of a file of the demonstration's letters."""
    from pathlib import Path

    stage.suite.drain()
    folder = Path(stage.suite.settings.mail_url.removeprefix("file:"))
    return {"letter": sorted(folder.glob("*.eml"))[-1].name}


def _revoke(stage: Stage) -> None:
    from registry_service.db import db
    from registry_service.people import signing_in
    from services import identity

    suite = stage.suite
    with suite.registry.app_context(), db.transaction() as session:
        found = identity.read(suite.settings, stage.tokens["revoked session"])
        assert found is not None
        signing_in.end_session(session, found.session)
    suite.pull()
