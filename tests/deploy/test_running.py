"""The exact commands and health checks of docker-compose.yml as local processes behind a real nginx."""

import os
import re
import time

import httpx
import psycopg
import pytest

from tests.deploy.compose import is_ours
from tests.deploy.parts import LASTING, all_parts, row
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def parts(postgres_server, tmp_path_factory):
    with all_parts(postgres_server, tmp_path_factory.mktemp("parts")) as found:
        yield found


def test_every_service_of_ours_runs_and_is_well(parts):
    ours = {name for name, service in parts.services.items() if is_ours(service)}
    assert ours == {*LASTING, "migrate", "backup"}
    for name in (*LASTING, "gateway"):
        result = parts.check(name)
        assert result.returncode == 0, f"{name}: {result.stdout}{result.stderr}"


def test_command_or_check_that_is_broken_is_noticed(parts, tmp_path):
    parts.services["registry"]["command"] = ["gunicorn", "wsgi:nobody"]
    try:
        assert not parts.healthy_after_start("registry", tmp_path)
    finally:
        parts.services["registry"]["command"] = ["gunicorn", "wsgi:registry"]
    good = parts.services["events"]["healthcheck"]["test"]
    for name, words in {
        "events": [*good[:-1], "/health/nothing"],
        "worker": ["CMD", "bash", "deploy/healthy.sh", "beating", "-1"],
        "beat": ["CMD", "bash", "deploy/nothing.sh", "beating", "60"],
    }.items():
        before = parts.services[name]["healthcheck"]
        parts.services[name] = {**parts.services[name], "healthcheck": {"test": words}}
        assert not parts.healthy(name), name
        parts.services[name]["healthcheck"] = before
        assert parts.healthy(name), name


def test_sign_of_life_that_stops_is_noticed(parts):
    loop = parts.processes["loop"].child
    loop.suspend()
    try:
        path = parts.folder / "loop.heartbeat"
        os.utime(path, (time.time() - 61, time.time() - 61))
        assert "no sign of life" in parts.check("loop").stdout
    finally:
        loop.resume()
    parts.wait("loop")


def test_each_role_opens_its_own_database_only(parts, postgres_server):
    own = parts.environ("registry")
    foreign = own["EVENTS_DATABASE_URL"].replace("//events:", "//registry:")
    psycopg.connect(own["REGISTRY_DATABASE_URL"].replace("+psycopg", "")).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(foreign.replace("+psycopg", ""))
    assert row(postgres_server, "postgres", "SELECT datcollate FROM pg_database WHERE datname = 'events'") == "C.UTF-8"


def test_only_the_register_is_given_the_signing_key(parts):
    holders = {name for name in (*LASTING, "migrate") if parts.environ(name)["REGISTRY_SIGNING_KEY"]}
    assert holders == {"registry"}


@pytest.fixture(scope="module")
def journey(parts):
    """From an empty register: the first registrar, an organiser and a teacher, an event, a registration."""
    names = "code,kind,name_kk\nUMC,methodical_centre,Орталық\n"
    (parts.folder / "organisations.csv").write_text(names, encoding="utf-8")
    ground = parts.run("registry", "flask", "--app", "wsgi:registry", "ground", "load", str(parts.folder))
    assert "1 organisations added" in ground.stdout, ground.stderr
    add = ("flask", "--app", "wsgi:registry", "people", "add", "Бірінші", "first@example.kz", "--role", "registrar")
    added = parts.run("registry", *add, "--role", "organiser:UMC")
    assert "may sign in: organiser:UMC, registrar" in added.stdout, added.stderr
    first = sign_in(parts, "first@example.kz")
    person = {"name": "Мұғалім", "email": "teacher@example.kz", "roles": ["teacher"]}
    assert post(first, "/registry/api/v1/people", person).status_code == 201
    event = {"kind": "seminar", "title": {"ru": "Семинар"}, "capacity": 5, "audience": {"rule": "everyone"}}
    times = {"starts_at": "2031-05-01T05:00:00Z", "ends_at": "2031-05-01T07:00:00Z"}
    made = post(first, "/api/v1/events", {**event, **times}).json()
    assert post(first, f"/api/v1/events/{made['id']}/publish", None).json()["status"] == "published"
    teacher = sign_in(parts, "teacher@example.kz")
    registered = post(teacher, f"/api/v1/events/{made['id']}/registrations", {})
    assert registered.status_code == 201, registered.text
    return {"event": made, "teacher": teacher, "registration": registered.json()}


def client(parts):
    return httpx.Client(base_url=parts.gateway, timeout=20, headers={"Accept-Language": "ru"})


def post(browser, path, body):
    return browser.post(path, json=body, headers={"Origin": str(browser.base_url).rstrip("/")})


def sign_in(parts, address):
    """By the page, the letter, its link and the button, as people do."""
    browser = client(parts)
    send_form(browser, "/registry/sign-in", email=address)
    link = wait_until(lambda: link_to(parts, address))
    assert link.startswith(parts.gateway)
    send_form(browser, link.removeprefix(parts.gateway))
    assert browser.cookies.get("qonyrau")
    return browser


def send_form(browser, path, **fields):
    page = browser.get(path)
    [token] = set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text))
    reply = browser.post(path, data={"csrf_token": token, **fields}, headers={"Referer": f"{browser.base_url}{path}"})
    assert reply.status_code == 303, reply.text


def link_to(parts, address):
    for received in reversed(parts.sink.messages):
        if address in received.recipients:
            text = received.message.get_body(("plain",)).get_content()
            return re.search(r"http\S+/registry/sign-in/\S+", text)[0]
    return None


def test_journey_through_all_parts_ends_with_a_letter(parts, journey, postgres_server):
    assert journey["registration"]["status"] == "confirmed"
    subjects = wait_until(lambda: letters(parts, "teacher@example.kz", 2))
    assert len(subjects) == 2
    copied = row(postgres_server, "events", "SELECT count(*) FROM person")
    assert copied == row(postgres_server, "registry", "SELECT count(*) FROM person") == 2
    logs = {name: parts.processes[name].log for name in LASTING}
    assert not [name for name, log in logs.items() if "Traceback" in log], logs


def letters(parts, address, least):
    found = [received.message["Subject"] for received in parts.sink.messages if address in received.recipients]
    return found if len(found) >= least else None


def test_gateway_brings_each_path_to_its_service(parts):
    with client(parts) as browser:
        assert browser.get("/health/ready").json()["status"] == "ok"
        assert browser.get("/registry/health/ready").json()["status"] == "ok"
        assert "/registry/sign-in" in browser.get("/registry/sign-in").text
        assert browser.get("/registryx").status_code == 404
        assert browser.get("/demo/sign-in").status_code == 404
        for path in ("/metrics", "/registry/metrics", "/metrics/x", "/%6detrics", "//metrics", "/x/../metrics"):
            reply = browser.get(f"{parts.gateway}{path}")
            assert reply.status_code == 404 and "X-Content-Type-Options" not in reply.headers, path


def test_gateway_compresses_and_names_each_request(parts):
    with client(parts) as browser:
        page = browser.get("/", headers={"Accept-Encoding": "gzip", "X-Request-Id": "mine"})
        assert page.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in page.headers["Vary"]
        assert re.fullmatch(r"[0-9a-f]{32}", page.headers["X-Request-Id"])
        problem = browser.get("/api/v1/events/none")
        assert problem.json()["request_id"] == problem.headers["X-Request-Id"]
        assert "Content-Encoding" not in browser.get("/", headers={"Accept-Encoding": "identity"}).headers
        style = re.search(r"/static/\w+/kit\.css", page.text)[0]
        kept = [browser.get(style) for _ in range(2)]
        assert "immutable" in kept[1].headers["Cache-Control"] and kept[1].headers["X-Cache"] == "HIT"


def test_public_feed_is_kept_for_seconds_and_answers_304(parts, journey):
    with client(parts) as browser:
        path = "/calendars/all.ics?kind=seminar"
        first, second = browser.get(path), browser.get(path)
        assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")
        assert first.content == second.content and b"BEGIN:VEVENT" in first.content
        assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
        again = browser.get(path, headers={"If-None-Match": second.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert browser.get(f"/events/{journey['event']['slug']}.ics").headers["X-Cache"] == "MISS"
        asked = {"If-None-Match": first.headers["ETag"]}
        late = wait_until(lambda: no_hit(browser.get(path, headers=asked)), pause=0.5)
        assert (late.status_code, late.headers["X-Cache"]) == (304, "REVALIDATED")
        for headers in ({"Cookie": "qonyrau=x"}, {"Authorization": "Bearer x"}):
            assert browser.get(path, headers=headers).headers["X-Cache"] == "BYPASS"


def test_personal_feed_is_never_kept_nor_written_down(parts, journey):
    url = journey["teacher"].get("/api/v1/me/calendar").json()["url"]
    for _ in range(2):
        reply = httpx.get(url)
        assert reply.status_code == 200 and "X-Cache" not in reply.headers
        assert "private" in reply.headers["Cache-Control"]
    token = url.rpartition("/")[2]
    httpx.get(url.replace("/my/", "/%6dy/"))
    log = (parts.folder / "gateway.log").read_text()
    assert '"path":"/calendars/my/-"' in log
    assert token not in log


def test_gateway_refuses_what_is_too_large(parts):
    with client(parts) as browser:
        large = browser.post("/events/new", content=b"x" * 1_100_000)
        assert large.status_code == 413 and "Файл" in large.text
        assert browser.post("/api/v1/events", content=b"x" * 1_100_000).json()["status"] == 413
        import_path = "/registry/api/v1/imports?kind=schools"
        assert "x-content-type-options" in browser.post(import_path, content=b"x" * 1_100_000).headers
        assert browser.post(import_path, content=b"x" * 6_400_000).json()["title"] == "Content Too Large"


def test_forwarded_words_are_counted_not_believed(parts):
    """One proxy is trusted here: the address a client claims for itself is not."""
    with client(parts) as browser:
        forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        assert browser.get("/", headers=forged).status_code == 200
        assert browser.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_backup_and_restore_run_as_the_services_own_roles(parts, journey, postgres_server):
    made = parts.run("backup")
    assert made.returncode == 0, made.stderr
    folder = made.stdout.strip()
    assert folder.startswith(str(parts.folder))
    done = parts.run("backup", "python", "-m", "worker", "restore", folder, "--overwrite")
    assert done.returncode == 0 and "0 letters are held back" in done.stdout, done.stderr
    assert row(postgres_server, "events", "SELECT count(*) FROM registration") == 1
    owner = "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public'"
    assert row(postgres_server, "registry", owner) == "pg_database_owner"
    assert all(parts.healthy(name) for name in ("registry", "events"))


def test_service_that_is_away_is_said_so_and_feeds_go_on(parts, journey):
    """Last: it ends the events service for good."""
    path = "/calendars/all.ics?kind=seminar&lang=ru"
    with client(parts) as browser:
        before = browser.get(path)
        parts.processes["events"].kill()
        assert not parts.healthy("events")
        page = browser.get("/")
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert "Служба сейчас недоступна" in page.text
        assert browser.get("/api/v1/events").headers["Content-Type"] == "application/problem+json"
        assert browser.get("/registry/health/ready").status_code == 200
        after = wait_until(lambda: no_hit(browser.get(path)), pause=0.5)
        assert (after.headers["X-Cache"], after.content) == ("STALE", before.content)


def no_hit(reply):
    return None if reply.headers["X-Cache"] == "HIT" else reply
