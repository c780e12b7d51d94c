"""Lines: one for each event, readable, without secrets, whatever is written into them."""

import functools
import io
import json
import logging

import pytest

from services import logs

pytestmark = pytest.mark.either_engine

CRLF = [
    "a\r\nb",
    "a\nINFO forged",
    "a\rb",
    "a\x0bb",
    "a\x0cb",
    "a\x1cb",
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
    "a\x00b",
    "\x1b[31m",
]
SECRETS = [
    "айнұр@mektep.example", "a.b+c@mail.example", "redis://:pass-word@10.0.0.1:6379/0", "smtp://user:pass-word@mail.example",
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "GET /registry/sign-in/QxZ0-abcdefghijklmnopqrstuvwxyz_0123456789ABCD",
    "/calendars/my/0123456789abcdef0123456789abcdef01234567.ics",
]  # fmt: skip


@pytest.fixture
def lines(monkeypatch):
    """Writes with a logger in a form, answers the lines; the root logger is as before afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level

    def write(form, message, *args, **kwargs):
        logs.init_logging(form)
        stream = root.handlers[-1].stream = io.StringIO()
        logging.getLogger("qonyrau.test").warning(message, *args, **kwargs)
        return stream.getvalue()

    yield write
    root.handlers[:] = before
    root.setLevel(level)


def test_json_line_has_its_fields_and_readable_kazakh(lines):
    text = lines("json", "жіберілді: %s", "қоңырау", extra={"person": "abc", "request_id": "r1", "args_of_task": "x"})
    line = json.loads(text)
    assert "қоңырау" in text
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "жіберілді: қоңырау", "level": "warning", "logger": "qonyrau.test", "person": "abc", "request_id": "r1"
    }  # fmt: skip


def test_plain_line_is_for_people(lines):
    text = lines("plain", "жіберілді", extra={"status": 303})
    assert text.endswith(" warning qonyrau.test жіберілді status=303\n")


@pytest.mark.parametrize("form", ["json", "plain"])
@pytest.mark.parametrize("hostile", CRLF, ids=repr)
def test_no_text_makes_a_second_line(lines, form, hostile):
    text = lines(form, "%s", hostile, extra={"path": hostile, "method": hostile, "request_id": hostile})
    assert len(text.splitlines()) == 1
    if form == "json":
        assert json.loads(text)["event"].startswith(("a", "\x1b"))


def test_without_the_guard_a_text_would_make_a_second_line(lines, monkeypatch):
    """The negative control of the test above."""
    monkeypatch.setattr(logs, "one_line", str)
    assert len(lines("plain", "%s", "a\nb").splitlines()) == 2
    assert len(lines("json", "%s", "a\u2028b").splitlines()) == 2


@pytest.mark.parametrize("form", ["json", "plain"])
@pytest.mark.parametrize("secret", SECRETS)
def test_secret_is_taken_out_of_words_and_of_traces(lines, form, secret):
    try:
        raise ValueError(secret)
    except ValueError:
        text = lines(form, f"tried {secret} in vain", exc_info=True)
    assert "ValueError" in text and "in vain" in text
    for word in ("mektep", "a.b+c", "pass-word", "eyJ", "QxZ0", "01234567.ics"):
        assert word not in text
    assert form == "json" or all(line.startswith("  ") for line in text.splitlines()[1:])


def test_setting_up_twice_writes_once(lines):
    logs.init_logging("json")
    assert len(lines("json", "x").splitlines()) == 1


def requested(suite, caplog, path, **kwargs):
    caplog.clear()
    with caplog.at_level(logging.INFO, "qonyrau.request"):
        browser = suite.browser("ru", kwargs.pop("token", None))
        reply = browser.client.open(path, base_url="http://127.0.0.1:8000", **kwargs)
    return reply, [record for record in caplog.records if record.name == "qonyrau.request"]


MASKED = {
    "/registry/sign-in/" + "s" * 43: "/registry/sign-in/…",
    "/registry/sign-in/" + "s" * 43 + "/more": "/registry/sign-in/…/more",
    "/calendars/my/" + "a" * 56 + ".ics": "/calendars/my/….ics",
    "/calendars/my/" + "a" * 56 + ".ICS": "/calendars/my/…",
    "/registrations/" + "a" * 40: "/registrations/…",
    "/registry/territories?as_of=2021-05-01&token=secret": "/registry/territories",
}


def test_line_of_a_request_holds_no_token_and_no_query(suite, caplog):
    for path, said in MASKED.items():
        reply, records = requested(suite, caplog, path)
        assert [record.path for record in records] == [said]
        assert records[0].status == reply.status_code and records[0].duration > 0


def test_refusal_is_a_warning_with_the_person_and_her_request(suite, caplog):
    token = suite.sign_in("teacher", 0)
    headers = {"X-Request-Id": "abc-123"}
    reply, records = requested(suite, caplog, "/registry/people", token=token, headers=headers)
    assert (reply.status_code, reply.headers["X-Request-Id"]) == (403, "abc-123")
    assert (records[0].levelname, records[0].getMessage()) == ("WARNING", "denied")
    assert len(records[0].person) == 16
    reply, records = requested(suite, caplog, "/registry/api/v1/people")
    assert (reply.status_code, records[0].getMessage(), records[0].person) == (401, "denied", "")


def test_strange_name_of_a_request_is_replaced(bare):
    suite = bare()
    for given in ("a b", "ä", "x" * 65, "", "a;b", "<a>"):
        reply = suite.browser().client.get("/registry/health/live", headers={"X-Request-Id": given})
        assert len(reply.headers["X-Request-Id"]) == 32, given


def test_one_name_leads_from_the_request_to_the_letter(suite, caplog):
    from tests.registry_service.people.scene import TEACHER
    from tests.support.suite import Browser

    browser = Browser(suite, "ru", None)
    browser.get("/registry/sign-in")
    browser.client.open = functools.partial(browser.client.open, headers={"X-Request-Id": "lead-1"})
    browser.submit(email=TEACHER, follow=False)
    with caplog.at_level(logging.INFO, "qonyrau.outbox"):
        suite.drain()
    assert suite.mails()[-1]["X-Request-Id"] == "lead-1"
    assert "lead-1" in {getattr(record, "request_id", "") for record in caplog.records}
