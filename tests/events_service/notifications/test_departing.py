"""An event that loses its exact day: what was mailed for the old one is taken back."""

from datetime import datetime

import pytest

from services.fields import zone_info
from tests.events_service.notifications.test_imip import bytes_of, check_structure, delivered, known_by, sink
from tests.events_service.scene import calendar_of, in_days, mail_of, play
from tests.support.smtp import Sink
from tests.support.suite import Suite

__all__ = ["sink"]
pytestmark = pytest.mark.one_engine("sqlite")


def test_event_that_loses_its_exact_day_leaves_the_calendar_and_comes_back_with_the_next(
    suite: Suite, sink: Sink
) -> None:
    scene = play(suite)
    scene.register(1, "ru")
    invited = check_structure(delivered(scene, sink, 1), 1, "REQUEST")
    scene.change(date_precision="month", agenda=[])
    received = delivered(scene, sink, 1)
    gone = check_structure(received, 1, "CANCEL")
    assert (gone["STATUS"], gone["ATTENDEE"].params["PARTSTAT"]) == ("CANCELLED", "ACCEPTED")
    assert [gone[name].dt for name in ("DTSTART", "DTEND")] == [invited[name].dt for name in ("DTSTART", "DTEND")]
    assert known_by(gone) == (str(invited["UID"]), int(invited["SEQUENCE"]) + 1)
    assert gone["SUMMARY"] == invited["SUMMARY"]
    assert "прежний день" in bytes_of(received.message, "text/plain").decode()
    scene.register(2)
    scene.change(starts_at=None, ends_at=None, date_precision="none")
    suite.drain()
    calendars = {one.recipients[0]: "text/calendar" in one.message.as_string() for one in sink.messages[2:]}
    assert calendars == {mail_of(1): True, mail_of(2): False}
    scene.change(starts_at=in_days(50), ends_at=in_days(50, "12:00"), date_precision="day")
    back = check_structure(delivered(scene, sink, 1), 1, "REQUEST")
    assert (back["STATUS"], known_by(back)) == ("CONFIRMED", (str(invited["UID"]), int(gone["SEQUENCE"]) + 2))


@pytest.mark.both_engines
@pytest.mark.parametrize("overtaking", ["event_changed", "event_cancelled"])
def test_what_overtakes_the_loss_of_the_day_takes_it_out_all_the_same(suite: Suite, overtaking: str) -> None:
    scene = play(suite, agenda=[])
    row = scene.register(1)
    scene.change(date_precision="month")
    if overtaking == "event_cancelled":
        scene.cancel()
    else:
        scene.change(date_precision="half_year")
    letter = scene.letter(overtaking, row)
    assert letter is not None
    entry = calendar_of(letter.calendar).walk("VEVENT")[0]
    assert (letter.calendar_method, entry["STATUS"]) == ("CANCEL", "CANCELLED")
    assert entry["DTSTART"].dt == datetime.fromisoformat(in_days(40)).replace(tzinfo=zone_info(None))
