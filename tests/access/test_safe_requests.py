"""What a request may do by its method alone: looking changes nothing, writing needs proof that it is meant."""

import hashlib

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from tests.access import table
from tests.access.bodies import BODIES, filled
from tests.access.scene import ACTORS
from tests.support.suite import ORIGIN, nothing_kept

pytestmark = pytest.mark.one_engine("sqlite")

LINES = table.read()
NAMES = list(ACTORS)
# Asked for by mail programs, which have no form: the signed link itself is the proof (RFC 8058).
ONE_CLICK = ("POST", "/unsubscribe/<token>")


NOTED = {"feed_fetch"}  # that a program fetched somebody's calendar is shown to her, as a log would


def content(suite) -> str:
    """Everything in both databases but what is noted of looking itself, as one digest."""
    digest = hashlib.sha256()
    for app in (suite.registry, suite.events):
        with app.app_context():
            db = app.config["SERVICE"].db
            for found in (one for one in db.metadata.sorted_tables if one.name not in NOTED):
                rows = db.session.execute(select(found)).all()
                digest.update("\n".join(sorted(map(str, rows))).encode())
    return digest.hexdigest()


def writers(api: bool):
    """A line of each unsafe route, and somebody who may use it."""
    seen = set()
    for line in LINES:
        if (
            line.method in table.UNSAFE
            and "a" in line.letters
            and ("/api/" in line.path) is api
            and line.route not in seen
        ):
            seen.add(line.route)
            yield line, NAMES[line.letters.rindex("a", 0, NAMES.index("service key"))]


def test_looking_changes_nothing(stage):
    """GET, HEAD and OPTIONS of every route, kept for good: both databases hold what they held."""
    before = content(stage.suite)
    for line in LINES:
        if line.method == "GET":
            actor = NAMES[max(line.letters.rfind("a", 0, NAMES.index("service key")), 0)]
            for method in ("GET", "HEAD", "OPTIONS"):
                reply = stage.ask(actor, method, line.address(stage.ids))
                assert reply.status_code < 500, (method, str(line))
                assert method == "GET" or reply.status_code >= 300 or not reply.data, (method, str(line))
    assert content(stage.suite) == before


def test_content_would_notice_a_change(stage):
    before = content(stage.suite)
    app = stage.suite.registry
    with app.app_context():
        db = app.config["SERVICE"].db
        with db.transaction() as session:
            session.execute(
                db.text("UPDATE person SET version = version + 1 WHERE id = :id"), {"id": stage.ids["person"]}
            )
        changed = content(stage.suite)
        with db.transaction() as session:
            session.execute(
                db.text("UPDATE person SET version = version - 1 WHERE id = :id"), {"id": stage.ids["person"]}
            )
    assert before != changed
    assert content(stage.suite) == before


def client_of(stage, actor) -> Client:
    client = Client(stage.suite.wsgi)
    if actor in stage.tokens:
        client.set_cookie("qonyrau", stage.tokens[actor], domain="127.0.0.1")
    return client


@pytest.mark.parametrize("token", ["none", "foreign", "of the other service", "without its cookie"])
def test_form_without_its_own_token_writes_nothing(stage, token):
    suite, before, tried = stage.suite, content(stage.suite), 0
    for line, actor in writers(api=False):
        if line.route == ONE_CLICK:
            continue
        stage.ask("anonymous", "POST", "/events/x/register")  # both form sessions are there
        stage.ask("anonymous", "POST", "/registry/sign-out")
        name = suite.app(line.path).name
        other = "events" if name == "registry" else "registry"
        client, data = client_of(stage, actor), filled(line.route, stage.ids)
        if token != "without its cookie":
            client.set_cookie(stage.forms[name][0], stage.forms[name][1], domain="127.0.0.1")
        if token != "none":
            data["csrf_token"] = {"foreign": "x" * 90, "of the other service": stage.forms[other][2]}.get(
                token, stage.forms[name][2]
            )
        reply = client.post(line.address(stage.ids), data=data, base_url=ORIGIN)
        assert reply.status_code in {400, 404}, (str(line), reply.status_code)
        tried += 1
    assert tried > 20
    assert content(suite) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_json_by_cookie_from_elsewhere_writes_nothing(stage, headers):
    before, tried = content(stage.suite), 0
    for line, actor in writers(api=True):
        if actor == "anonymous" or "demo" in line.path:
            continue  # nobody's cookie is in it
        reply = client_of(stage, actor).open(
            line.address(stage.ids),
            method=line.method,
            json=filled(line.route, stage.ids),
            headers=headers,
            base_url=ORIGIN,
        )
        assert reply.status_code == 403, (str(line), reply.status_code)
        tried += 1
    assert tried > 15
    assert content(stage.suite) == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_json_call_takes_no_body_a_form_could_send(stage, kind):
    """A form of another site can send these three without asking the browser first."""
    with nothing_kept():
        for line, actor in writers(api=True):
            if not BODIES.get(line.route) or "demo" in line.path or "file" in BODIES[line.route]:
                continue
            headers = {"Authorization": f"Bearer {stage.tokens[actor]}", "Content-Type": kind}
            reply = Client(stage.suite.wsgi).open(
                line.address(stage.ids), method=line.method, data=b'{"a": 1}', headers=headers, base_url=ORIGIN
            )
            assert reply.status_code == 415, (str(line), reply.status_code)


def test_signing_out_by_a_button_elsewhere_is_asked_again(stage):
    with nothing_kept():
        client = client_of(stage, "teacher")
        reply = client.post("/registry/sign-out", headers={"Origin": "https://evil.example"}, base_url=ORIGIN)
        assert reply.status_code == 400
        assert client.post("/registry/sign-out", headers={"Origin": ORIGIN}, base_url=ORIGIN).status_code == 303
