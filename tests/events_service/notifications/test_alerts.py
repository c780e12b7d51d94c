"""New events at the sink: to who follows them and wants to know, once, and not at night."""

from collections.abc import Iterator

import pytest
import time_machine

from events_service.directory.queries import territories
from tests.events_service.notifications.test_reminders import clock
from tests.events_service.scene import TITLE, move_to, other_school, play, small_school, text_of
from tests.events_service.subscriptions.follower import Follower, district_of
from tests.support.suite import Suite

pytestmark = pytest.mark.one_engine("sqlite")
NEW = f"Новое событие: {TITLE['ru']}", f"Жаңа іс-шара: {TITLE['kk']}"
PROGRAMME = "USHQYR_OI"


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """Letters that may wait do so at night, and tests may run at night."""
    with time_machine.travel(clock("12:00", 1), tick=True):
        yield


@pytest.mark.both_engines
def test_two_follows_that_match_bring_one_letter_in_the_readers_language(suite: Suite) -> None:
    play(suite, subject="физика")
    follower, other = Follower(suite), Follower(suite, 6)
    district = district_of(suite, 5)
    follower.follow(district=[district], subject=["физика"], programme=[PROGRAMME])
    other.follow(subject=["физика"])
    play(suite, subject="Физика", audience={"rule": "district", "district": district}, programme=PROGRAMME)
    assert len([subject for subject in follower.subjects() if subject in NEW]) == 1
    assert len([subject for subject in other.subjects() if subject in NEW]) == 1
    assert "10:00–12:00" in text_of(follower.mails()[-1])


def test_what_one_does_not_follow_brings_none(suite: Suite) -> None:
    follower = Follower(suite)
    mine = district_of(suite, 5)
    with suite.events.app_context():
        another = next(row.code for row in territories() if row.code != mine and row.kind == "district")
    follower.follow(district=[mine], programme=[PROGRAMME])
    play(suite, audience={"rule": "district", "district": another}, programme="")
    assert follower.subjects() == []
    play(suite, audience={"rule": "district", "district": mine})
    assert len(follower.subjects()) == 1


def test_event_that_is_only_for_other_schools_is_not_told(suite: Suite) -> None:
    inside, outside = Follower(suite), Follower(suite, 6)
    for one in (inside, outside):
        one.follow(programme=[PROGRAMME])
    scene = play(suite)
    move_to(scene, 5, small_school(scene).id)
    move_to(scene, 6, other_school(scene).id)
    only = {"audience": {"rule": "small_class"}, "programme": PROGRAMME}
    play(suite, **only, restrict_to_audience=True)
    assert (len(inside.subjects()), len(outside.subjects())) == (1, 0)
    play(suite, **only)
    assert (len(inside.subjects()), len(outside.subjects())) == (2, 1)


def test_who_muted_has_registered_or_publishes_herself_gets_none(suite: Suite) -> None:
    muted, registered = Follower(suite), Follower(suite, 7)
    for one in (muted, registered):
        one.follow(programme=[PROGRAMME])
    body = {"follows": {"programme": [PROGRAMME]}}
    assert suite.json("PUT", "/api/v1/me/subscriptions", body, as_=suite.sign_in("organiser")).status_code == 200
    muted.put(letters={"event_published": False})
    scene = play(suite, programme=PROGRAMME)
    scene.register(7)
    assert muted.mails() == []
    assert not any(subject in NEW for subject in registered.subjects())
    assert len(suite.mails()) == 1


def test_alert_muted_or_called_off_after_publishing_is_not_sent(suite: Suite) -> None:
    muted, other = Follower(suite), Follower(suite, 6)
    for one in (muted, other):
        one.follow(programme=[PROGRAMME])
    off = play(suite, programme=PROGRAMME)
    off.cancel()
    play(suite, programme=PROGRAMME)
    muted.put(letters={"event_published": False})
    assert muted.mails() == []
    assert len(other.mails()) == 1


def test_alert_of_the_night_comes_in_the_morning(suite: Suite) -> None:
    follower = Follower(suite)
    follower.follow(programme=[PROGRAMME])
    with time_machine.travel(clock("22:00", 0), tick=False):
        suite.tokens.clear()
        play(suite, programme=PROGRAMME)
        assert follower.mails() == []
    with time_machine.travel(clock("07:59", 1), tick=False):
        assert follower.mails() == []
    with time_machine.travel(clock("08:00", 1), tick=False):
        assert len(follower.mails()) == 1


def test_organiser_does_not_see_who_follows(suite: Suite) -> None:
    Follower(suite).follow(programme=[PROGRAMME])
    scene = play(suite, programme=PROGRAMME)
    assert scene.owed("event_published") == []
    page = suite.get(f"/notifications?event={scene.event['slug']}", as_=scene.organiser)
    assert "teacher0005" not in page.text


def test_page_of_publishing_says_how_many_follow(suite: Suite) -> None:
    Follower(suite).follow(programme=[PROGRAMME])
    scene = play(suite)
    copy = scene.do("POST", scene.path("/duplicate"))
    page = suite.get(f"/events/{copy['slug']}/publish", as_=scene.organiser).text
    assert "никто не подписан" in page and "за день, за час" in page
    scene.do("PATCH", f"/api/v1/events/{copy['id']}", {"programme": PROGRAMME, "reminders": [60]})
    page = suite.get(f"/events/{copy['slug']}/publish", as_=scene.organiser).text
    assert "1 подписчик" in page and "за час" in page and "за день" not in page
