"""The whole suite in one process on a fresh copy of the demo region, and a browser without a screen."""

import email
import email.policy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree import ElementTree as ET

import httpx
import pytest
from flask import Flask
from flask_sqlalchemy.session import Session
from werkzeug.test import Client, TestResponse

from services import identity
from services.database import new_id, utcnow
from services.settings import Settings
from tests.support import pages

ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Suite:
    """Both apps, their settings, and what tests do with them."""

    settings: Settings
    registry: Flask
    events: Flask
    engine: str
    tokens: dict[tuple[str, int], str] = field(default_factory=dict)

    def app(self, path: str) -> Flask:
        return self.registry if path.split("/")[1] in {"registry", "demo"} else self.events

    def wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return self.app(environ["PATH_INFO"] or "/x")(environ, start_response)

    def browser(self, lang: str = "ru", as_: str | None = None) -> "Browser":
        return Browser(self, lang, as_)

    def sign_in(self, role: str, number: int = 0) -> str:
        """A token of a demo person."""
        if (role, number) not in self.tokens:
            width = 4 if role == "teacher" else 1
            with self.registry.app_context():
                self.tokens[role, number] = open_session(f"{role}{number:0{width}}@example.invalid", self.settings)
        return self.tokens[role, number]

    def json(
        self,
        method: str,
        path: str,
        body: Any = None,
        as_: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """One JSON call; `as_` is a token."""
        sent = dict(headers or {})
        if as_:
            sent["Authorization"] = f"Bearer {as_}"
        return Client(self.wsgi).open(path, method=method, json=body, headers=sent, base_url=ORIGIN)

    def get(self, path: str, as_: str | None = None, lang: str = "ru") -> TestResponse:
        return self.browser(lang, as_).get(path)

    def drain(self) -> None:
        """Send all mails that are due."""
        from worker.delivery import drain_all

        drain_all({"registry": self.registry, "events": self.events})

    def pull(self) -> None:
        """Copy what has changed in the register."""
        from events_service.directory import copying

        with self.events.app_context():
            copying.pull(self.events)

    def mails(self) -> list[email.message.EmailMessage]:
        """The mails in var/mail, oldest first."""
        folder = Path(self.settings.mail_url.removeprefix("file:"))
        found = sorted(folder.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


class Browser:
    """Keeps cookies, checks every page it is shown, fills forms as they stand on the page."""

    def __init__(self, suite: Suite, lang: str, token: str | None) -> None:
        self.client = Client(suite.wsgi)
        self.lang, self.url, self.html = lang, "/", ""
        self.response: TestResponse
        self.client.set_cookie("qonyrau_lang", lang, domain="127.0.0.1")
        if token:
            self.client.set_cookie("qonyrau", token, domain="127.0.0.1")

    def get(self, path: str, follow: bool = True) -> TestResponse:
        return self._open(path, "GET", None, follow)

    def post(self, path: str, data: dict[str, Any] | None = None, follow: bool = False) -> TestResponse:
        """A POST as a hostile client sends it: no token unless in `data`."""
        return self._open(path, "POST", data or {}, follow)

    def submit(self, action: str = "", follow: bool = True, button: str = "", **fields: Any) -> TestResponse:
        """Fill the form with this action (the only POST form when empty) and press a button of it."""
        return self._send(self.form(action), fields, button, follow)

    def submit_fields(
        self, fields: dict[str, Any], action: str = "", button: str = "", follow: bool = True
    ) -> TestResponse:
        return self._send(self.form(action), fields, button, follow)

    def send(self, form: ET.Element, fields: dict[str, Any], look: bool = True) -> TestResponse:
        """Send a form seen before, without looking at where the answer leads, nor at it unless `look`."""
        self.url = urlsplit(form.get("action") or self.url).path
        return self._send(form, fields, "", follow=False, look=look)

    def form(self, action: str = "") -> ET.Element:
        forms = [form for form in self.tree.iter("form") if form.get("method", "get").lower() == "post"]
        if action:
            forms = [form for form in forms if urlsplit(form.get("action") or self.url).path == action]
        else:
            forms = [form for form in forms if "sign-out" not in (form.get("action") or "")]
        assert len(forms) == 1, f"{len(forms)} forms for {action!r} on {self.url}"
        return forms[0]

    @property
    def tree(self) -> ET.Element:
        return pages.parse(self.html)

    @property
    def text(self) -> str:
        body = self.tree.find(".//main")
        return pages.text_of(body if body is not None else self.tree)

    def _send(
        self, form: ET.Element, fields: dict[str, Any], button: str, follow: bool, look: bool = True
    ) -> TestResponse:
        data = dict(_values(form))
        data.update(fields)
        if button:
            data[button] = data.get(button, "1")
        return self._open(urljoin(self.url, form.get("action") or self.url), "POST", data, follow, look)

    def _open(
        self, path: str, method: str, data: dict[str, Any] | None, follow: bool, look: bool = True
    ) -> TestResponse:
        body = urlencode(data, doseq=True) if data is not None else None
        kind = "application/x-www-form-urlencoded" if data is not None else None
        self.response = self.client.open(path, method=method, data=body, content_type=kind, base_url=ORIGIN)
        self.url = path
        if follow and self.response.status_code in {301, 302, 303, 307}:
            return self._open(
                urlsplit(self.response.location)._replace(scheme="", netloc="").geturl(), "GET", None, follow
            )
        if look and self.response.mimetype == "text/html" and method != "HEAD":
            self.html = self.response.get_data(as_text=True)
            if self.response.status_code not in {301, 302, 303, 307}:
                faults = pages.check_page(self.html, dict(self.response.headers))
                assert not faults, f"{method} {path}: {faults}"
        return self.response


def _values(form: ET.Element) -> Iterator[tuple[str, Any]]:
    """What a browser would send of a form nobody has touched."""
    lists: dict[str, list[str]] = {}
    for element in form.iter():
        name, kind = element.get("name"), element.get("type", "text")
        if not name or element.tag == "button":
            continue
        if element.tag == "textarea":
            yield name, "".join(element.itertext()).removeprefix("\n")
        elif element.tag == "select":
            chosen = [o for o in element.iter("option") if o.get("selected") is not None] or list(
                element.iter("option")
            )[:1]
            yield name, chosen[0].get("value", pages.text_of(chosen[0])) if chosen else ""
        elif kind in {"checkbox", "radio"}:
            if element.get("checked") is not None:
                lists.setdefault(name, []).append(element.get("value", "on"))
        elif kind not in {"submit", "file"}:
            yield name, element.get("value", "")
    yield from lists.items()


def open_session(address: str, settings: Settings) -> str:
    """Sign a person of the register in, without the mail."""
    from registry_service.changes.queries import person_row
    from registry_service.db import db
    from registry_service.people.models import Person, SignInSession

    person = db.session.scalars(db.select(Person).where(Person.email == address)).one()
    row, sid = person_row(person), new_id()
    with db.transaction() as session:
        session.add(SignInSession(id=sid, person_id=row["id"], expires_at=utcnow() + identity.LIFETIME))
    claims = {"sub": row["id"], "name": row["name"], "roles": row["roles"], "sid": sid}
    return identity.issue(settings, {**claims, "unit": row["school_id"] or "", "lang": row["language"]})[0]


def connect(registry: Flask, events: Flask) -> None:
    """Let events reach the register inside this process."""
    from events_service.directory.client import use_transport

    use_transport(events, httpx.WSGITransport(app=registry))


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Commits only flush, so that every request meets the same rows; the end of the request takes all back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "commit", lambda self: self.flush(), raising=False)
        yield
