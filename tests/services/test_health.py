"""Ready while it can serve: what only makes it slower is told as degraded, with 200."""

import dataclasses

import pytest
import redis

import registry_service
from services import doorbell, limits
from tests.support import valkey
from tests.support.processes import free_port
from tests.support.region import make_settings

PATHS = {"registry": "/registry/health/ready", "events": "/health/ready"}


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


@pytest.fixture
def ready(suite):
    def ask(**changed):
        settings = dataclasses.replace(suite.settings, **changed)
        for app in (suite.registry, suite.events):
            app.config["SETTINGS"] = settings
        replies = {app.name: app.test_client().get(PATHS[app.name]) for app in (suite.registry, suite.events)}
        assert all(reply.status_code == 200 for reply in replies.values())
        return {name: reply.get_json() for name, reply in replies.items()}

    return ask


def test_all_is_well_without_a_broker_and_with_the_peer_in_this_process(ready):
    found = ready()
    assert found["registry"] == {"status": "ok", "database": "ok", "schema": "ok", "redis": "none"}
    assert found["events"] == {"status": "ok", "database": "ok", "schema": "ok", "redis": "none", "register": "ok"}


def test_broker_that_is_there_evicts_or_is_gone(ready, tmp_path, monkeypatch):
    with valkey.start(tmp_path / "valkey") as found:
        good = {"status": "ok", "database": "ok", "schema": "ok", "redis": "ok"}
        assert ready(redis_url=found.url)["registry"] == good
        open_ = ready(redis_url=found.url, env="production")
        assert (open_["registry"]["status"], open_["registry"]["redis"]) == ("ok", "no password")
        redis.Redis.from_url(found.url).config_set("maxmemory-policy", "allkeys-lru")
        evicting = ready(redis_url=found.url)
        assert {(one["status"], one["redis"]) for one in evicting.values()} == {("degraded", "evicts")}
        found.kill()
        limits.shared.cache_clear()
        gone = ready(redis_url=found.url)
        assert {(one["status"], one["redis"]) for one in gone.values()} == {("degraded", "away")}


def test_register_that_does_not_answer_degrades_events_only(ready):
    found = ready(registry_url=f"http://127.0.0.1:{free_port()}")
    assert (found["registry"]["status"], found["events"]["status"]) == ("ok", "degraded")
    assert found["events"]["register"] == "away"


def test_without_its_database_it_is_not_ready(tmp_path):
    app = registry_service.create_app(make_settings(REGISTRY_DATABASE_URL=f"sqlite:///{tmp_path}/none/x.db"))
    assert app.test_client().get(PATHS["registry"]).status_code == 503
    assert app.test_client().get("/registry/health/live").status_code == 200
