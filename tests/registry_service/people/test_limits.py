"""How often one may try to sign in: by account, by address, over processes, and whatever becomes of Redis."""

import dataclasses
import functools
import time

import pytest

import registry_service
from services import doorbell, limits
from services.errors import TooMany
from tests.registry_service.people.scene import TEACHER, links
from tests.support import valkey
from tests.support.processes import free_port
from tests.support.region import dispose
from tests.support.suite import Browser, Suite

pytestmark = pytest.mark.either_engine

PAGE = "/registry/sign-in"


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


@pytest.fixture
def again(suite):
    """Makes another process of the register, as far as counting goes; with other settings."""
    made = []

    def make(**changed):
        settings = dataclasses.replace(suite.settings, **changed)
        made.append(registry_service.create_app(settings))
        return Suite(settings, made[-1], suite.events, suite.engine)

    yield make
    dispose(*made)


def send(suite, browser=None, headers=None, **fields):
    browser = browser or Browser(suite, "ru", None)
    browser.get(PAGE)
    if headers:
        browser.client.open = functools.partial(browser.client.open, headers=headers)
    browser.submit_fields({"email": TEACHER, **fields}, follow=False)
    return browser.response


def statuses(suite, count, **fields):
    return [send(suite, **fields).status_code for _ in range(count)]


def test_sixth_link_in_a_quarter_of_an_hour_is_refused_whoever_asks(suite):
    for email in (TEACHER, "nobody@example.invalid"):
        assert statuses(suite, 6, email=email) == [303] * 5 + [429], email
    assert statuses(suite, 1, email=" TEACHER0003@example.invalid") == [429]
    assert links(suite) == 5


def test_sixth_password_is_refused_also_the_right_one_and_the_link_still_works(suite):
    assert statuses(suite, 6, password="wrong one") == [422] * 5 + [429]
    assert send(suite).status_code == 303


def test_refusal_keeps_what_was_typed_and_says_when_to_come_again(suite):
    statuses(suite, 5)
    browser = Browser(suite, "ru", None)
    response = send(suite, browser)
    assert 0 < int(response.headers["Retry-After"]) <= 901
    assert "Подождите 15 минут" in browser.text or "Подождите 16 минут" in browser.text
    assert browser.tree.find(".//input[@id='f-email']").get("value") == TEACHER


def test_one_address_may_not_try_without_end(again):
    suite = again(limit_address="7/hour")
    emails = [f"teacher{number:04}@example.invalid" for number in range(9)]
    assert [send(suite, email=email).status_code for email in emails] == [303] * 7 + [429] * 2


def test_forged_forwarding_changes_nothing(again):
    suite = again(limit_address="3/hour")
    sent = [
        send(suite, email=f"x{n}@example.invalid", headers={"X-Forwarded-For": f"10.0.0.{n}", "X-Real-Ip": "10.1.1.1"})
        for n in range(5)
    ]
    assert [reply.status_code for reply in sent] == [303] * 3 + [429] * 2


def test_behind_one_counted_proxy_only_what_it_says_counts(again):
    suite = again(limit_address="3/hour", trusted_proxies=1)
    said = ["9.9.9.9, 10.0.0.1", "8.8.8.8, 10.0.0.1", "10.0.0.1", "7.7.7.7,10.0.0.1", "10.0.0.2"]
    sent = [send(suite, email=f"x{n}@example.invalid", headers={"X-Forwarded-For": a}) for n, a in enumerate(said)]
    assert [reply.status_code for reply in sent] == [303] * 3 + [429, 303]


def named(suite, address):
    with suite.registry.test_request_context(environ_base={"REMOTE_ADDR": address}):
        return limits.client()


def test_of_ipv6_a_house_is_one_address_and_what_is_none_is_no_error(suite):
    assert named(suite, "2001:db8:1:2:aaaa::1") == named(suite, "2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64"
    assert named(suite, "10.0.0.1") != named(suite, "10.0.0.2")
    for odd in ("1.2.3.4:5678", "unknown", "a:b", "fe80::1%eth0/x"):
        assert named(suite, odd) == odd


def test_refusal_of_the_interface_is_a_problem_with_retry_after(suite):
    suite.registry.view_functions["people_api.list_people"] = lambda: limits.hit("1/hour", "test", "x")
    token = suite.sign_in("registrar")
    suite.json("GET", "/registry/api/v1/people", as_=token)
    reply = suite.json("GET", "/registry/api/v1/people", as_=token)
    assert (reply.status_code, reply.mimetype) == (429, "application/problem+json")
    assert 0 < int(reply.headers["Retry-After"]) <= 3601


def test_demonstration_has_no_limit_for_its_own_way_in(suite):
    for _ in range(12):
        reply = suite.json("POST", "/registry/api/v1/demo/session", {"role": "teacher", "number": 0})
        assert reply.status_code == 200


def test_limit_holds_over_two_processes_and_outlives_the_broker(again, tmp_path):
    with valkey.start(tmp_path / "valkey") as found:
        one, two = again(redis_url=found.url), again(redis_url=found.url)
        assert statuses(one, 3) + statuses(two, 3) == [303] * 5 + [429]
        keys = [key.decode() for key in limits.shared(found.url).storage.scan_iter()]
        assert keys and not any("teacher" in key or "@" in key for key in keys)
        found.kill()
        assert statuses(one, 3) == [303] * 2 + [429]  # three it had counted itself
        assert statuses(two, 3, email="teacher0009@example.invalid", password="wrong one") == [422] * 3


def test_without_the_shared_count_each_process_would_let_five_through(again):
    """The negative control of the test above."""
    assert statuses(again(), 3) + statuses(again(), 3) == [303] * 6


def count_one(suite):
    """Seconds of one count, which is refused from the sixth on."""
    begin = time.monotonic()
    with suite.registry.app_context():
        limits.hit("5/15minute", "link", TEACHER)
    return time.monotonic() - begin


def test_frozen_or_refused_broker_costs_a_second_once_and_the_limit_stays(again, tmp_path, monkeypatch):
    with valkey.start(tmp_path / "valkey") as found:
        suite = again(redis_url=found.url)
        count_one(suite)
        found.freeze()
        assert 0.9 < count_one(suite) < 3
        assert max(count_one(suite) for _ in range(3)) < 0.9  # a second try would take a second
        with suite.registry.test_request_context(), pytest.raises(TooMany):
            count_one(suite)
        found.thaw()
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    refused = again(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    assert max(count_one(refused) for _ in range(5)) < 2
    assert statuses(refused, 1) == [429]
