"""The opening rush over real HTTP: several processes, sixteen at once, on both engines.

Each guard has a negative control: the same test against the suite without the guard must fail.
"""

import os
import random
from collections import Counter

import httpx
import pytest

from tests.faults.house import House
from tests.support import invariants
from tests.support.race import gather

RUNS = int(os.environ.get("RACE_RUNS", "1"))
# The full rush with RACE_RUNS; a smaller one finds the same faults and leaves time for the others.
PLACES, PEOPLE, LEAVING = (50, 200, 30) if "RACE_RUNS" in os.environ else (25, 100, 15)
pytestmark = pytest.mark.slow


class Rush(House):
    """The suite under gunicorn, and people who all press at once."""

    def begin(self, without=""):
        self.web(WITHOUT=without)
        self.everybody = self.people(1000)
        return self

    def call(self, method, path, token="", body=None, **headers):
        """Everybody comes with a program of her own, as people do: nothing is shared between callers."""
        sent = {"Authorization": f"Bearer {token}", **headers}
        return httpx.request(method, self.url + path, json=body, headers=sent, timeout=30, verify=False)

    def press(self, event_id, token, **headers):
        return self.call("POST", f"/api/v1/events/{event_id}/registrations", token, {}, **headers)

    def event_row(self, event_id):
        return self.select("SELECT capacity, seats_taken, waiting FROM event WHERE id = :id", id=event_id)[0]

    def registrations(self, event_id):
        return self.select("SELECT * FROM registration WHERE event_id = :id ORDER BY queued_at, id", id=event_id)


@pytest.fixture
def rush_without(suite_settings, tmp_path):
    with Rush(suite_settings, tmp_path) as found:
        yield found.begin


@pytest.fixture(scope="module")
def whole_rush(templates, engine, tmp_path_factory):
    """One for all tests of the suite as it is: each brings an event of its own, and a start takes seconds."""
    folder = tmp_path_factory.mktemp("rush")
    with templates(engine).copied(folder) as settings, Rush(settings, folder) as found:
        yield found.begin()


@pytest.fixture
def rush(whole_rush):
    yield whole_rush
    left = invariants.broken(whole_rush.settings)
    assert not left, "\n".join(left)


def check_opening(rush):
    event_id = rush.event(PLACES)
    tokens = [person.token for person in random.sample(rush.everybody, PEOPLE)]
    replies = gather([lambda token=token: rush.press(event_id, token) for token in tokens], at_once=16)
    assert Counter(reply.status_code for reply in replies) == {201: PEOPLE}
    statuses = Counter(reply.json()["status"] for reply in replies)
    assert statuses == {"confirmed": PLACES, "waitlisted": PEOPLE - PLACES}
    row = rush.event_row(event_id)
    assert (row.seats_taken, row.waiting) == (PLACES, PEOPLE - PLACES)
    positions = [
        rush.call("GET", f"/api/v1/registrations/{reply.json()['id']}", token).json()["position"]
        for token, reply in zip(tokens, replies, strict=True)
    ]
    assert sorted(p for p in positions if p is not None) == list(range(1, PEOPLE - PLACES + 1))
    return event_id, {token: reply.json() for token, reply in zip(tokens, replies, strict=True)}


def check_leaving(rush):
    event_id, made = check_opening(rush)
    seated = [(token, reply["id"]) for token, reply in made.items() if reply["status"] == "confirmed"]
    leaving = seated[:LEAVING]
    replies = gather(
        [lambda t=t, i=i: rush.call("DELETE", f"/api/v1/registrations/{i}", t) for t, i in leaving],
        at_once=16,
    )
    assert Counter(reply.status_code for reply in replies) == {204: LEAVING}
    row = rush.event_row(event_id)
    assert (row.seats_taken, row.waiting) == (PLACES, PEOPLE - PLACES - LEAVING)
    rows = [r for r in rush.registrations(event_id) if r.public_id not in {i for _, i in leaving}]
    statuses = [r.status for r in rows]
    assert statuses == ["confirmed"] * PLACES + ["waitlisted"] * (PEOPLE - PLACES - LEAVING)


def check_same_person(rush):
    event_id = rush.event(PLACES)
    token = random.choice(rush.everybody).token
    replies = gather([lambda: rush.press(event_id, token)] * 20, at_once=16)
    assert {reply.status_code for reply in replies} <= {200, 201}
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert len(rush.registrations(event_id)) == 1
    assert len(rush.select("SELECT id FROM notification WHERE topic = :id", id=event_id)) == 1


def check_same_key(rush):
    body = {"kind": "meeting", "title": {"ru": "Один раз"}, "date_precision": "none"}
    key = {"Idempotency-Key": f"key-{random.random()}"}
    replies = gather([lambda: rush.call("POST", "/api/v1/events", rush.organiser, body, **key)] * 20, at_once=16)
    assert Counter(reply.status_code for reply in replies) == {201: 20}
    assert len({reply.text for reply in replies}) == 1
    assert sum("Idempotent-Replayed" in reply.headers for reply in replies) == 19
    other = rush.call("POST", "/api/v1/events", rush.organiser, {**body, "kind": "training"}, **key)
    assert other.status_code == 422


def check_same_form(rush):
    """Twenty presses of one form: the same hidden submission, the same cookie, one registration."""
    event_id = rush.event(PLACES)
    token = random.choice(rush.everybody).token
    with httpx.Client(
        base_url=rush.url, timeout=30, verify=False, cookies={"qonyrau": token}, follow_redirects=True
    ) as browser:
        page = browser.get(f"/events/{event_id}/register")
        fields = dict(_hidden(page.text))
        action = f"/events/{event_id}/register"
        replies = gather([lambda: browser.post(action, data=fields, follow_redirects=False)] * 20, at_once=16)
    assert {reply.status_code for reply in replies} == {303}, {reply.status_code for reply in replies}
    assert len(rush.registrations(event_id)) == 1
    assert len(rush.select("SELECT id FROM notification WHERE topic = :id", id=event_id)) == 1


def _hidden(html):
    from tests.support import pages

    for form in pages.parse(html).iter("form"):
        if "submission_id" in {e.get("name") for e in form.iter("input")}:
            yield from ((e.get("name"), e.get("value")) for e in form.iter("input") if e.get("name"))


@pytest.mark.parametrize("_run", range(RUNS))
def test_opening_rush_seats_exactly_as_many_as_there_are_places(rush, _run):
    check_opening(rush)


@pytest.mark.one_engine("postgres")
@pytest.mark.parametrize("_run", range(RUNS))
def test_thirty_leaving_at_once_leave_no_place_empty_while_people_wait(rush, _run):
    check_leaving(rush)


def test_twenty_identical_requests_make_one_registration_and_one_mail(rush):
    check_same_person(rush)


def test_twenty_presses_of_one_form_make_one_registration_and_one_mail(rush):
    check_same_form(rush)


def test_twenty_requests_with_one_key_have_one_effect_and_one_answer(rush):
    check_same_key(rush)


@pytest.mark.one_engine("postgres")
@pytest.mark.breaks("I1", "I2", "I3", "I4", "I12")
@pytest.mark.parametrize(
    ("guard", "check"),
    [
        ("turn", check_opening),
        ("promotion", check_leaving),
        ("repeat", check_same_person),
        ("repeat", check_same_form),
        ("idempotency", check_same_key),
    ],
    ids=["turn", "promotion", "repeat", "repeat-form", "idempotency"],
)
def test_race_is_noticed_when_its_guard_is_taken_out(rush_without, guard, check):
    with pytest.raises(AssertionError):
        check(rush_without(guard))
