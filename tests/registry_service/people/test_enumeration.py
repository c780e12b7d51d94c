"""Nobody learns who is known: one answer for known and unknown, in status, body, headers, statements and time."""

import re
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import event, update

from registry_service.db import db
from registry_service.people.models import Person
from tests.registry_service.people.scene import TEACHER, write
from tests.registry_service.people.test_passwords import GOOD, set_password
from tests.support.suite import Browser

pytestmark = pytest.mark.either_engine

KNOWN, UNKNOWN, CLOSED = "teacher0004@example.invalid", "nobody0004@example.invalid", "teacher0005@example.invalid"
VARYING = re.compile(r'value="[^"]*"|Jm[\w.-]+|ImF[\w.-]+')


@contextmanager
def statements(app, database):
    """How many statements the service runs inside."""
    found = []

    def note(_connection, _cursor, statement, *_):
        found.append(statement.split(None, 1)[0])

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def answer(suite, email, password=""):
    browser = Browser(suite, "ru", None)
    browser.get("/registry/sign-in")
    with statements(suite.registry, db) as run:
        browser.submit_fields({"email": email, "password": password}, follow=False)
    headers = {name: value for name, value in browser.response.headers if name not in ("X-Request-Id", "Set-Cookie")}
    headers.pop("Content-Length", None)
    return browser.response.status_code, VARYING.sub("", browser.response.text), headers, run


def test_asking_for_a_link_answers_alike(suite):
    write(suite, update(Person).where(Person.email == CLOSED).values(active=False))
    answer(suite, "first@example.invalid")  # makes the counter of requests
    known, unknown, closed = (answer(suite, email) for email in (KNOWN, UNKNOWN, CLOSED))
    assert known[0] == 303
    assert known == unknown == closed


def test_wrong_password_answers_alike_for_who_has_one_has_none_or_is_nobody(suite):
    set_password(suite)
    tried = [answer(suite, email, "wrong password") for email in (TEACHER, KNOWN, UNKNOWN)]
    assert tried[0][0] == 422
    assert tried[0] == tried[1] == tried[2]


def test_wrong_password_takes_as_long_for_nobody(suite):
    set_password(suite)
    from registry_service.people import passwords

    shortest = dict.fromkeys((TEACHER, UNKNOWN), 9.0)  # a busy machine makes some tries long, none short
    with suite.registry.app_context():
        for _ in range(30):
            for email in shortest:
                begin = time.perf_counter()
                assert passwords.verified(email, "wrong " + GOOD) is None
                shortest[email] = min(shortest[email], time.perf_counter() - begin)
            if max(shortest.values()) < 1.5 * min(shortest.values()):
                break
    assert max(shortest.values()) < 1.8 * min(shortest.values())


def test_without_the_hash_of_nobody_the_clock_would_tell(suite, monkeypatch):
    """The negative control of the test above."""
    set_password(suite)
    from registry_service.people import passwords

    monkeypatch.setattr(passwords, "_nobodys", str)
    taken = []
    with suite.registry.app_context():
        for email in (TEACHER, UNKNOWN):
            tries = []
            for _ in range(5):
                begin = time.perf_counter()
                passwords.verified(email, "wrong " + GOOD)
                tries.append(time.perf_counter() - begin)
            taken.append(min(tries))  # a busy machine makes some tries long, none short
    assert taken[0] > 1.8 * taken[1]


def test_guest_is_answered_alike_whether_the_register_or_the_event_knows_her(suite):
    from tests.worker.test_jobs import published

    ref = published(suite, capacity=5)
    school = suite.json("GET", "/registry/api/v1/schools?limit=1").get_json()["items"][0]["code"]
    answers = []
    for email in (TEACHER, "stranger@example.invalid", TEACHER):
        guest = {"name": "Гүлнар", "email": email, "school_id": school}
        reply = suite.json("POST", f"/api/v1/events/{ref}/registrations", {"guest": guest})
        body = {name: value for name, value in reply.get_json().items() if name in ("status", "position")}
        answers.append((reply.status_code, body, sorted(reply.get_json()), sorted(reply.headers.keys())))
    assert answers[0] == answers[1] == answers[2]
