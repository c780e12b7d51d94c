"""Ideas: who may do what and see what, when, and how many."""

import pytest
from sqlalchemy import select

from events_service.db import Audit, db
from events_service.events.models import Event
from events_service.fairs import queries, submitting
from tests.events_service.fairs.fairground import SUMMARY, TITLE, open_fair
from tests.events_service.scene import in_days

pytestmark = pytest.mark.either_engine


def seen_by(fair, idea, token):
    return fair.suite.json("GET", f"/api/v1/ideas/{idea['id']}", as_=token).status_code


def listed_for(fair, token):
    return [item["id"] for item in fair.suite.json("GET", fair.path("/ideas"), as_=token).get_json()["items"]]


def test_idea_that_is_not_accepted_is_seen_by_its_author_and_the_organisers_only(suite, monkeypatch):
    fair = open_fair(suite)
    draft, sent, taken = fair.write(1), fair.submit(1), fair.accepted(2)
    author, organiser, other = fair.teacher(1), fair.organiser, fair.teacher(3)
    foreign = suite.sign_in("organiser", 3)
    sees = {
        name: [seen_by(fair, idea, token) == 200 for idea in (draft, sent, taken)]
        for name, token in (("author", author), ("organiser", organiser), ("other", other), ("foreign", foreign))
    }
    assert sees == {
        "author": [True, True, True],
        "organiser": [False, True, True],
        "other": [False, False, True],
        "foreign": [False, False, True],
    }
    assert set(listed_for(fair, author)) == {draft["id"], sent["id"], taken["id"]}
    assert set(listed_for(fair, organiser)) == {sent["id"], taken["id"]}
    assert listed_for(fair, None) == [taken["id"]]
    unknown = suite.json("GET", "/api/v1/ideas/" + "0" * 16, as_=other).get_json()
    hidden = suite.json("GET", f"/api/v1/ideas/{sent['id']}", as_=other).get_json()
    assert {**unknown, "request_id": ""} == {**hidden, "request_id": ""}
    public = suite.json("GET", f"/api/v1/ideas/{taken['id']}").get_json()
    assert {"email", "reason", "version", "warnings", "author_id"}.isdisjoint(public)
    monkeypatch.setattr(queries, "inside", lambda idea, actor: True)
    assert seen_by(fair, sent, other) == 200, "without the guard it would be seen"


def test_each_step_is_for_its_own_people(suite):
    fair = open_fair(suite)
    idea = fair.submit(1)
    author, other, foreign = fair.teacher(1), fair.teacher(2), suite.sign_in("organiser", 3)
    said = {
        (who, verb): fair.say(verb, idea, token, {"reason": "Жоқ"} if verb == "decline" else None)
        for verb in ("accept", "decline", "submit", "withdraw")
        for who, token in (("other", other), ("foreign", foreign))
    }
    assert {said["other", verb] for verb in ("accept", "decline")} == {403}
    assert {code for key, code in said.items() if key not in {("other", "accept"), ("other", "decline")}} == {404}
    assert fair.say("accept", idea, author) == 403
    assert suite.json("PATCH", f"/api/v1/ideas/{idea['id']}", {"minutes": 5}, as_=fair.organiser).status_code == 404
    assert suite.json("POST", fair.path("/ideas"), fair.body()).status_code == 401
    for method, rest, body in (
        ("POST", "/sections", {"title": TITLE}),
        ("PATCH", f"/sections/{fair.physics}", {"topic": "-"}),
        ("DELETE", f"/sections/{fair.physics}", None),
        ("PATCH", "", {"ideas_per_person": 1}),
    ):
        assert suite.json(method, fair.path(rest), body, as_=author).status_code == 403
        assert suite.json(method, fair.path(rest), body, as_=foreign).status_code == 404
    assert fair.row(idea).status == "submitted"


def test_states_lead_from_one_to_the_next_and_leave_a_trace(suite):
    fair = open_fair(suite)
    author, idea = fair.teacher(1), fair.write(1)
    assert fair.say("accept", idea, fair.organiser) == 404  # a draft is its author's own
    assert fair.say("submit", idea, author) == 200
    assert fair.say("submit", idea, author) == 200
    assert fair.say("decline", idea, fair.organiser, {}) == 422
    assert fair.say("decline", idea, fair.organiser, {"reason": "Секция толы"}) == 200
    told = suite.json("GET", f"/api/v1/ideas/{idea['id']}", as_=author).get_json()
    assert (told["status"], told["reason"]) == ("declined", "Секция толы")
    changed = suite.json("PATCH", f"/api/v1/ideas/{idea['id']}", {"minutes": 5}, as_=author)
    assert changed.status_code == 409
    assert fair.say("withdraw", idea, author) == 409
    assert fair.say("accept", idea, fair.organiser) == 200
    assert fair.say("accept", idea, fair.organiser) == 200
    assert fair.row(idea).reason == ""
    assert fair.say("withdraw", idea, author) == 200
    assert fair.say("accept", idea, fair.organiser) == 409
    with suite.events.app_context():
        rows = select(Audit).where(Audit.entity == "idea", Audit.entity_id == idea["id"]).order_by(Audit.id)
        trace = [row.action for row in db.session.scalars(rows)]
    assert trace == [f"idea.{step}" for step in ("written", "submitted", "declined", "accepted", "withdrawn")]


def test_idea_is_handed_in_whole_and_with_consent(suite):
    fair = open_fair(suite)
    idea, author = fair.write(1, summary={}, consent=False), fair.teacher(1)
    reply = suite.json("POST", f"/api/v1/ideas/{idea['id']}/submit", as_=author)
    assert reply.status_code == 422
    assert set(reply.get_json()["errors"]) == {"summary", "consent"}
    body = {"summary": SUMMARY, "consent": True, "section": fair.chemistry}
    reply = suite.json("PATCH", f"/api/v1/ideas/{idea['id']}", body, as_=author)
    assert (reply.status_code, reply.headers["ETag"]) == (200, '"2"')
    assert reply.get_json()["section"] == fair.chemistry
    assert fair.say("submit", idea, author) == 200
    stale = suite.json("PATCH", f"/api/v1/ideas/{idea['id']}", {"minutes": 5}, as_=author, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    emptied = suite.json("PATCH", f"/api/v1/ideas/{idea['id']}", {"consent": False}, as_=author)
    assert emptied.status_code == 422
    assert suite.json("PATCH", f"/api/v1/ideas/{idea['id']}", {"section": "нет"}, as_=author).status_code == 422


def test_one_person_brings_only_so_many_ideas(suite, monkeypatch):
    fair = open_fair(suite)
    fair.scene.do("PATCH", fair.path(), {"ideas_per_person": 2})
    first = fair.write(1)
    fair.submit(1)
    post = lambda: suite.json("POST", fair.path("/ideas"), fair.body(), as_=fair.teacher(1)).status_code  # noqa: E731
    assert post() == 409
    fair.write(2)
    assert fair.say("withdraw", first, fair.teacher(1)) == 200
    assert (post(), post()) == (201, 409)
    monkeypatch.setattr(submitting, "MOST_EVER", 3)
    fair.scene.do("PATCH", fair.path(), {"ideas_per_person": 10})
    assert post() == 409, "withdrawn ones count in the end, or the table would grow without end"
    monkeypatch.setattr(submitting, "_check_numbers", lambda event, actor: None)
    assert post() == 201, "without the guard it would go in"


def test_ideas_are_taken_and_changed_until_they_close(suite):
    fair = open_fair(suite)
    author, draft, sent = fair.teacher(1), fair.write(1), fair.submit(1)
    taken, waiting = [fair.accepted(2, "10:30") for _ in range(3)], fair.submit(3)
    for ending, code in (("cancelled", "ideas-cancelled"), ("closed", "ideas-closed"), ("begun", "ideas-closed")):
        if ending == "cancelled":
            fair.scene.cancel()
        elif ending == "closed":
            fair.scene.restore()
            fair.scene.do("PATCH", fair.path(), {"ideas_close_at": in_days(-1)})
        else:
            fair.scene.do("PATCH", fair.path(), {"ideas_close_at": None})
            fair.scene.change(starts_at=in_days(0, "00:00"), ends_at=in_days(1, "13:00"))
        assert suite.json("GET", fair.path()).get_json()["state"] == code.removeprefix("ideas-")
        refused = [
            suite.json("POST", fair.path("/ideas"), fair.body(), as_=author),
            suite.json("POST", f"/api/v1/ideas/{draft['id']}/submit", as_=author),
            suite.json("PATCH", f"/api/v1/ideas/{sent['id']}", {"minutes": 5}, as_=author),
        ]
        assert {reply.status_code for reply in refused} == {409}
        assert {reply.get_json()["type"].rpartition(":")[2] for reply in refused} == {code}
        assert fair.say("accept", waiting, fair.organiser) == (409 if ending == "cancelled" else 200)
        assert fair.say("withdraw", taken.pop(), fair.teacher(2)) == 200


def test_idea_for_a_closed_circle_comes_from_its_schools(suite):
    fair = open_fair(suite, audience={"rule": "district", "district": "ULY"}, restrict_to_audience=True)
    inside, outside = fair.teacher(7), fair.teacher(0)  # of Ulytau and of Abai
    codes = [suite.json("POST", fair.path("/ideas"), fair.body(), as_=who).status_code for who in (inside, outside)]
    assert codes == [201, 403]


def test_only_a_fair_has_sections_and_ideas(suite):
    fair = open_fair(suite)
    idea = fair.accepted(1, "10:30")
    with suite.events.app_context(), db.transaction() as session:  # no verb does this while there are ideas
        session.get_one(Event, fair.scene.event["id"]).kind = "seminar"
    assert TITLE["kk"] not in fair.scene.entry()["DESCRIPTION"]
    assert suite.json("GET", fair.path("/sections")).status_code == 404
    assert suite.json("GET", f"/api/v1/ideas/{idea['id']}").status_code == 404
    assert suite.get(fair.page()).status_code == 404
    mine = suite.browser("en", fair.teacher(1))
    mine.get("/my")
    assert TITLE["en"] not in mine.text
