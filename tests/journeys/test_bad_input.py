"""Hostile input into every form and every JSON call: a clear refusal in the reader's language, never a 500.

The forms and calls are found by walking the routes, so a new one is covered the day it is written.
"""

import os
import re
from itertools import cycle
from typing import Any

import pytest

from tests.access.contests import thing_of
from tests.access.scene import Stage
from tests.access.things import set_stage
from tests.events_service.fairs.fairground import open_fair
from tests.support import pages
from tests.support.suite import nothing_kept

HUGE = str(2**63 + 1)
HOSTILE_TEXT = ("а\x00б", "x" * 10_240, HUGE, "2021-13-45", "𝕏\u2028\u202e")
HOSTILE_JSON: tuple[Any, ...] = (
    *HOSTILE_TEXT,
    "\ud800",
    2**63 + 1,
    -1,
    1e300,
    None,
    True,
    [],
    {},
    [None],
    {"kk": "\x00"},
    {"rule": 1},
)
SKIPPED = {"csrf_token"}
# PostgreSQL refuses what SQLite takes (NUL, long numbers, long texts).
pytestmark = pytest.mark.one_engine("postgres")


@pytest.fixture
def suite(shared_suite):
    """One suite for all: what is accepted is taken back."""
    with nothing_kept():
        yield shared_suite


@pytest.fixture(scope="module")
def scene(shared_suite):
    """Refs that fill the holes of the routes, and who may call them."""
    suite = shared_suite
    organiser = suite.sign_in("organiser", 0)
    body = {"kind": "seminar", "title": {"kk": "Сынақ", "ru": "Проба"}, "date_precision": "none"}
    draft = suite.json("POST", "/api/v1/events", body, as_=organiser).get_json()
    event = suite.json("POST", "/api/v1/events", body, as_=organiser).get_json()
    assert suite.json("POST", f"/api/v1/events/{event['id']}/publish", as_=organiser).status_code == 200
    own = suite.json(
        "POST", f"/api/v1/events/{event['id']}/registrations", {}, as_=suite.sign_in("teacher", 0)
    ).get_json()
    registrar = suite.sign_in("registrar", 0)
    listed = lambda path: suite.json("GET", path, as_=registrar).get_json()["items"]  # noqa: E731
    first = lambda path: listed(path)[0]["id"]  # noqa: E731
    enrolments = "/registry/api/v1/programmes/USHQYR_OI/enrolments"
    fair = open_fair(suite)
    contests = set_stage(Stage(suite)).ids
    return {
        **contests,
        "draft": draft["slug"],
        "event": event["slug"],
        "registration": own["id"],
        "school": first("/registry/api/v1/schools"),
        "person": first("/registry/api/v1/people"),
        "order": first("/registry/api/v1/orders"),
        "attachment": first("/registry/api/v1/attachments"),
        "twinning": first("/registry/api/v1/twinning"),
        "enrolment": first(enrolments),
        "fair": fair.slug,
        "section": fair.physics,
        "idea": fair.submit(0)["id"],
        "sketch": fair.write(0)["id"],
        "year": listed("/registry/api/v1/academic-years")[0]["code"],
        "day": first("/registry/api/v1/calendar-days"),
    }


FORMS = [
    ("organiser", "/events/new"),
    ("organiser", "/events/{draft}/edit"),
    ("organiser", "/events/{event}/edit"),
    ("organiser", "/events/{event}/cancel"),
    ("", "/events/{event}/register"),
    ("juror", "/events/{event}/register"),
    ("teacher", "/events/{event}/withdraw"),
    ("organiser", "/fairs/{fair}/settings"),
    ("organiser", "/fairs/{fair}/sections/new"),
    ("organiser", "/fairs/{fair}/sections/{section}"),
    ("organiser", "/fairs/{fair}/sections/{section}/fill"),
    ("organiser", "/fairs/{fair}/ideas/{idea}/decline"),
    ("teacher", "/fairs/{fair}/ideas/new"),
    ("teacher", "/fairs/{fair}/ideas/{idea}/edit"),
    ("organiser", "/fairs/{fair}/ideas/{idea}/slot"),
    ("organiser", "/contests/{contest}/rules"),
    ("organiser", "/contests/{contest}/load"),
    ("organiser", "/contests/{contest}/criteria/{nomination}/{stage}"),
    ("organiser", "/contests/{court}/jury/members/new"),
    ("juror", "/contests/{court}/jury/{sheet}"),
    ("teacher", "/contests/{race}/entries/{unsent}/text"),
    ("organiser", "/contests/{decided}/results/appeals/{appeal}"),
    ("organiser", "/contests/{judged}/protocol/{protocol}/edit"),
    ("", "/registry/sign-in"),
    ("registrar", "/registry/schools/new"),
    ("registrar", "/registry/schools/SYN-ABA-001/edit"),
    ("registrar", "/registry/centres/attachments/new"),
    ("registrar", "/registry/centres/attachments/{attachment}"),
    ("registrar", "/registry/twinning/new"),
    ("registrar", "/registry/twinning/{twinning}"),
    ("registrar", "/registry/programmes/USHQYR_OI/enrol"),
    ("registrar", "/registry/programmes/enrolments/{enrolment}"),
    ("registrar", "/registry/orders/new"),
    ("registrar", "/registry/orders/{order}/edit"),
    ("registrar", "/registry/calendar/new"),
    ("registrar", "/registry/calendar/{year}/edit"),
    ("registrar", "/registry/calendar/{year}/days/new"),
    ("registrar", "/registry/calendar/days/{day}/edit"),
    ("registrar", "/registry/imports"),
    ("registrar", "/registry/people/new"),
    ("registrar", "/registry/people/{person}/edit"),
]


def fields_of(form):
    """The fields of a form; of lines that repeat (`agenda.3.start`) the first."""
    names = {e.get("name") for e in form.iter() if e.tag in {"input", "textarea", "select"} and e.get("name")}
    return sorted({re.sub(r"\.\d+\.", ".0.", name) for name in names if name not in SKIPPED})


def refused_at(html: str) -> set[str]:
    """The fields that an answered form calls wrong, as the page writes their names."""
    return set(re.findall(r'<a href="#f-([^"]+)">', html))


@pytest.mark.parametrize(("role", "path"), FORMS, ids=[f"{role or 'guest'}-{path}" for role, path in FORMS])
def test_form_refuses_hostile_fields_and_keeps_what_was_typed(suite, scene, role, path):
    """Each hostile text in all fields at once; then alone in fields that did not refuse it by themselves,

    for only there can it get past the schema. The page of the answer is looked at in the first round.
    """
    browser = suite.browser("ru", suite.sign_in(role, 0) if role else None)
    path = path.format(**scene)
    browser.get(path)
    form = browser.form(path)
    kept = dict.fromkeys(keepable(form), "Оставить это")
    for number, value in enumerate(HOSTILE_TEXT):
        fields = [name for name in fields_of(form) if name not in kept]
        check(browser.send(form, {**dict.fromkeys(fields, value), **kept}), kept)
        refused = refused_at(browser.html)
        left = [name for name in fields if name.removesuffix("[]").replace(".", "-") not in refused]
        for name in [*kept, *in_turn(left, number)]:
            check(browser.send(form, {**kept, name: value}, look=False), {k: v for k, v in kept.items() if k != name})


def in_turn(names: list[str], number: int) -> list[str]:
    """Alone each name is tried with every third of the hostile values, beginning with another one each."""
    return names if "EVERYTHING" in os.environ else names[-number % 3 :: 3]


def check(reply, kept: dict[str, str]) -> None:
    assert reply.status_code < 500, reply.text
    if reply.status_code in {400, 409, 412, 422}:
        assert all(text in reply.text for text in kept.values())


def keepable(form) -> list[str]:
    """One free text field, to see that what is typed into it comes back."""
    texts = [e.get("name") for e in form.iter("textarea")]
    texts += [e.get("name") for e in form.iter("input") if e.get("type", "text") == "text"]
    return [name for name in texts if name and name.endswith((".ru", "reason", "name"))][:1]


OLD_FORM = {"kk": "Форма ескірді", "ru": "Форма устарела", "en": "The form had grown old"}


def test_form_without_its_token_is_shown_again_with_what_was_typed(suite, scene):
    """The languages take turns."""
    for (role, path), (lang, words) in zip(FORMS, cycle(OLD_FORM.items()), strict=False):
        browser = suite.browser(lang, suite.sign_in(role, 0) if role else None)
        path = path.format(**scene)
        browser.get(path)
        typed = dict.fromkeys(keepable(browser.form(path)), "Оставить это")
        reply = browser.post(path, typed)
        assert reply.status_code == 400, path
        assert words in browser.text, (path, browser.text[:300])
        assert all("Оставить это" in browser.html for _ in typed), path


def operations(app):
    """(method, path, body schema) of every JSON call of an app that takes a body."""
    document = (
        app.test_client()
        .get(f"{app.config['SERVICE'].prefix}/api/v1/openapi.json", base_url="http://127.0.0.1:8000")
        .get_json()
    )
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "requestBody" in operation:
                if "application/json" not in operation["requestBody"]["content"]:
                    continue  # a file: tests/registry_service/imports/test_hostile_files.py
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                yield method.upper(), path, schemas[schema["$ref"].split("/")[-1]]["properties"]


def fill(path: str, scene: dict[str, str]) -> str:
    names = {
        "ref": scene["school"] if "schools" in path else scene["fair"] if "fairs" in path else scene["draft"],
        "section_id": scene["section"],
        "idea_id": scene["idea"],
        "code": scene["year"] if "academic-years" in path else "USHQYR_OI",
        "day_id": scene["day"],
        "order_id": scene["order"],
        "person_id": scene["person"],
        "enrolment_id": scene["enrolment"],
        "link_id": scene["attachment"] if "attachments" in path else scene["twinning"],
    }
    if "/contests/" in path:
        return re.sub(r"{(\w+)}", lambda hole: scene[thing_of(path, hole[1])], path)
    return path.format(**names) if "registrations" not in path else path.format(ref=scene["event"])


@pytest.mark.parametrize("service", ["registry", "events"])
def test_json_calls_refuse_hostile_members(suite, scene, service):
    """Each hostile value in all members at once; then alone in each member that did not refuse it by itself."""
    app, role = (suite.registry, "registrar") if service == "registry" else (suite.events, "organiser")
    token, tried, alone = suite.sign_in(role, 0), 0, 0

    def send(method, path, body):
        reply = suite.json(method, path, body, as_=token)
        assert reply.status_code < 500, (method, path, body)
        assert_problem(reply)
        return reply

    for method, pattern, properties in operations(app):
        path = fill(pattern, scene)
        for number, value in enumerate(HOSTILE_JSON):
            wrong = wrong_members(send(method, path, dict.fromkeys(properties, value)))
            left = in_turn([name for name in properties if name not in wrong], number)
            for name in left:
                send(method, path, {name: value})
            tried, alone = tried + len(properties), alone + len(left)
        for body in ([], "text", 5, None):
            send(method, path, body)
    assert tried > 300
    assert 50 < alone < tried


def wrong_members(reply) -> set[str]:
    """The members that a refused body's answer calls wrong."""
    return set(reply.get_json().get("errors", ())) if reply.status_code == 422 else set()


def assert_problem(reply):
    if reply.status_code >= 400:
        assert reply.mimetype == "application/problem+json"
        assert {"title", "status"} <= set(reply.get_json())


@pytest.mark.parametrize("bad", ["\x00", HUGE, "x" * 3000, "../../etc", "%00", "é"])
def test_unknown_names_in_paths_are_refused(suite, bad):
    from urllib.parse import quote

    for role, method, path in WRITES:
        reply = suite.json(method, path.format(quote(bad, safe="")), {}, as_=suite.sign_in(role, 0))
        assert reply.status_code in {404, 405, 413, 414, 422}, (method, path, reply.status_code)
    for path in READS:
        reply = suite.browser("ru", suite.sign_in("organiser", 0)).get(path.format(quote(bad, safe="")))
        assert reply.status_code in {403, 404, 410, 414, 422}, (path, reply.status_code)


WRITES = [
    ("organiser", "PATCH", "/api/v1/events/{}"),
    ("organiser", "POST", "/api/v1/events/{}/publish"),
    ("organiser", "DELETE", "/api/v1/events/{}"),
    ("teacher", "POST", "/api/v1/events/{}/registrations"),
    ("teacher", "DELETE", "/api/v1/registrations/{}"),
    ("organiser", "PUT", "/api/v1/ideas/{}/slot"),
    ("organiser", "PATCH", "/api/v1/fairs/{}"),
    ("registrar", "PATCH", "/registry/api/v1/schools/{}"),
    ("registrar", "PATCH", "/registry/api/v1/people/{}"),
    ("registrar", "PATCH", "/registry/api/v1/twinning/{}"),
    ("registrar", "PATCH", "/registry/api/v1/academic-years/{}"),
    ("registrar", "DELETE", "/registry/api/v1/calendar-days/{}"),
    ("registrar", "POST", "/registry/api/v1/imports/{}/confirm"),
    ("teacher", "PATCH", "/api/v1/ideas/{}"),
    ("teacher", "POST", "/api/v1/fairs/{}/ideas"),
    ("teacher", "POST", "/api/v1/contests/{}/entries"),
    ("juror", "PUT", "/api/v1/contests/{}/sheets/x"),
    ("chair", "POST", "/api/v1/contests/{}/stages/x/close"),
]
READS = [
    "/events/{}",
    "/fairs/{}",
    "/registrations/{}",
    "/calendars/my/{}.ics",
    "/calendars/district/{}.ics",
    "/registry/schools/{}",
    "/registry/orders/{}",
    "/registry/programmes/{}",
    "/registry/sign-in/{}",
    "/registry/calendar/{}",
    "/registry/imports/{}",
    "/fairs/x/ideas/{}",
    "/contests/{}",
    "/awards/{}",
]


@pytest.mark.parametrize(
    "query",
    [
        "as_of=2021-13-45",
        f"as_of={HUGE}",
        "district=%00",
        f"q={'x' * 10_000}",
        "limit=-1",
        f"limit={HUGE}",
        "cursor=zzz",
        "month=2026-99",
        "since=yesterday",
        "lang=%F0%9F%92%A9",
        "oblast=ZZZ",
    ],
)
def test_hostile_queries_are_refused_or_ignored(suite, query):
    for path in (
        "/",
        "/calendars/all.ics",
        "/calendars",
        "/registry/territories",
        "/registry/schools",
        "/api/v1/events",
        "/registry/api/v1/schools",
        "/registry/api/v1/territories",
        "/registry/api/v1/twinning",
        "/events.csv",
        "/registry/territories.csv",
        "/registry/exports/schools.csv",
        "/registry/exports/attachments.xlsx",
        "/registry/orders",
        "/registry/orders/grounds",
        "/registry/orders/missing/statuses",
        "/registry/api/v1/orders/missing",
        "/registry/api/v1/academic-years",
        "/registry/api/v1/calendar-days",
    ):
        assert suite.browser("kk").get(f"{path}?{query}").status_code < 500, path


def test_ends_before_starts_is_said_at_the_end_in_each_language(suite):
    words = {"kk": "басталуынан", "ru": "раньше начала", "en": "The end is before the beginning"}
    for lang, word in words.items():
        browser = suite.browser(lang, suite.sign_in("organiser", 0))
        browser.get("/events/new")
        given = {"title.kk": "Кері", "day": "2027-02-11", "start": "12:00", "end": "10:00"}
        reply = browser.submit_fields(given, action="/events/new", button="save")
        assert reply.status_code == 422
        field = next(e for e in browser.tree.iter("input") if e.get("id") == "f-end")
        said = [pages.text_of(e) for e in browser.tree.iter() if e.get("id") in field.get("aria-describedby").split()]
        assert any(word in text for text in said), said


def test_anothers_registration_does_not_exist(suite, scene):
    stranger = suite.sign_in("teacher", 1)
    unknown = suite.json("DELETE", "/api/v1/registrations/" + "0" * 16, as_=stranger)
    foreign = suite.json("DELETE", f"/api/v1/registrations/{scene['registration']}", as_=stranger)
    strip = lambda reply: {k: v for k, v in reply.get_json().items() if k != "request_id"}  # noqa: E731
    assert (foreign.status_code, strip(foreign)) == (unknown.status_code, strip(unknown)) == (404, strip(unknown))
    assert suite.json("GET", f"/api/v1/registrations/{scene['registration']}", as_=stranger).status_code == 404
