"""The apps of both services, made once in each process: their verbs run inside their own contexts."""

from collections.abc import Mapping
from functools import cache

import httpx
from flask import Flask

import events_service
import registry_service
from events_service.directory.client import use_transport
from services import settings as kit

Apps = Mapping[str, Flask]
EVENTS, REGISTRY = "events", "registry"


@cache
def settings() -> kit.Settings:
    return kit.load()


@cache
def apps() -> Apps:
    """Both apps; without REGISTRY_URL the register is asked inside this process."""
    registry, events = registry_service.create_app(settings()), events_service.create_app(settings())
    use_transport(events, httpx.WSGITransport(app=registry))
    return {EVENTS: events, REGISTRY: registry}
