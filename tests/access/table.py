"""The table of routes and actors, `routes.txt`: read, compared with the apps' routes, and walked.

A line is a method, a path and one letter for each actor, in the order of `scene.ACTORS`:
`a` answered (also 409, 410, 412 and 422: the state or the body is refused, not the person),
`s` must sign in (401, or sent to the sign-in page), `f` forbidden (403), `n` not there (404).
A hole in a path names what stands in it: `<ref=draft>` is the draft among the things of the scene.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from services.identity import SERVICE, Actor
from tests.access.bodies import filled
from tests.access.scene import ACTORS, Stage

FILE = Path(__file__).with_name("routes.txt")
HOLE = re.compile(r"<(?:[^<>]*:)?(\w+)(?:=(\w+))?>")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ANSWERED = {409, 410, 412, 422}
ROLES = {
    "anonymous": None,
    "teacher": {"teacher"},
    "other teacher": {"teacher"},
    "organiser": {"organiser:A"},
    "organiser of another organisation": {"organiser:B"},
    "coordinator of the district": {"coordinator:A"},
    "coordinator of another": {"coordinator:B"},
    "official": {"official:A"},
    "registrar": {"registrar"},
    "juror": {"teacher"},
    "service key": None,
    "revoked session": None,
}

# In contests they are nobody in particular, as others are who ask there: `EVERYTHING=1` lets them ask too.
STRANGERS = {
    "other teacher",
    "coordinator of the district",
    "coordinator of another",
    "registrar",
    "service key",
    "revoked session",
}


@dataclass(frozen=True)
class Line:
    """One route with one choice of things in its path, and what each actor is to get."""

    method: str
    path: str
    letters: str

    @property
    def route(self) -> tuple[str, str]:
        return self.method, HOLE.sub(r"<\1>", self.path)

    def address(self, ids: dict[str, str]) -> str:
        return HOLE.sub(lambda hole: ids.get(hole[2] or hole[1], hole[2] or ""), self.path)

    def __str__(self) -> str:
        return f"{self.method:<7}{self.path:<82}{' '.join(self.letters)}"


def read(text: str | None = None) -> list[Line]:
    """The lines of the table."""
    lines = []
    for text_line in (text or FILE.read_text(encoding="utf-8")).splitlines():
        if text_line.strip() and not text_line.startswith("#"):
            method, path, letters = text_line.split(None, 2)
            lines.append(Line(method, path, letters.replace(" ", "")))
    return lines


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(method, path without converters, endpoint) of everything an app answers."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, HOLE.sub(r"<\1>", rule.rule), rule.endpoint


def amiss(lines: Iterable[Line], *apps: Flask) -> list[str]:
    """Routes without a line, and lines without a route, each with the line to add or to take out."""
    lines = list(lines)
    written = {line.route for line in lines}
    known = {(method, path): (app, endpoint) for app in apps for method, path, endpoint in routes(app)}
    found = [
        f"add to {FILE.name}:  {proposed(app, *route, end)}"
        for route, (app, end) in known.items()
        if route not in written
    ]
    found += [f"no such route, take out:  {line}" for line in lines if line.route not in known]
    return found + [f"{len(ACTORS)} letters are wanted:  {line}" for line in lines if len(line.letters) != len(ACTORS)]


def proposed(app: Flask, method: str, path: str, endpoint: str) -> Line:
    """What the route's own declaration would give; a verb may allow less."""
    who = app.extensions["who"].get(endpoint)
    letters = ""
    for name, roles in ROLES.items():
        actor = None if roles is None else Actor(name, name, frozenset(roles), "")
        if who is SERVICE:
            letters += "a" if name == "service key" else "s" if actor is None else "f"
        elif name == "revoked session" and "/api/" in path:
            letters += "s"
        else:
            letters += "a" if who and who.allows(actor) else "s" if actor is None else "f"
    return Line(method, path, letters)


def letter(reply: TestResponse) -> str:
    """The answer as a letter; anything unexpected as its number."""
    status, place = reply.status_code, reply.headers.get("Location", "")
    if status == 401 or (status in {302, 303} and place.startswith("/registry/sign-in?next=")):
        return "s"
    if 200 <= status < 400 or status in ANSWERED:
        return "a"
    return {403: "f", 404: "n"}.get(status, f"({status})")


def walk(stage: Stage, line: Line) -> tuple[str, set[int]]:
    """What each actor gets, as letters, and the numbers of all answers that were given."""
    body = filled(line.route, stage.ids) if line.method in UNSAFE else None
    letters, given = "", set()
    for actor, written in zip(ACTORS, line.letters, strict=True):
        if actor in STRANGERS and "/contests/" in line.path and not os.environ.get("EVERYTHING"):
            letters += written
            continue
        reply = stage.ask(actor, line.method, line.address(stage.ids), body)
        letters += (found := letter(reply))
        given |= {reply.status_code} if found == "a" else set()
        reply.close()
    return letters, given
