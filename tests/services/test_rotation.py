"""Keys can be changed without a stop: what the former signed stays good, what nobody of ours signed is refused."""

import dataclasses
import secrets

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads, prepare_accept_content

import events_service
import registry_service
from events_service.calendars import addresses
from events_service.notifications import links
from services import doorbell
from tests.registry_service.people.scene import TEACHER
from tests.support.region import dispose, make_settings
from tests.support.suite import Browser, Suite, connect
from worker.app import make_app

pytestmark = pytest.mark.either_engine

CHANGES = "/registry/api/v1/changes?since=0&limit=1"


@pytest.fixture
def renewed(suite):
    """Both services on the same databases with other keys."""
    made = []

    def make(**changed):
        settings = dataclasses.replace(suite.settings, **changed)
        registry, events = registry_service.create_app(settings), events_service.create_app(settings)
        connect(registry, events)
        made.extend((registry, events))
        return Suite(settings, registry, events, suite.engine)

    yield make
    dispose(*made)


def feed_and_link(suite, person):
    with suite.events.app_context():
        return addresses.path_of(person), links.path_of("0123456789abcdef").rpartition("/")[2]


@pytest.mark.parametrize("kept", [True, False])
def test_form_calendar_and_guest_link_outlive_a_change_of_the_secret_only_by_its_fallback(suite, renewed, kept):
    from services.identity import read

    person = read(suite.settings, suite.sign_in("teacher", 0)).id
    old = Browser(suite, "ru", None)
    old.get("/registry/sign-in")
    form = old.form("/registry/sign-in")
    feed, link = feed_and_link(suite, person)
    fallbacks = (suite.settings.secret_key,) if kept else ()
    new = renewed(secret_key=secrets.token_urlsafe(32), secret_key_fallbacks=fallbacks)
    old.client.application = new.wsgi
    assert old.send(form, {"email": TEACHER}).status_code == (303 if kept else 400)
    assert new.browser().client.get(feed).status_code == (200 if kept else 404)
    with new.events.app_context():
        assert links.named_by(link) == ("0123456789abcdef" if kept else None)
    assert feed_and_link(new, person)[0] != feed


def ask_changes(suite, key):
    return suite.json("GET", CHANGES, headers={"Authorization": f"Bearer {key}"} if key else {}).status_code


def test_service_keys_rotate_the_first_is_used_all_are_believed(suite, renewed):
    old, new, other = suite.settings.service_keys[0], secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    rotating = renewed(service_keys=(new, old))
    assert [ask_changes(rotating, key) for key in (new, old, other, "", "x")] == [200, 200, 401, 401, 401]
    rotating.pull()
    rotated = renewed(service_keys=(new,))
    assert [ask_changes(rotated, key) for key in (new, old, f"{new},{old}", new.upper())] == [200, 401, 401, 401]


def test_session_token_is_no_service_key_and_the_other_way_round(suite):
    assert ask_changes(suite, suite.sign_in("registrar")) == 403
    key = suite.settings.service_keys[0]
    assert suite.json("GET", "/registry/api/v1/people", as_=key).status_code == 401


def test_worker_refuses_a_message_in_pickle():
    accepted = prepare_accept_content(make_app(make_settings(REDIS_URL="redis://127.0.0.1:1/0")).conf.accept_content)
    kind, encoding, body = dumps({"x": 1}, serializer="pickle")
    with pytest.raises(ContentDisallowed):
        loads(body, kind, encoding, accept=accepted)
    kind, encoding, body = dumps({"x": 1}, serializer="json")
    assert loads(body, kind, encoding, accept=accepted) == {"x": 1}
    assert doorbell._bell("redis://127.0.0.1:1/0").conf.task_serializer == "json"
