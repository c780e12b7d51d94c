"""The edges of the suite: headers of every answer, addresses, hosts, queries and sizes."""

import dataclasses
import io
import logging
import re

import pytest
from werkzeug.test import Client

import events_service
import registry_service
from events_service.files.serving import SANDBOX
from services.app import POLICY
from tests.access import corpora, table
from tests.access.scene import ACTORS
from tests.support.suite import ORIGIN, nothing_kept

pytestmark = pytest.mark.one_engine("sqlite")

LINES = table.read()
NAMES = list(ACTORS)
SECRET = ("/registrations/<token", "/registry/sign-in/<token", "/calendars/my/<token")


def looks(letter: str = "a"):
    """The GET lines of the table that somebody is let in by."""
    return [line for line in LINES if line.method == "GET" and letter in line.letters]


def test_every_answer_carries_its_guards(stage):
    """Policy, sniffing, referrer, caches: as anonymous and as somebody signed in who may look."""
    for line in looks():
        for actor in dict.fromkeys(("anonymous", NAMES[max(line.letters.rfind("a", 0, 10), 0)])):
            reply = stage.ask(actor, "GET", line.address(stage.ids))
            faults = list(header_faults(reply.headers, actor != "anonymous", line.path.startswith(SECRET)))
            assert not faults, (actor, str(line), faults)


def header_faults(headers, signed_in: bool, secret: bool):
    cache, vary = headers.get("Cache-Control", ""), headers.get("Vary", "")
    attached = headers.get("Content-Disposition", "").startswith("attachment")
    if headers.get("Content-Security-Policy") not in ({POLICY, SANDBOX} if attached else {POLICY}):
        yield "policy"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "nosniff"
    if headers.get("Referrer-Policy") not in ({"no-referrer"} if secret else {"no-referrer", "same-origin"}):
        yield "referrer"
    if secret and headers.get("X-Robots-Tag") != "noindex":
        yield "robots"
    if "public" in cache and ("Set-Cookie" in headers or secret):
        yield "a shared cache would keep what is somebody's"
    if "public" not in cache and "private" not in cache and "no-store" not in cache:
        yield f"cache {cache!r}"
    if "public" not in cache and not secret and signed_in and "no-store" not in cache:
        yield f"kept: {cache!r}"
    if "public" not in cache and not secret and "no-store" not in cache and "Cookie" not in vary:
        yield f"vary {vary!r}"
    yield from (f"cookie {value}" for value in headers.getlist("Set-Cookie") if not _good_cookie(value))


def _good_cookie(value: str) -> bool:
    return "HttpOnly" in value and "SameSite=Lax" in value and "Path=/" in value and "Domain" not in value


@pytest.mark.parametrize(
    ("name", "value"), [("Content-Security-Policy", "default-src *"), ("Cache-Control", "public"), ("Vary", "Accept")]
)
def test_check_of_headers_would_notice_one_that_is_wrong(stage, name, value):
    headers = stage.ask("teacher", "GET", "/events/" + stage.ids["event"]).headers
    headers[name] = value
    if name == "Cache-Control":
        headers["Set-Cookie"] = "a=b"
    if name == "Vary":
        headers["Cache-Control"] = "private"
    assert list(header_faults(headers, False, False))


def test_policy_allows_nothing_inline_and_nothing_foreign():
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert "unsafe" not in POLICY and "script-src" not in rules
    closed = ("default-src", "base-uri", "object-src", "frame-ancestors")
    assert [rules[name] for name in closed] == ["'none'"] * 4


def test_what_a_shared_cache_may_keep_is_the_same_for_everybody(stage):
    shared = 0
    for line in looks():
        reply = stage.ask("anonymous", "GET", line.address(stage.ids))
        if "public" in reply.headers.get("Cache-Control", ""):
            shared += 1
            for actor in ("teacher", "organiser", "registrar"):
                other = stage.ask(actor, "GET", line.address(stage.ids))
                assert other.data == reply.data and "Set-Cookie" not in other.headers, (actor, str(line))
    assert shared >= 5


@pytest.fixture(scope="module")
def secure(stage):
    """Both services as they run behind https, on the same databases."""
    settings = dataclasses.replace(
        stage.suite.settings, env="test", public_url="https://qonyrau.example", trusted_hosts=("qonyrau.example",)
    )
    return registry_service.create_app(settings), events_service.create_app(settings), settings


def test_cookies_of_https_are_bound_to_the_host_and_secure(stage, secure):
    from registry_service.db import db
    from registry_service.people import signing_in
    from registry_service.people.models import Person

    registry, events, _settings = secure
    with registry.test_request_context(base_url="https://qonyrau.example"), nothing_kept():
        from registry_service.people.sign_in import let_in

        with db.transaction() as session:
            token, end = signing_in.open_session(session, session.get(Person, stage.ids["person"]))
        cookie = let_in(signing_in.SignedIn(token, end, "/")).headers["Set-Cookie"]
    assert cookie.startswith("__Host-qonyrau=")
    assert re.search("; Secure", cookie) and "; Path=/" in cookie and "Domain" not in cookie and "HttpOnly" in cookie
    for app, path in (
        (registry, "/registry/sign-in?lang=en"),
        (events, f"/events/{stage.ids['fresh']}/register?lang=en"),
    ):
        found = app.test_client().get(path, base_url="https://qonyrau.example").headers.getlist("Set-Cookie")
        assert len(found) == 2
        assert all("Secure" in value and _good_cookie(value) for value in found), found


@pytest.mark.parametrize(
    "host", ["evil.example", "qonyrau.example.evil.example", "evil.example:80", "qonyrau.example@evil.example"]
)
def test_forged_host_is_refused(stage, secure, host):
    registry, events, _settings = secure
    for app, path in (
        (registry, "/registry/sign-in"),
        (events, "/"),
        (events, "/calendars/all.ics"),
        (events, "/api/v1/events"),
    ):
        reply = app.test_client().get(path, headers={"Host": host})
        assert reply.status_code == 400, path
        assert "evil" not in reply.text


@pytest.mark.parametrize("proxies", [0, 1])
def test_forwarded_host_leads_nowhere(stage, secure, proxies):
    """Links in letters and feeds come from the settings; a redirect stays on this site."""
    settings = dataclasses.replace(secure[2], trusted_proxies=proxies)
    registry, events = registry_service.create_app(settings), events_service.create_app(settings)
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"}
    places = (
        (registry, "/registry/territories"),
        (events, "/calendars"),
        (events, f"/events/{stage.ids['event']}.ics"),
        (events, "/my"),
    )
    for app, path in places:
        reply = app.test_client().get(path, base_url="https://qonyrau.example", headers=forged)
        assert reply.status_code == (400 if proxies else 302 if path == "/my" else 200), path
        assert "evil.example" not in reply.text + reply.headers.get("Location", "")


def test_link_in_a_letter_comes_from_the_settings(stage):
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "Origin": "https://evil.example"}
    with nothing_kept():
        reply = stage.ask("anonymous", "POST", "/registry/sign-in", {"email": "teacher0003@example.invalid"}, headers)
    assert reply.status_code == 303
    assert not urls_of_letters(stage) - {ORIGIN}


def urls_of_letters(stage) -> set[str]:
    texts = [mail.get_body(("plain",)).get_content() for mail in stage.suite.mails()]
    return {url for text in texts for url in re.findall(r"https?://[^/\s]+", text) if "zoom.example" not in url}


@pytest.mark.parametrize("door", ["/registry/demo/sign-in", "/registry/sign-in/{link}"])
def test_return_address_never_leads_away(stage, door):
    assert len(set(corpora.RETURNS)) >= 60
    with nothing_kept():
        for given in corpora.RETURNS:
            body = {"role": "teacher", "number": "0", "next": given}
            reply = stage.ask("anonymous", "POST", door.format(**stage.ids), body)
            assert (reply.status_code, reply.headers["Location"]) == (303, "/"), repr(given)


def test_return_address_is_no_markup_on_the_page(stage):
    for given in (*corpora.RETURNS[::7], *corpora.MARKUP[::5]):
        reply = Client(stage.suite.wsgi).get("/registry/sign-in", query_string={"next": given}, base_url=ORIGIN)
        assert reply.status_code in {200, 422}
        assert "evil.example" not in reply.text.split("<main")[-1]


LISTS = {
    "/api/v1/events": "district kind programme subject language format q since until cursor limit",
    "/": "district kind programme subject language format q month cursor",
    "/calendars": "district kind programme subject format language cluster school",
    "/calendars/all.ics": "district kind programme subject format language cluster school lang",
    "/calendars/deadlines.ics": "district kind programme subject format language cluster school lang",
    "/registry/api/v1/schools": "district oblast territory_kind small centre kind cluster patron q as_of cursor limit",
    "/registry/schools": "district oblast kind cluster patron q as_of cursor",
    "/registry/api/v1/people": "q district role active cursor limit",
    "/registry/people": "q district role active cursor",
    "/registry/api/v1/attachments": "district school centre as_of cursor limit",
    "/registry/centres": "district as_of",
    "/registry/api/v1/twinning": "district school patron with_order as_of cursor limit",
    "/registry/api/v1/territories": "oblast kind as_of",
    "/registry/territories.csv": "oblast kind as_of",
    "/registry/orders": "q kind issuer year cursor",
    "/registry/api/v1/orders": "q kind issuer year cursor limit",
    "/registry/api/v1/orders/missing": "fact as_of cursor limit",
    "/registry/api/v1/calendar-days": "year kind since until cursor limit",
    "/api/v1/notifications": "event status cursor limit",
    "/notifications": "event group cursor",
    "/events/audience": "rule centre programme district oblast",
}


def test_every_query_field_takes_any_text_without_harm(stage):
    """All fields of a list at once, then each free one alone; an answer or a refusal, never an error."""
    for path, names in LISTS.items():
        actor = "organiser" if "notifications" in path or "audience" in path else "registrar"
        free = [[name] for name in names.split() if name in {"q", "district"}]
        for number, value in enumerate(corpora.QUERIES):
            for fields in (names.split(), *(free if number % 3 == len(path) % 3 else free[:1])):
                reply = ask(stage, actor, path, dict.fromkeys(fields, value))
                assert reply.status_code in {200, 404, 422}, (path, fields, value, reply.status_code)


def ask(stage, actor, path, query):
    from urllib.parse import urlencode

    return stage.ask(actor, "GET", f"{path}?{urlencode(query)}")


def test_wildcards_and_quotes_are_letters_of_a_search(stage):
    for path in ("/api/v1/events", "/registry/api/v1/schools", "/registry/api/v1/people"):
        whole = ask(stage, "registrar", path, {"limit": 1}).get_json()["total"]
        assert whole > 5
        for text in ("%", "_%", "\\", "\\%", "' OR '1'='1", "%%", "*"):
            assert ask(stage, "registrar", path, {"q": text, "limit": 1}).get_json()["total"] == 0, (path, text)


def test_sorting_and_unknown_filters_have_no_say(stage):
    for path in ("/api/v1/events", "/registry/api/v1/schools"):
        plain = ask(stage, "anonymous", path, {"limit": 5}).get_json()
        for extra in ("sort", "order_by", "fields", "include", "status", "id", "where"):
            assert ask(stage, "anonymous", path, {"limit": 5, extra: "1; DROP TABLE school"}).get_json() == plain


def test_too_much_is_refused_before_it_is_read(stage):
    big, many = b"x" * (3 * 1024 * 1024), "&".join(f"a{number}=1" for number in range(100_000))
    form = {"content_type": "application/x-www-form-urlencoded"}
    for path in ("/registry/sign-in", f"/events/{stage.ids['fresh']}/register"):
        for data in (big, b"email=" + big[: 600 * 1024], many):
            reply = Client(stage.suite.wsgi).post(path, data=data, base_url=ORIGIN, **form)
            assert reply.status_code in {400, 413}, (path, len(data))
        parts = {f"a{number}": "1" for number in range(2000)}
        reply = Client(stage.suite.wsgi).post(path, data=parts, content_type="multipart/form-data", base_url=ORIGIN)
        assert reply.status_code in {400, 413}
    token = {"Authorization": f"Bearer {stage.tokens['organiser']}"}
    reply = Client(stage.suite.wsgi).post(
        "/api/v1/events", data=big, headers=token, content_type="application/json", base_url=ORIGIN
    )
    assert reply.status_code == 413
    deep = b"[" * 100_000
    reply = Client(stage.suite.wsgi).post(
        "/api/v1/events", data=deep, headers=token, content_type="application/json", base_url=ORIGIN
    )
    assert reply.status_code in {400, 422}


def test_body_that_ends_early_or_says_no_length_is_no_error(stage):
    for length in ("1000", None):
        environ = {"CONTENT_LENGTH": length} if length else {"wsgi.input_terminated": True}
        reply = Client(stage.suite.wsgi).post(
            "/registry/sign-in", input_stream=io.BytesIO(b"email=a"), environ_overrides=environ, base_url=ORIGIN,
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert reply.status_code in {400, 413, 422}, length


def test_feed_address_is_a_secret_that_ends_when_it_is_replaced(stage, caplog):
    """Not in our logs, 160 bits, dead at once when replaced and when the account is closed; see also test_personal."""
    old = f"/calendars/my/{stage.ids['feed']}.ics"
    assert len(stage.ids["feed"]) >= 40 + 16
    with caplog.at_level(logging.DEBUG), nothing_kept():
        assert stage.ask("anonymous", "GET", old).status_code == 200
        assert stage.ask("anonymous", "GET", old[:-5] + "0.ics").status_code == 404
        assert stage.ask("anonymous", "GET", "/calendars/my/%00.ics").status_code == 404
    assert stage.ids["feed"] not in caplog.text
    suite, token = stage.suite, stage.tokens["juror"]
    own = suite.json("GET", "/api/v1/me/calendar", as_=token).get_json()["url"].removeprefix(ORIGIN)
    new = suite.json("POST", "/api/v1/me/calendar/rotate", as_=token).get_json()["url"].removeprefix(ORIGIN)
    assert (suite.json("GET", own).status_code, suite.json("GET", new).status_code) == (404, 200)


def test_no_feed_tells_how_to_reach_anybody(stage):
    """Every feed of the table, and every feed of a person: no address of a teacher or a guest, no link to join."""
    for line in looks():
        if line.path.endswith(".ics"):
            lines = stage.ask("anonymous", "GET", line.address(stage.ids)).text.replace("\r\n ", "")
            assert "example.invalid" not in lines and "Қонақ" not in lines, str(line)
            assert "my/" in line.path or "zoom.example/j/secret" not in lines, str(line)


def test_values_of_a_json_body_are_what_they_are(stage):
    """A form has only texts; a program that writes a number in quotes is told so."""
    path = f"/api/v1/events/{stage.ids['draft']}"
    with nothing_kept():
        for body in ({"capacity": "5"}, {"capacity": True}, {"restrict_to_audience": "on"}, {"all_day": 1}):
            assert stage.ask("organiser", "PATCH", path, body).status_code == 422, body
        for body in ({"capacity": 5.0}, {"restrict_to_audience": True, "all_day": None}):
            assert stage.ask("organiser", "PATCH", path, body).status_code == 200, body


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer old-key-", "Basic old-key-0123456789", "old", "Bearer é"]
)
def test_service_without_a_whole_key_is_refused(stage, given):
    reply = Client(stage.suite.wsgi).get(
        "/registry/api/v1/changes", headers={"Authorization": given} if given else {}, base_url=ORIGIN
    )
    assert reply.status_code == 401


def test_service_keys_are_changed_without_a_pause(stage):
    """Both keys while two are set, the new one alone afterwards; an empty item is no key."""
    old, new = "old-service-key-0123456789abcdefgh", "new-service-key-0123456789abcdefgh"
    for keys, answers in (((new, old), (200, 200)), ((new,), (200, 401)), ((), (401, 401)), (("",), (401, 401))):
        app = registry_service.create_app(dataclasses.replace(stage.suite.settings, service_keys=keys))
        for key, answer in zip((new, old), answers, strict=True):
            headers = {"Authorization": f"Bearer {key}"}
            assert (
                app.test_client().get("/registry/api/v1/changes", headers=headers, base_url=ORIGIN).status_code
                == answer
            )
        assert app.test_client().get("/registry/api/v1/changes", base_url=ORIGIN).status_code == 401, keys
