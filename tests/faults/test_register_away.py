"""The register away, silent, slow or broken: events go on from their copy, and nothing is lost (F8)."""

import time

import pytest

from tests.conftest import ENGINES
from tests.support.processes import wait_until
from tests.support.proxy import Proxy

pytestmark = [pytest.mark.slow, pytest.mark.one_engine("postgres")]
one_engine = pytest.mark.parametrize("engine", ENGINES[:1], indirect=True)
WAYS = ("refuse", "blackhole", "slow", "error", "cut")
# Known people wait for nobody; somebody unknown is asked for once, two seconds at most. The rest is the machine's,
# and a slow register would take ten.
AT_ONCE = 8.0


class Apart:
    """Both services in processes of their own, a proxy between them, and a keeper of the register."""

    def __init__(self, house, suite, proxy, without=""):
        self.house, self.proxy, self.without = house, proxy, without
        self.registrar = suite.sign_in("registrar")
        self.people = iter(house.people(50))

    def start(self, loop=True):
        self.house.web("events", REGISTRY_URL=self.proxy.url, WITHOUT=self.without)
        if loop:
            self.house.loop(REGISTRY_URL=self.proxy.url, SHORT="1")
        self.event = self.house.event()

    def join(self, name):
        """Somebody new comes to the register; the events service has not heard of her."""
        body = {"name": name, "email": f"{name.lower()}@example.invalid"}
        events, self.house.url = self.house.url, self.register
        reply = self.house.call("POST", "/registry/api/v1/people", self.registrar, body)
        self.house.url = events
        assert reply.status_code == 201, reply.text
        return self.house.token(reply.json()["id"], name, [])


@pytest.fixture
def apart(house, suite):
    """Starts both services; answers what a test does with them."""
    proxies = []

    def start(without="", loop=True):
        house.web("registry")
        proxies.append(Proxy(house.url))
        found = Apart(house, suite, proxies[0], without)
        found.register = house.url
        found.start(loop)
        return found

    yield start
    for proxy in proxies:
        proxy.stop()


def check_goes_on(apart, way):
    """Registrations, pages and feeds while the register is away like this."""
    house, event = apart.house, apart.event
    apart.proxy.turn(way)
    told = [house.register(event, next(apart.people)) for _ in range(3)]
    told += [house.tell("GET", path) for path in ("/", f"/events/{event}", "/calendars/all.ics")]
    assert [one.status for one in told] == [201] * 3 + [200] * 3, way
    assert max(one.seconds for one in told) < AT_ONCE, way
    token = apart.join(f"New-{way}")
    stranger = house.tell("POST", f"/api/v1/events/{event}/registrations", token, {})
    assert stranger.status == 503 and int(stranger.reply.headers["Retry-After"]) > 0, way
    assert stranger.seconds < AT_ONCE, way
    return token


def test_events_go_on_whatever_ails_the_register_and_hear_everything_when_it_is_back(apart):
    found = apart()
    house, event = found.house, found.event
    strangers = [check_goes_on(found, way) for way in WAYS]
    house.until_settled(event)
    found.proxy.turn("pass")
    for token in strangers:
        reply = house.call("POST", f"/api/v1/events/{event}/registrations", token, {})
        assert reply.status_code == 201, reply.text
    house.until_settled(event)
    last = found.join("Last")
    wait_until(lambda: house.select("SELECT id FROM person WHERE name = 'Last'"))
    house.started[0].kill()
    told = [house.tell("POST", f"/api/v1/events/{event}/registrations", last, {})]
    told += [house.register(event, next(found.people)) for _ in range(5)]
    assert [one.status for one in told] == [201] * 6
    house.until_settled(event)
    assert len(house.traces(event)) == 3 * len(WAYS) + len(WAYS) + 6
    assert set(house.traces(event).values()) == {(1, 1)}


@one_engine
@pytest.mark.parametrize(("guard", "way"), [("copy", "refuse"), ("patience", "slow")])
def test_register_away_is_noticed_when_its_guard_is_taken_out(apart, guard, way):
    begin = time.monotonic()
    with pytest.raises(AssertionError, match=way):
        check_goes_on(apart(guard, loop=False), way)
    assert time.monotonic() - begin < 200
