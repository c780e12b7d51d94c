"""Both services on empty databases, for what does not depend on rows nor on the engine."""

import dataclasses

import pytest

import events_service
import registry_service
from tests.support.region import dispose, make_settings
from tests.support.suite import Suite, connect


@pytest.fixture
def bare(tmp_path):
    """Makes them with changed settings."""
    made = []
    urls = {f"{name.upper()}_DATABASE_URL": f"sqlite:///{tmp_path}/{name}.db" for name in ("registry", "events")}
    settings = make_settings(**urls)

    def make(**changed):
        own = dataclasses.replace(settings, **changed)
        registry, events = registry_service.create_app(own), events_service.create_app(own)
        connect(registry, events)
        made.extend((registry, events))
        return Suite(own, registry, events, "sqlite")

    yield make
    dispose(*made)
