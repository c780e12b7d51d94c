"""No room left for the database (F11): writes are put off, reads go on, and it heals when there is room."""

from collections import Counter

import pytest
from sqlalchemy import event

from tests.conftest import ENGINES
from tests.worker.test_jobs import published

pytestmark = pytest.mark.parametrize("engine", [name for name in ENGINES if name == "sqlite"], indirect=True)


@pytest.fixture
def full(suite):
    """Begins and ends the fullness: the file may not grow by a page."""
    with suite.events.app_context():
        engine = suite.events.config["SERVICE"].db.engine

    def bound(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def turn(on):
        engine.dispose()
        (event.listen if on else event.remove)(engine, "connect", bound)

    return turn


def press(suite, ref, number):
    return suite.json("POST", f"/api/v1/events/{ref}/registrations", {}, as_=suite.sign_in("teacher", number))


def test_full_disk_puts_writes_off_shows_pages_and_heals(suite, full):
    ref = published(suite, capacity=500)
    for number in range(60):
        suite.sign_in("teacher", number)
    full(True)
    replies = [press(suite, ref, number) for number in range(60)]
    statuses = Counter(reply.status_code for reply in replies)
    assert set(statuses) == {201, 503} and statuses[503] > 10
    assert all("Retry-After" in reply.headers for reply in replies if reply.status_code == 503)
    assert suite.get(f"/events/{ref}").status_code == 200
    organiser = suite.sign_in("organiser", 0)
    shown = suite.json("GET", f"/api/v1/events/{ref}", as_=organiser).get_json()
    assert shown["seats_taken"] == statuses[201]
    full(False)
    assert {press(suite, ref, number).status_code for number in range(60)} == {200, 201}
    assert suite.json("GET", f"/api/v1/events/{ref}", as_=organiser).get_json()["seats_taken"] == 60
