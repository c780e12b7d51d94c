"""What has been overtaken is not sent, and each change is told once to each."""

import pytest
from sqlalchemy import select

from events_service.db import Notification, db
from tests.events_service.scene import Scene, in_days, mail_of, play
from tests.support.suite import Suite

pytestmark = pytest.mark.either_engine


def test_confirmation_is_dropped_when_she_has_withdrawn(suite: Suite) -> None:
    scene = play(suite)
    row = scene.register(1)
    scene.withdraw(row, 1)
    assert scene.letter("registration_confirmed", row) is None
    assert scene.letter("registration_withdrawn", row) is not None


def test_withdrawal_is_dropped_when_she_has_come_back(suite: Suite) -> None:
    scene = play(suite)
    first = scene.register(1)
    scene.withdraw(first, 1)
    second = scene.register(1)
    assert scene.letter("registration_withdrawn", first) is None
    assert scene.letter("registration_confirmed", second) is not None


def test_waiting_is_dropped_when_she_has_been_seated(suite: Suite) -> None:
    scene = play(suite, capacity=1)
    first, second = scene.register(1), scene.register(2)
    scene.withdraw(first, 1)
    assert scene.letter("registration_waiting", second) is None
    assert scene.letter("registration_promoted", second) is not None


def test_everything_but_the_cancellation_is_dropped_when_the_event_is_off(suite: Suite) -> None:
    scene = play(suite)
    row, guest = scene.register(1), scene.ask()
    scene.change(starts_at=in_days(41), ends_at=in_days(41, "12:00"))
    scene.cancel()
    assert scene.letter("registration_confirmed", row) is None
    assert scene.letter("event_changed", row) is None
    assert scene.letter("guest_confirm", guest) is None
    assert scene.letter("event_cancelled", row) is not None


def test_cancellation_is_dropped_when_the_event_is_restored(suite: Suite) -> None:
    scene = play(suite)
    row = scene.register(1)
    scene.cancel()
    scene.restore()
    assert scene.letter("event_cancelled", row) is None
    assert scene.letter("event_restored", row) is not None


def test_restoring_is_dropped_when_the_event_is_off_again(suite: Suite) -> None:
    scene = play(suite)
    row = scene.register(1)
    scene.cancel()
    scene.restore()
    scene.cancel()
    scene.mails()
    sent = [item["kind"] for item in newest_first(scene) if item["status"] == "sent"]
    assert scene.letter("event_restored", row) is None
    assert sent == ["event_cancelled"]


def test_older_change_is_dropped(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    scene.change(starts_at=in_days(41), ends_at=in_days(41, "12:00"))
    scene.change(starts_at=in_days(42), ends_at=in_days(42, "12:00"))
    scene.mails()
    assert [item["status"] for item in scene.owed("event_changed")] == ["sent", "superseded"]


def test_request_is_dropped_once_it_is_answered(suite: Suite) -> None:
    scene = play(suite)
    guest = scene.ask()
    scene.confirm(guest)
    assert scene.letter("guest_confirm", guest) is None


def test_letters_of_one_who_left_are_dropped(suite: Suite) -> None:
    scene = play(suite)
    row = scene.register(1)
    scene.cancel()
    scene.withdraw(row, 1)
    assert scene.letter("event_cancelled", row) is None


def test_move_tells_each_live_registrant_once(suite: Suite) -> None:
    scene = play(suite, capacity=2)
    for number in (1, 2, 3):
        scene.register(number)
    answer = scene.change(starts_at=in_days(43), ends_at=in_days(43, "12:00"))
    told = sorted(item["recipient"] for item in scene.owed("event_changed"))
    assert answer["told"] == 3
    assert told == [mail_of(1), mail_of(2), mail_of(3)]


def test_description_tells_nobody(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    answer = scene.change(description={"kk": "Басқа мәтін"})
    assert answer["told"] == 0
    assert scene.owed("event_changed") == []


def test_body_of_a_request_is_erased_once_it_is_sent(suite: Suite) -> None:
    scene = play(suite)
    scene.ask()
    scene.mails()
    with suite.events.app_context():
        found = select(Notification).where(Notification.topic == scene.event["id"])
        row = db.session.scalars(found).one()
        assert (row.status, row.rendered) == ("sent", None)


def newest_first(scene: Scene) -> list[dict]:
    return scene.do("GET", f"/api/v1/notifications?event={scene.event['id']}")["items"]
