"""The two services in processes of their own, with HTTP between them."""

import dataclasses
import sys

import httpx
import pytest
from sqlalchemy import text

import events_service
from events_service.directory import client, copying, queries
from services.errors import Unavailable
from tests.support.processes import free_port, spawn, wait_for_http
from tests.support.region import dispose, environ_of

pytestmark = [pytest.mark.slow, pytest.mark.one_engine("postgres")]


@pytest.fixture
def register(suite_settings, tmp_path):
    """The register alone under gunicorn; its address and its process."""
    port = free_port()
    args = [
        sys.executable,
        "-m",
        "gunicorn",
        "-b",
        f"127.0.0.1:{port}",
        "-k",
        "gthread",
        "--threads",
        "4",
        "wsgi:registry",
    ]
    with spawn(args, env=environ_of(suite_settings), log_path=tmp_path / "register.log") as process:
        wait_for_http(f"http://127.0.0.1:{port}/registry/health/ready")
        yield f"http://127.0.0.1:{port}", process


@pytest.fixture
def make_events(suite_settings):
    """The events service in this process, asking the register over the network."""
    made = []

    def make(url, key=None):
        settings = dataclasses.replace(suite_settings, registry_url=url)
        app = events_service.create_app(dataclasses.replace(settings, service_keys=(key,)) if key else settings)
        made.append(app)
        return app

    yield make
    dispose(*made)


def open_session(url, role):
    return httpx.post(f"{url}/registry/api/v1/demo/session", json={"role": role, "number": 0}, timeout=10).json()


def add_person(url, token, email):
    body = {"name": "Жаңа Адам", "email": email}
    reply = httpx.post(
        f"{url}/registry/api/v1/people", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=10
    )
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


def test_copy_follows_the_register_over_http_and_stays_when_it_dies(register, make_events):
    url, process = register
    events = make_events(url)
    registrar = open_session(url, "registrar")
    person_id = add_person(url, registrar["token"], "over-http@example.invalid")
    with events.app_context():
        assert queries.person(person_id).email == "over-http@example.invalid"
        process.kill()
        with pytest.raises(client.RegisterAway):
            copying.pull(events)
        assert queries.person(person_id).name == "Жаңа Адам"
        with pytest.raises(Unavailable):
            queries.person("0" * 16)
    health = events.test_client().get("/health/ready", base_url="http://127.0.0.1:8000")
    assert health.status_code == 200


def test_wrong_service_key_copies_nothing(register, make_events):
    url, _process = register
    events = make_events(url, key="another-key-of-thirty-two-letters-and-more")
    add_person(url, open_session(url, "registrar")["token"], "unseen@example.invalid")
    with events.app_context():
        with pytest.raises(client.RegisterAway):
            copying.pull(events)
        assert queries.person_by_mail("unseen@example.invalid") is None


def test_pullers_in_this_process_and_another_end_at_the_same_copy(register, make_events, suite_settings, tmp_path):
    url, _process = register
    events = make_events(url)
    token = open_session(url, "registrar")["token"]
    ids = [add_person(url, token, f"both{number}@example.invalid") for number in range(10)]
    script = (
        "import wsgi\nfrom events_service.directory import copying\n"
        "with wsgi.events.app_context():\n    copying.pull(wsgi.events)\n"
    )
    environ = {**environ_of(suite_settings), "REGISTRY_URL": url}
    with spawn([sys.executable, "-c", script], env=environ, log_path=tmp_path / "puller.log") as other:
        with events.app_context():
            copying.pull(events)
            emails = [queries.person(person_id).email for person_id in ids]
        other.watchdog.wait(60)
    assert emails == [f"both{number}@example.invalid" for number in range(10)]
    assert "Traceback" not in other.log
    with events.app_context():
        db = events.config["SERVICE"].db
        assert db.session.scalar(text("SELECT count(*) FROM person WHERE email LIKE 'both%'")) == 10
