"""The cast and the stage: twelve actors who ask for the things of two tenants, see things.py."""

import io
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import Client, TestResponse

from tests.support.suite import ORIGIN, Suite

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
Ids = dict[str, str]


@dataclass(eq=False)
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
        """One request as it should be: JSON by Bearer, forms by cookie and with the form's own token.

        A body with a `file` goes as an upload: beside it stands a form, or the query of the JSON call.
        """
        sent, client, data = dict(headers or {}), Client(self.suite.wsgi), {}
        token, api = self.tokens.get(actor, ""), "/api/" in path
        if token and (api or actor == "service key"):
            sent["Authorization"] = f"Bearer {token}"
        elif token:
            client.set_cookie("qonyrau", token, domain="127.0.0.1")
        if api and body and "file" in body:
            data = {"data": upload(body["file"]), "query_string": {k: v for k, v in body.items() if k != "file"}}
        elif api and body is not None:
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
        if "file" in body:
            return {"data": {"csrf_token": token, **body, **upload(body["file"])}}
        coded = urlencode({"csrf_token": token, **body}, doseq=True)
        return {"data": coded, "content_type": "application/x-www-form-urlencoded"}


def upload(text: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(text.encode()), "file.pdf" if text.startswith("%PDF") else "file.csv")}


def form_token(stage: Stage, name: str) -> tuple[str, str, str]:
    """A form session of a service: its cookie's name and value, and the token that goes with it."""
    browser = stage.suite.browser("ru")
    browser.get("/registry/sign-in" if name == "registry" else f"/events/{stage.ids['fresh']}/register")
    found = next(e.get("value") for e in browser.tree.iter("input") if e.get("name") == "csrf_token")
    held = browser.client.get_cookie(f"qr_{name}", domain="127.0.0.1", path="/registry" if name == "registry" else "/")
    assert held is not None
    return held.key, held.value, found or ""


def do(stage: Stage, actor: str, method: str, path: str, body: Any = None) -> Any:
    reply = stage.ask(actor, method, path, body)
    assert reply.status_code in {200, 201, 204}, (method, path, reply.text)
    return reply.get_json() if reply.data else {}
