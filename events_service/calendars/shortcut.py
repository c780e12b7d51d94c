"""Feeds that have not changed, answered before the framework: programs ask far oftener than events change.

An answer is learnt from the app's own and given again, to the same request only, while the stamp of its
feed is the present one. Whatever is unusual, or goes wrong here, is the app's to answer.
"""

import logging
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

from flask import Flask
from werkzeug.http import http_date, is_resource_modified, remove_entity_headers

from events_service.calendars import fetching, stamps
from events_service.calendars.kept import Feed, Shelf
from events_service.db import db
from services import logs, metrics
from services.settings import Settings

FEED = "qonyrau.feed"  # where the page leaves in the environ what it has answered
FRESH = {"date", "x-request-id"}
SAME = ("PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_X_FORWARDED_HOST", "HTTP_ACCEPT_ENCODING")
UNUSUAL = ("AUTHORIZATION", "COOKIE", "RANGE", "IF_RANGE", "IF_MATCH", "IF_UNMODIFIED_SINCE")
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
STATUS = {200: "200 OK", 304: "304 NOT MODIFIED"}
Environ = dict[str, Any]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]
HeaderList = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A whole answer of the app, and what of it goes with a 304; `path` is the one that a log may hold."""

    feed: Feed
    body: bytes
    headers: HeaderList
    etag: str
    rule: str
    path: str

    @property
    def size(self) -> int:
        return self.feed.size

    @cached_property
    def without_body(self) -> HeaderList:
        """The headers of a 304, the validator not among them."""
        kept = [pair for pair in self.headers if pair[0] != "ETag"]
        remove_entity_headers(kept)
        return kept


class Shortcut:
    """Stands before an app's WSGI callable."""

    def __init__(self, app: Flask, inner: Wsgi) -> None:
        self._app, self._inner = app, inner
        with app.app_context():
            self._engine = db.engine
        settings: Settings = app.config["SETTINGS"]
        self._same = (*SAME, *(["REMOTE_ADDR"] if settings.demo else []))  # the demonstration answers one machine

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not (path.startswith("/calendars/") and path.endswith(".ics")) or _unusual(environ):
            return self._inner(environ, start)
        began, key = perf_counter(), tuple(environ.get(name, "") for name in self._same)
        answer = self._known(key)
        if answer is None:
            return self._learn(key, environ, start)
        return self._give(answer, environ, start, began)

    def _shelf(self) -> Shelf[Answer]:
        found: Shelf[Answer] = self._app.extensions.setdefault("feed_answers", Shelf())
        return found

    def _known(self, key: tuple[str, ...]) -> Answer | None:
        """The answer to such a request, if its feed is as it was."""
        answer = self._shelf().get(key)
        if answer is None:
            return None
        try:
            now = stamps.by_driver(self._engine, answer.feed.owner)
        except Exception as error:  # the app knows how to say that the database is away
            logging.getLogger("qonyrau.calendars").warning("no stamp: %s", type(error).__name__)
            return None
        return answer if now == answer.feed.stamp else None

    def _learn(self, key: tuple[str, ...], environ: Environ, start: Start) -> Iterable[bytes]:
        seen: list[Any] = []

        def note(status: str, headers: HeaderList, *rest: Any) -> Any:
            seen[:] = [status, headers]
            return start(status, headers, *rest)

        result = self._inner(environ, note)
        if FEED not in environ or environ["REQUEST_METHOD"] != "GET" or not seen[0].startswith("200"):
            return result
        body = b"".join(result)
        feed, etag, rule, shown = environ[FEED]
        kept = [pair for pair in seen[1] if pair[0].lower() not in FRESH]
        self._shelf().put(key, Answer(feed, body, kept, etag, rule, shown))
        if callable(close := getattr(result, "close", None)):
            close()
        return [body]

    def _give(self, answer: Answer, environ: Environ, start: Start, began: float) -> Iterable[bytes]:
        if answer.feed.owner:
            fetching.note(self._app, environ["PATH_INFO"], environ.get("HTTP_USER_AGENT", ""))
        etag = _matched(answer, environ)
        status = 304 if etag else 200
        headers = [*answer.without_body, ("ETag", f'"{etag}"')] if etag else answer.headers
        given = environ.get("HTTP_X_REQUEST_ID", "")
        name = given if given and REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        start(STATUS[status], [*headers, ("Date", http_date()), ("X-Request-Id", name)])
        self._write(answer, environ["REQUEST_METHOD"], status, perf_counter() - began, name)
        return [] if etag or environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _write(self, answer: Answer, method: str, status: int, seconds: float, name: str) -> None:
        """Count it and write its line, as the kit does for every other answer."""
        labels = self._app.name, method, answer.rule
        metrics.REQUESTS.labels(*labels, status).inc()
        metrics.SECONDS.labels(*labels).observe(seconds)
        if not logs.log.isEnabledFor(logging.INFO):
            return
        line = {"method": method, "path": answer.path, "status": status, "duration": round(seconds * 1000, 1)}
        logs.log.info("request", extra={**line, "request_id": name, "person": ""})


def _unusual(environ: Environ) -> bool:
    by_date = "HTTP_IF_MODIFIED_SINCE" in environ and "HTTP_IF_NONE_MATCH" not in environ
    known = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
    return not known or by_date or any(f"HTTP_{name}" in environ for name in UNUSUAL)


def _matched(answer: Answer, environ: Environ) -> str:
    """The validator under which the reader has the feed already; empty where she has not."""
    named = environ.get("HTTP_IF_NONE_MATCH")
    if named is None or named == f'"{answer.etag}"':
        return answer.etag if named else ""
    forms = (answer.etag, *(form for form in answer.feed.forms if form != answer.etag))
    return next((form for form in forms if not is_resource_modified(environ, etag=f'"{form}"')), "")
