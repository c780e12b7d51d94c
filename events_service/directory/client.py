"""Asking the register for what has changed: bounded waits, a key of our own, no state."""

import ssl
from functools import cache
from typing import Any

import httpx
import stamina
from flask import Flask

from services.ledger import request_id

CONNECT, READ = 2.0, 5.0


class RegisterAway(Exception):
    """The register did not answer, or not with what was asked for."""


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates of the world: reading them takes 40 ms of processor, so not for each call."""
    return httpx.create_ssl_context()


def use_transport(app: Flask, transport: httpx.BaseTransport) -> None:
    """Reach the register inside this process instead of over the network."""
    app.extensions["register_transport"] = transport


def changes(app: Flask, since: int, within: float | None = None) -> dict[str, Any]:
    """One page of the change feed after `since`; with somebody waiting, one try of `within` seconds."""
    timeout = httpx.Timeout(within or READ, connect=min(within or CONNECT, CONNECT))
    tries = 1 if within else 2
    try:
        for attempt in stamina.retry_context(on=httpx.TransportError, attempts=tries, timeout=15, wait_max=1):
            with attempt:
                return _get(app, since, timeout)
    except (httpx.HTTPError, ValueError) as error:
        raise RegisterAway(str(error)) from error
    raise RegisterAway("no answer")


def answers(app: Flask) -> bool:
    """Is the register there? Waits for a second at most."""
    settings = app.config["SETTINGS"]
    if not settings.registry_url:
        return True  # in this process, or asked through it
    try:
        live = f"{settings.registry_url}/registry/health/live"
        return httpx.get(live, timeout=1, trust_env=False, verify=_trusted()).is_success
    except httpx.HTTPError:
        return False


def _get(app: Flask, since: int, timeout: httpx.Timeout) -> dict[str, Any]:
    settings = app.config["SETTINGS"]
    key = settings.service_keys[0] if settings.service_keys else ""
    base = settings.registry_url or settings.public_url
    transport = app.extensions.get("register_transport") if not settings.registry_url else None
    http = httpx.Client(base_url=base, timeout=timeout, transport=transport, trust_env=False, verify=_trusted())
    with http:
        reply = http.get(
            "/registry/api/v1/changes",
            params={"since": since, "limit": 500},
            headers={"Authorization": f"Bearer {key}", "X-Request-Id": request_id()},
        )
    reply.raise_for_status()
    page: dict[str, Any] = reply.json()
    return page
