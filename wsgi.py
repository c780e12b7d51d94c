"""The WSGI callables of the suite: `registry`, `events`, and `single` (both under one address).

Each is made on first use, so that a process that serves one service loads only that one.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import httpx
from flask import Flask

import demo
import events_service
import registry_service
from events_service.directory.client import use_transport
from services import logs
from services import settings as kit_settings

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@cache
def settings() -> kit_settings.Settings:
    """Read once; from then on this process writes its lines in the form they ask for."""
    found = kit_settings.load()
    logs.init_logging(found.log_format)
    return found


@cache
def registry_app() -> Flask:
    app = registry_service.create_app(settings())
    if settings().demo:
        demo.add_to(app)
    return app


@cache
def events_app() -> Flask:
    app = events_service.create_app(settings())
    if settings().demo:
        demo.guard(app)
    if not settings().registry_url:
        use_transport(app, httpx.WSGITransport(app=lambda environ, start: registry_app()(environ, start)))
    return app


def _single(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Both services under one address; no prefix is ever stripped."""
    path = environ.get("PATH_INFO", "")
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    app = registry_app() if first in {"registry", "demo"} else events_app()
    return app(environ, start_response)


def __getattr__(name: str) -> Wsgi:
    """Made when it is asked for, whole: a server asks before it forks and before anybody calls."""
    if name == "registry":
        return registry_app()
    if name == "events":
        return events_app()
    if name == "single":
        registry_app(), events_app()
        return _single
    raise AttributeError(name)
