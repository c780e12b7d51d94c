"""Who sees which letters, as JSON and on the page."""

from sqlalchemy import update

from events_service.db import Notification, db
from tests.events_service.scene import Scene, mail_of, play
from tests.support.suite import Suite


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
