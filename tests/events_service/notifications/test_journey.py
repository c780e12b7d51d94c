"""One registration from the first letter to the cancellation, through a real SMTP server."""

import dataclasses
import email
import email.policy
from email.message import EmailMessage

from icalendar import Component

from tests.events_service.scene import Scene, calendar_of, in_days, mail_of, play
from tests.services.sink import Sink, listening
from tests.support.suite import Suite


def received(sink: Sink, scene: Scene) -> list[tuple[EmailMessage, Component | None]]:
    """Letters about the event with the entry each carries."""
    found = [email.message_from_bytes(e.content, policy=email.policy.default) for e in sink.envelopes]
    mine = [mail for mail in found if scene.mine(mail)]
    return [(mail, entry_in(mail)) for mail in mine]


def entry_in(mail: EmailMessage) -> Component | None:
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            return calendar_of(part.get_payload(decode=True)).walk("VEVENT")[0]
    return None


def test_mail_and_feed_tell_the_same_story(suite: Suite) -> None:
    scene = play(suite, capacity=1)
    sink = Sink()
    steps = [
        lambda: (scene.register(1, "ru"), scene.register(2, "kk")),
        lambda: scene.change(starts_at=in_days(41), ends_at=in_days(41, "12:00")),
        lambda: scene.cancel("Боран"),
    ]
    with listening(sink) as port:
        settings = dataclasses.replace(suite.settings, mail_url=f"smtp://127.0.0.1:{port}")
        suite.events.config["SETTINGS"] = settings
        for number, step in enumerate(steps):
            sink.envelopes.clear()
            step()
            suite.drain()
            letters = received(sink, scene)
            shown = scene.entry()
            assert shown is not None
            assert sorted(mail["To"].addresses[0].addr_spec for mail, _entry in letters) == [mail_of(1), mail_of(2)]
            carried = [entry for _mail, entry in letters if entry is not None]
            assert [(str(e["UID"]), int(e["SEQUENCE"])) for e in carried] == [(scene.event["uid"], number)]
            assert int(shown["SEQUENCE"]) == number
            assert [e["DTSTART"].dt for e in carried] == [shown["DTSTART"].dt]
        assert shown["STATUS"] == carried[0]["STATUS"] == "CANCELLED"
        sink.envelopes.clear()
        suite.drain()
        assert received(sink, scene) == []


def test_refused_address_is_shown_to_the_organiser_and_sent_again(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    refusing = Sink(RCPT="550 no such mailbox")
    with listening(refusing) as port:
        use(suite, port)
        suite.drain()
    row = scene.owed("registration_confirmed")[0]
    assert (row["status"], row["attempts"]) == ("failed", 1)
    browser = suite.browser("en", scene.organiser)
    browser.get(f"/notifications?event={scene.event['slug']}")
    assert "Needs a hand" in browser.text
    assert "550 no such mailbox" in browser.text
    browser.submit(f"/notifications/{row['id']}/again")
    assert "in the queue again" in browser.text
    willing = Sink()
    with listening(willing) as port:
        use(suite, port)
        suite.drain()
    assert [mail["To"].addresses[0].addr_spec for mail, _entry in received(willing, scene)] == [mail_of(1)]
    assert scene.owed("registration_confirmed")[0]["status"] == "sent"


def use(suite: Suite, port: int) -> None:
    suite.events.config["SETTINGS"] = dataclasses.replace(suite.settings, mail_url=f"smtp://127.0.0.1:{port}")
