"""Who sees which letters, as JSON and on the page."""

import pytest
from sqlalchemy import update

from events_service.db import Notification, db
from tests.events_service.scene import Scene, mail_of, play
from tests.support.suite import Suite

pytestmark = pytest.mark.either_engine


def test_list_names_recipient_cause_and_state(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    item = scene.owed("registration_confirmed")[0]
    shown = {name: item[name] for name in ("event_id", "recipient", "status", "attempts", "error", "sent_at")}
    assert shown == {
        "event_id": scene.event["id"],
        "recipient": mail_of(1),
        "status": "queued",
        "attempts": 0,
        "error": "",
        "sent_at": None,
    }


def test_list_takes_id_and_slug(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    by_slug = scene.do("GET", f"/api/v1/notifications?event={scene.event['slug']}")
    by_id = scene.do("GET", f"/api/v1/notifications?event={scene.event['id']}")
    everything = scene.do("GET", "/api/v1/notifications?limit=200")
    assert by_slug == by_id
    assert by_id["items"][0] in everything["items"]


def test_list_is_for_the_organisers_of_the_event(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    path = f"/api/v1/notifications?event={scene.event['id']}"
    other = suite.sign_in("organiser", 3)
    assert suite.json("GET", path).status_code == 401
    assert suite.json("GET", path, as_=suite.sign_in("teacher", 1)).status_code == 403
    assert suite.json("GET", path, as_=other).status_code == 404
    items = suite.json("GET", "/api/v1/notifications?limit=200", as_=other).get_json()["items"]
    assert scene.event["id"] not in {item["event_id"] for item in items}


def test_page_of_an_event_without_letters_says_so(suite: Suite) -> None:
    scene = play(suite)
    browser = suite.browser("en", scene.organiser)
    browser.get(f"/notifications?event={scene.event['id']}")
    assert "No such letters" in browser.text


def test_page_of_one_group_shows_only_that(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    scene.register(2)
    fail(scene, mail_of(2))
    browser = suite.browser("en", scene.organiser)
    browser.get(f"/notifications?event={scene.event['id']}&group=trouble")
    assert mail_of(2) in browser.text
    assert mail_of(1) not in browser.text
    assert browser.get("/notifications?group=nothing").status_code == 404


def test_failures_stand_first(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    fail(scene, mail_of(1))
    scene.register(2)
    browser = suite.browser("en", scene.organiser)
    browser.get(f"/notifications?event={scene.event['id']}")
    assert browser.text.index(mail_of(1)) < browser.text.index(mail_of(2))


def test_again_is_refused_for_what_is_not_in_trouble(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    scene.register(2)
    fail(scene, mail_of(2))
    queued = next(i for i in scene.owed("registration_confirmed") if i["recipient"] == mail_of(1))
    browser = suite.browser("en", scene.organiser)
    browser.get("/notifications")
    token = next(f.get("value") for f in browser.tree.iter("input") if f.get("name") == "csrf_token")
    reply = browser.post(f"/notifications/{queued['id']}/again", {"csrf_token": token})
    assert reply.status_code == 409


def test_again_is_for_the_organisers_of_the_event(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    fail(scene, mail_of(1))
    row = scene.owed("registration_confirmed")[0]
    other = suite.browser("en", suite.sign_in("organiser", 3))
    other.get("/notifications")
    token = next(f.get("value") for f in other.tree.iter("input") if f.get("name") == "csrf_token")
    assert other.post(f"/notifications/{row['id']}/again", {"csrf_token": token}).status_code == 404
    assert other.post(f"/notifications/{row['id']}/again").status_code in {400, 404}
    assert scene.owed("registration_confirmed")[0]["status"] == "failed"


def test_letter_overtaken_while_it_lay_there_is_not_sent_again(suite: Suite) -> None:
    scene = play(suite)
    row = scene.register(1)
    fail(scene, mail_of(1))
    scene.withdraw(row, 1)
    message = scene.owed("registration_confirmed")[0]
    browser = suite.browser("en", scene.organiser)
    browser.get("/notifications?group=trouble")
    browser.submit(f"/notifications/{message['id']}/again")
    suite.drain()
    assert scene.owed("registration_confirmed")[0]["status"] == "superseded"


def fail(scene: Scene, recipient: str) -> None:
    """As if the mail server had refused the letters of one recipient."""
    refused = {"status": "failed", "error": "550 no such mailbox", "attempts": 1}
    with scene.suite.events.app_context(), db.transaction() as session:
        mine = Notification.recipient == recipient, Notification.topic == scene.event["id"]
        session.execute(update(Notification).where(*mine).values(**refused))


def test_held_letter_is_shown_first_and_sent_when_the_organiser_says_so(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    hold(scene)
    suite.drain()
    assert not [mail for mail in suite.mails() if mail_of(1) in str(mail["To"])]
    browser = suite.browser("en", scene.organiser)
    browser.get(f"/notifications?event={scene.event['id']}&group=trouble")
    assert "may have been sent before that" in browser.text
    row = scene.owed("registration_confirmed")[0]
    browser.submit(f"/notifications/{row['id']}/again")
    suite.drain()
    assert [mail for mail in suite.mails() if mail_of(1) in str(mail["To"])]


def test_held_letter_is_dropped_once_and_stays_so(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    hold(scene)
    browser = suite.browser("en", scene.organiser)
    browser.get("/notifications?group=trouble")
    row = scene.owed("registration_confirmed")[0]
    form = browser.form(f"/notifications/{row['id']}/drop")
    assert browser.send(form, {}).status_code == 302
    assert scene.owed("registration_confirmed")[0]["status"] == "superseded"
    assert browser.send(form, {}).status_code == 409
    suite.drain()
    assert not [mail for mail in suite.mails() if mail_of(1) in str(mail["To"])]


def test_another_organisation_cannot_drop_a_held_letter(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    hold(scene)
    row = scene.owed("registration_confirmed")[0]
    other = suite.browser("en", suite.sign_in("organiser", 3))
    other.get("/notifications")
    token = other.form("/registry/sign-out").find("input").get("value")
    assert other.post(f"/notifications/{row['id']}/drop", {"csrf_token": token}).status_code == 404
    assert scene.owed("registration_confirmed")[0]["status"] == "held"


def hold(scene: Scene) -> None:
    """As a restore leaves it."""
    with scene.suite.events.app_context(), db.transaction() as session:
        session.execute(update(Notification).where(Notification.topic == scene.event["id"]).values(status="held"))


def test_resend_puts_a_failed_letter_into_the_queue_once(suite: Suite) -> None:
    scene = play(suite)
    scene.register(1)
    fail(scene, mail_of(1))
    row = scene.owed("registration_confirmed")[0]
    assert row["reason"] == "Мұндай пошта жәшігі жоқ: мекенжай дұрыс жазылған ба?"
    path, key = f"/api/v1/notifications/{row['id']}/resend", {"Idempotency-Key": "again"}
    replies = [suite.json("POST", path, {}, as_=scene.organiser, headers=key) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert replies[0].get_json()["status"] == "queued"
    assert replies[1].headers["Idempotent-Replayed"] == "true"
    assert suite.json("POST", path, {}, as_=scene.organiser).status_code == 409
    assert suite.json("POST", path, {}, as_=suite.sign_in("organiser", 3)).status_code == 404
    suite.drain()
    assert [(item["status"], item["reason"]) for item in scene.owed("registration_confirmed")] == [("sent", "")]


def test_list_is_filtered_by_state_and_kind(suite: Suite) -> None:
    scene = play(suite, capacity=1)
    scene.register(1)
    scene.register(2)
    fail(scene, mail_of(2))
    path = f"/api/v1/notifications?event={scene.event['id']}"
    for query, numbers in (("status=failed", [2]), ("kind=registration_confirmed", [1]), ("status=sent", [])):
        items = scene.do("GET", f"{path}&{query}")["items"]
        assert [item["recipient"] for item in items] == [mail_of(number) for number in numbers]
    for query in ("status=nothing", "kind=nothing"):
        assert suite.json("GET", f"{path}&{query}", as_=scene.organiser).status_code == 422


def test_all_that_failed_of_an_event_goes_again_and_nothing_else(suite: Suite) -> None:
    scene, another = play(suite), play(suite)
    for number in (1, 2, 3):
        scene.register(number)
    another.register(1)
    for number in (1, 2):
        fail(scene, mail_of(number))
    fail(another, mail_of(1))
    doubt(scene, mail_of(3))
    browser = suite.browser("en", scene.organiser)
    browser.get(f"/notifications?event={scene.event['id']}")
    assert "There is no such mailbox" in browser.text
    assert "it may have arrived" in browser.text
    assert "The mail server answered: 550 no such mailbox" in browser.text
    assert "Connection unexpectedly closed" not in browser.text
    browser.submit(f"/notifications/{scene.event['id']}/again")
    assert "2 letters are in the queue again" in browser.text
    states = {item["recipient"]: item["status"] for item in scene.owed("registration_confirmed")}
    assert states == {mail_of(1): "queued", mail_of(2): "queued", mail_of(3): "uncertain"}
    assert another.owed("registration_confirmed")[0]["status"] == "failed"


def doubt(scene: Scene, recipient: str) -> None:
    """As if the connection had broken after the letter was handed over."""
    broken = {"status": "uncertain", "error": "Connection unexpectedly closed", "attempts": 3}
    with scene.suite.events.app_context(), db.transaction() as session:
        mine = Notification.recipient == recipient, Notification.topic == scene.event["id"]
        session.execute(update(Notification).where(*mine).values(**broken))
