"""Two tenants, each with its own things: another's thing is nobody's, and no field of a body crosses over."""

import os
import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from sqlalchemy import event

from tests.access import table
from tests.access.bodies import BODIES, filled
from tests.access.scene import ACTORS
from tests.support.suite import nothing_kept

pytestmark = pytest.mark.one_engine("sqlite")
LINES = table.read()
NAMES = list(ACTORS)
SWAPPED = {
    "teacher": "other teacher",
    "organiser": "organiser of another organisation",
    "coordinator of the district": "coordinator of another",
}
SWAPPED |= {other: one for one, other in SWAPPED.items()}
# A thing that exists, is of the same kind, and is not the parent of the scene's child.
SIBLINGS = {
    "event": "fresh",
    "programme": "another programme",
    "fair": "another_fair",
    "contest": "another_contest",
    "race": "other_race",
    "court": "another_court",
    "decided": "another_decided",
    "judged": "unjudged",
}
FIXED = {
    "step",
    "version",
    "form",
    "fact",
    "table",
    "kind",
    "name",
    "part",
    "number",
    "language",
}  # holes that name no thing of a tenant
UNKNOWN = {"message": "2147483647", "held": "2147483647"}
POISON = "p01s0n"
EVERYTHING = "EVERYTHING" in os.environ
FORBIDDEN = [
    "id",
    "uid",
    "role",
    "status",
    "seats_taken",
    "waiting",
    "small_taken",
    "sequence",
    "version",
    "organisation",
    "created_by",
    "audience_total",
    "active",
    "person_id",
    "attendee",
    "is_synthetic",
    "queued_at",
]


def told(reply, *secrets: str) -> tuple[int, str]:
    """Status and body without what must differ: the number of the request, and the id asked for."""
    text = re.sub(r'"request_id":\s*"[0-9a-f]*"|value="[^"]{30,}"', "", reply.text)
    for secret in secrets:
        text = text.replace(secret, "?")
    return reply.status_code, text


def send(stage, actor, line, ids):
    body = filled(line.route, ids) if line.method in table.UNSAFE else None
    return stage.ask(actor, line.method, line.address(ids), body)


def things(line) -> list[str]:
    """What stands in the holes of a line."""
    return [hole[2] for hole in table.HOLE.finditer(line.path) if hole[2] and hole[1] not in FIXED]


def test_things_of_the_other_tenant_are_hers_alone(stage):
    """The table again with the other tenant's things: those who changed places get each other's answers."""
    wrong = []
    with nothing_kept():
        for line in LINES:
            letters = dict(zip(NAMES, line.letters, strict=True))
            for actor, other in SWAPPED.items():
                if letters[actor] != letters[other] and things(line):
                    found = table.letter(send(stage, actor, line, stage.foreign))
                    if found != letters[other]:
                        wrong.append(f"{actor}: {found} for {line}")
    assert not wrong, "\n".join(wrong)


def test_what_is_not_hers_answers_as_what_is_not_there(stage):
    """By one actor a line; by everybody with EVERYTHING=1."""
    compared = 0
    with nothing_kept():
        for line in LINES:
            refused = [actor for actor, letter in zip(NAMES, line.letters, strict=True) if letter == "n"]
            for actor in refused if EVERYTHING else refused[:1]:
                if not things(line):
                    continue
                last = things(line)[-1]
                unknown = {**stage.ids, last: UNKNOWN.get(last, "0" * len(stage.ids[last]))}
                own, none = send(stage, actor, line, stage.ids), send(stage, actor, line, unknown)
                assert told(own, stage.ids[last]) == told(none, unknown[last]), (actor, str(line))
                compared += 1
    assert compared > 60


def test_child_is_looked_for_under_its_parent(stage):
    nested = {line.route: line for line in LINES if len(things(line)) > 1 and "a" in line.letters}
    assert len(nested) >= 20
    codes = [row["code"] for row in stage.ask("anonymous", "GET", "/registry/api/v1/programmes").get_json()["items"]]
    ids = {**stage.ids, "another programme": next(code for code in codes if code != stage.ids["programme"])}
    with nothing_kept():
        for line in nested.values():
            parent = things(line)[0]
            assert parent in SIBLINGS, f"name a sibling of {parent!r}, for {line}"
            elsewhere = {**ids, parent: ids[SIBLINGS[parent]]}
            actor = NAMES[line.letters.index("a")]
            assert table.letter(send(stage, actor, line, ids)) == "a", str(line)
            assert table.letter(send(stage, actor, line, elsewhere)) == "n", str(line)


@pytest.fixture
def sent_to_the_database(stage):
    """Every parameter of every statement, as text."""
    kept: list[str] = []
    engines = []
    for app in (stage.suite.registry, stage.suite.events):
        with app.app_context():
            engines.append(app.config["SERVICE"].db.engine)

    def keep(_connection, _cursor, _statement, parameters, _context, _many):
        kept.append(str(parameters))

    for engine in engines:
        event.listen(engine, "before_cursor_execute", keep)
    yield kept
    for engine in engines:
        event.remove(engine, "before_cursor_execute", keep)


def poisoned(line, properties: set[str]) -> dict[str, str]:
    return {name: f"{POISON}-{name}" for name in FORBIDDEN if name not in properties}


@cache
def contract(stage, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = stage.ask("anonymous", "GET", f"{prefix}/api/v1/openapi.json").get_json()
    return found


def own_fields(stage, line) -> set[str]:
    """What the route itself takes: the fields of its form, or of its body in the contract."""
    if "/api/" not in line.path:
        return {"version"}  # the form's own: the version it was drawn from
    document = contract(stage, "/registry" if line.path.startswith("/registry") else "")
    path = table.HOLE.sub(r"{\1}", line.path)
    operation = document["paths"].get(path, {}).get(line.method.lower(), {})
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").split("/")[-1]
    return set(document["components"]["schemas"].get(name, {}).get("properties", {}))


def test_fields_nobody_may_send_reach_no_statement(stage, sent_to_the_database):
    """Each write with a good body and, beside it, fields that only the suite itself may set."""
    tried = 0
    with nothing_kept():
        for line in {line.route: line for line in LINES if "a" in line.letters}.values():
            allowed = [name for name, letter in zip(NAMES, line.letters, strict=True) if letter == "a"]
            if line.method not in {"POST", "PUT", "PATCH"}:
                continue
            poison = poisoned(line, own_fields(stage, line))
            if "/api/" not in line.path and line.path.endswith(("/new", "=draft>/edit")):
                poison.pop("organisation")  # a choice among her own, refused below for another's
            body = {
                k: v.format(**stage.ids) if isinstance(v, str) else v for k, v in BODIES.get(line.route, {}).items()
            }
            reply = stage.ask(allowed[0], line.method, line.address(stage.ids), {**poison, **body})
            assert table.letter(reply) == "a", (str(line), reply.status_code)
            tried += reply.status_code < 400
            found = [text for text in sent_to_the_database if POISON in text]
            assert not found, (str(line), found)
    assert tried > 40


def test_check_of_forbidden_fields_would_notice_one(stage, sent_to_the_database):
    body = {"email": f"{POISON}@example.invalid", "name": POISON, "school_id": stage.ids["school"]}
    with nothing_kept():
        assert stage.ask("registrar", "POST", "/registry/api/v1/people", body).status_code == 201
    assert [text for text in sent_to_the_database if POISON in text]


def test_body_names_only_what_is_hers(stage):
    """Ids in a body: an organisation, a district, a school or an event of the other tenant is refused."""
    own, other = "organiser", "coordinator of another"
    ids, register = stage.ids, "/registry/api/v1"
    organised = {**BODIES["POST", "/api/v1/events"], "organisation": "SSI1"}
    attached = filled(("POST", f"{register}/attachments"), ids)
    taught = filled(("POST", f"{register}/people"), ids)
    moved = {"school_id": ids["school"]}
    with nothing_kept():
        assert stage.ask(own, "POST", "/api/v1/events", organised).status_code in {403, 422}
        assert stage.ask(other, "POST", f"{register}/attachments", attached).status_code == 403
        assert stage.ask(other, "POST", f"{register}/people", taught).status_code == 422
        assert stage.ask(other, "PATCH", f"{register}/people/{stage.foreign['person']}", moved).status_code == 422
        for query in (stage.ids["event"], stage.ids["draft"]):
            foreign = stage.ask("organiser of another organisation", "GET", f"/api/v1/notifications?event={query}")
            unknown = stage.ask("organiser of another organisation", "GET", "/api/v1/notifications?event=nobody")
            assert told(foreign) == told(unknown)
            assert foreign.status_code == 404


def test_swap_would_notice_an_owner_that_is_not_looked_at(stage, monkeypatch):
    """The negative control: with the look at the owner taken out, the walk is not silent."""
    from events_service.events import queries

    monkeypatch.setattr(queries, "owns", lambda actor, event: actor is not None)
    line = next(line for line in LINES if line.route == ("GET", "/api/v1/events/<ref>/audience"))
    reply = send(stage, "organiser of another organisation", replace(line), stage.ids)
    assert table.letter(reply) == "a"
