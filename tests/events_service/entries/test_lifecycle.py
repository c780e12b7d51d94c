"""An entry from its draft to its admission: who may do what, when, and what stays on record."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from events_service.contests.models import Stage
from events_service.db import Audit, Notification, db
from events_service.entries import queries, taking_part
from events_service.entries.models import Entry, EntryFile, StageEntry
from events_service.files import store
from services.database import utcnow
from services.errors import NotFound, Unavailable
from tests.events_service.entries.acts import GOOD, begin, call, change, contest, draft, send_file, submitted, teachers
from tests.events_service.files.made import picture

pytestmark = pytest.mark.either_engine


@pytest.fixture
def arena(suite):
    return contest(suite)


@pytest.fixture
def token(suite):
    return suite.sign_in("teacher", teachers(suite)[0])


def kinds(arena):
    with arena.suite.events.app_context():
        return list(db.session.scalars(select(Notification.kind).order_by(Notification.id)))


def test_entry_is_written_in_parts_sent_returned_and_admitted(arena, token):
    entry, organiser = begin(arena, token), arena.organiser
    path = f"entries/{entry['id']}"
    call(arena, "PATCH", path, {"title": "Сабақ"}, token)
    assert call(arena, "PATCH", path, {"summary": "Түйін"}, token)["title"] == "Сабақ"
    lacking = call(arena, "POST", f"{path}/submit", {}, token, 422)["errors"]
    assert set(lacking) == {"file", "original", "consent"}
    assert send_file(arena, token, entry["id"]).status_code == 201
    call(arena, "PATCH", path, {"original": True, "consent": True}, token)
    first = call(arena, "POST", f"{path}/submit", {}, token)
    assert (first["status"], first["number"], first["small_class"]) == ("submitted", 1, True)
    assert first["receipt"].startswith("0001-")
    assert call(arena, "POST", f"{path}/submit", {}, token)["receipt"] == first["receipt"]
    call(arena, "PATCH", path, {"title": "Басқа"}, token, 409)

    call(arena, "POST", f"{path}/return", {"reason": "Түйінін толықтырыңыз"}, organiser)
    call(arena, "PATCH", path, {"summary": "Толық түйін"}, token)
    again = call(arena, "POST", f"{path}/submit", {}, token)
    assert (again["number"], again["receipt"] != first["receipt"]) == (1, True)
    assert call(arena, "POST", f"{path}/admit", {}, organiser)["status"] == "admitted"
    call(arena, "POST", f"{path}/admit", {}, organiser)

    assert submitted(arena, arena.suite.sign_in("teacher", teachers(arena.suite)[1]))["number"] == 2
    with arena.suite.events.app_context():
        of_entry = select(Audit.action).where(Audit.entity == "entry", Audit.entity_id == entry["id"])
        actions = list(db.session.scalars(of_entry.order_by(Audit.id)))
    steps = ["started", "changed", "changed", "file_added", "changed", "submitted", "returned", "changed", "submitted"]
    assert actions == [f"entry.{step}" for step in [*steps, "admitted"]]


def test_letters_follow_the_entry_and_are_not_sent_once_overtaken(arena, token):
    entry = submitted(arena, token)
    path = f"entries/{entry['id']}"
    call(arena, "POST", f"{path}/return", {"reason": "Себебі"}, arena.organiser)
    arena.suite.drain()
    call(arena, "POST", f"{path}/submit", {}, token)
    call(arena, "POST", f"{path}/refuse", {"reason": "Қате"}, arena.organiser)
    call(arena, "POST", f"{path}/admit", {}, arena.organiser)
    arena.suite.drain()
    sent = [mail for mail in arena.suite.mails() if "/entries/" in mail.get_body(("plain",)).get_content()]
    texts = [mail.get_body(("plain",)).get_content() for mail in sent]
    assert len(texts) == 4  # two receipts, the return, the admission; the refusal was overtaken
    assert entry["receipt"] in texts[0]
    assert "Себебі" in texts[1]
    assert not any("Қате" in text for text in texts)
    assert kinds(arena).count("entries_waiting") == 1  # one letter to the organiser the next morning


def test_late_entry_is_refused_unless_extended_on_record(arena, token):
    entry = draft(arena, token)
    path, passed = f"entries/{entry['id']}", utcnow() - timedelta(minutes=1)
    change(arena, entries_close_at=passed)
    other = arena.suite.sign_in("teacher", teachers(arena.suite)[1])
    for method, where, body in (("POST", f"{path}/submit", {}), ("PATCH", path, {"title": "Кеш"})):
        assert call(arena, method, where, body, token, 409)["type"].endswith("entries-closed")
    assert send_file(arena, token, entry["id"]).status_code == 409
    begin(arena, other, status=409)

    late = {"late_until": (utcnow() + timedelta(hours=1)).isoformat(), "reason": "Байланыс болмады"}
    call(arena, "POST", f"{path}/extend", {**late, "late_until": passed.isoformat()}, arena.organiser, 422)
    call(arena, "POST", f"{path}/extend", late, arena.organiser)
    assert call(arena, "POST", f"{path}/submit", {}, token)["status"] == "submitted"
    with arena.suite.events.app_context():
        row = db.session.scalars(select(Audit).where(Audit.action == "entry.extended")).one()
        assert (row.reason, row.old["late_until"]) == ("Байланыс болмады", None)
    begin(arena, other, status=409)  # the extension is one entry's

    change(arena, entry["id"], late_until=None)
    back = {"reason": "Толықтырыңыз"}
    assert "late_until" in call(arena, "POST", f"{path}/return", back, arena.organiser, 422)["errors"]
    call(arena, "POST", f"{path}/return", {**back, **late}, arena.organiser)
    assert call(arena, "POST", f"{path}/submit", {}, token)["status"] == "submitted"
    with arena.suite.events.app_context():
        rows = db.session.scalars(select(Audit.new).where(Audit.action == "entry.returned"))
        assert [row["late_until"] for row in rows] == [late["late_until"]]


def test_organiser_begins_a_late_entry_for_somebody_on_record(arena, token):
    numbers, passed = teachers(arena.suite), utcnow() - timedelta(minutes=1)
    nomination = next(iter(arena.nominations.values()))
    late = {"late_until": (utcnow() + timedelta(hours=1)).isoformat(), "reason": "Байланыс болмады"}
    body = {**late, "nomination": nomination, "email": f"teacher{numbers[0]:04}@example.invalid"}
    change(arena, entries_close_at=passed)
    begin(arena, token, status=409)  # the control: she herself may not
    call(arena, "POST", "entries/late", body, token, 403)
    stranger = f"teacher{teachers(arena.suite, small=False)[0]:04}@example.invalid"
    for wrong in ({"email": "nobody@example.invalid"}, {"late_until": passed.isoformat()}, {"email": stranger}):
        call(arena, "POST", "entries/late", {**body, **wrong}, arena.organiser, 422)
    made = call(arena, "POST", "entries/late", body, arena.organiser, 201)
    call(arena, "POST", "entries/late", body, arena.organiser, 409)
    path = f"entries/{made['id']}"
    assert [row["id"] for row in call(arena, "GET", "entries", as_=token)["items"]] == [made["id"]]
    with arena.suite.events.app_context():
        row = db.session.scalars(select(Audit).where(Audit.action == "entry.started")).one()
        assert (row.reason, row.new["late_until"]) == (late["reason"], late["late_until"])
    arena.suite.drain()
    assert any(late["reason"] in mail.get_body(("plain",)).get_content() for mail in arena.suite.mails())
    call(arena, "PATCH", path, {**GOOD, "video_url": "https://video.example/1"}, token)
    assert call(arena, "POST", f"{path}/submit", {}, token)["number"] == 1


def test_school_counts_as_it_is_on_the_day_of_entry(suite):
    arena = contest(suite)
    other = suite.sign_in("teacher", teachers(suite, small=False)[0])
    refused = begin(arena, other, status=403)
    assert refused["type"].endswith("not-eligible")
    change(arena, rules={"eligibility": "anyone"})
    entry = draft(arena, other)
    change(arena, rules={})
    call(arena, "POST", f"entries/{entry['id']}/submit", {}, other, 403)
    change(arena, rules={"eligibility": "anyone"})
    kept = call(arena, "POST", f"entries/{entry['id']}/submit", {}, other)
    assert (kept["small_class"], bool(kept["district"])) == (False, True)
    # It is mended later; what became of the school meanwhile changes nothing.
    call(arena, "POST", f"entries/{entry['id']}/return", {"reason": "Толықтырыңыз"}, arena.organiser)
    change(arena, rules={})
    change(arena, entry["id"], district="UST")
    assert call(arena, "POST", f"entries/{entry['id']}/submit", {}, other)["district"] == "UST"


def test_one_person_has_one_live_entry_in_a_nomination_and_as_many_as_the_rules_say(arena, token):
    entry = begin(arena, token)
    begin(arena, token, status=409)
    begin(arena, token, nomination=1, status=409)
    change(arena, rules={"per_person": 2})
    begin(arena, token, nomination=1)
    call(arena, "POST", f"entries/{entry['id']}/withdraw", {}, token)
    assert begin(arena, token)["id"] != entry["id"]


def test_store_that_fails_half_way_keeps_nothing(arena, token, monkeypatch):
    entry, put, keys = begin(arena, token), store.put, []

    def second_fails(key, data):
        keys.append(key)
        if len(keys) == 2:
            raise Unavailable
        put(key, data)

    monkeypatch.setattr(store, "put", second_fails)
    assert send_file(arena, token, entry["id"]).status_code == 503
    with arena.suite.events.app_context(), pytest.raises(NotFound):
        store.get(keys[0])


def test_repeated_request_makes_one_draft_and_one_file(arena, token):
    chosen, key = {"nomination": next(iter(arena.nominations.values()))}, {"Idempotency-Key": "k1"}
    made = {call(arena, "POST", "entries", chosen, token, 201, key)["id"] for _ in range(2)}
    assert len(made) == 1
    entry_id = made.pop()
    replies = [send_file(arena, token, entry_id) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [201, 200]
    assert replies[0].get_json() == replies[1].get_json()
    body = {"title": "Сабақ"}
    for _ in range(2):  # what a lost answer repeats is not stale, what another has changed is
        call(arena, "PATCH", f"entries/{entry_id}", body, token, 200, {"If-Match": '"1"'})
    call(arena, "PATCH", f"entries/{entry_id}", {"title": "Басқа"}, token, 412, {"If-Match": '"1"'})


def test_entry_is_nobodys_but_its_authors_until_it_is_sent(arena, token):
    entry, suite = draft(arena, token), arena.suite
    path = f"entries/{entry['id']}"
    file_id = send_file(arena, token, entry["id"]).get_json()["id"]
    other, stranger = suite.sign_in("teacher", teachers(suite)[1]), suite.sign_in("organiser", 3)
    for who in (other, arena.organiser, stranger):
        for tail in ("", "/files", f"/files/{file_id}"):
            call(arena, "GET", path + tail, as_=who, status=404)
    for method, tail, body in (("PATCH", "", GOOD), ("POST", "/submit", {}), ("DELETE", f"/files/{file_id}", None)):
        call(arena, method, path + tail, body, other, 404)
    shown = call(arena, "GET", "entries", as_=arena.organiser)["items"]
    assert [row["id"] for row in shown] == [entry["id"]]
    assert "title" not in shown[0]
    assert call(arena, "GET", "entries", as_=other)["items"] == []
    call(arena, "POST", f"{path}/submit", {}, token)
    assert call(arena, "GET", path, as_=arena.organiser)["title"] == GOOD["title"]
    for who in (other, stranger):
        call(arena, "GET", path, as_=who, status=404)
    call(arena, "POST", f"{path}/admit", {}, stranger, 404)


def stored(arena):
    root = Path(arena.suite.settings.files_url.removeprefix("file:"))
    return {path for path in root.rglob("*") if path.is_file()}


def test_file_goes_out_as_an_attachment_that_no_browser_runs(arena, token):
    entry, before = begin(arena, token), stored(arena)
    path = f"{arena.api}/entries/{entry['id']}/files"
    photo = send_file(arena, token, entry["id"], picture(), "../C/Дәптер.JPG").get_json()
    assert (photo["name"], photo["media_type"]) == ("Дәптер.JPG", "image/jpeg")
    reply = arena.suite.json("GET", f"{path}/{photo['id']}", as_=token)
    headers = reply.headers
    assert b"Exif" not in reply.data
    assert headers["Content-Disposition"].startswith("attachment;")
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert (headers["Content-Security-Policy"], headers["Cache-Control"]) == ("default-src 'none'; sandbox", "no-store")
    assert send_file(arena, token, entry["id"], b"<html>", "x.pdf").status_code == 422
    assert send_file(arena, token, entry["id"], bytes(12 * 2**20), "x.pdf").status_code == 413
    assert len(stored(arena) - before) == 1
    assert arena.suite.json("DELETE", f"{path}/{photo['id']}", as_=token).status_code == 204
    assert stored(arena) == before


@pytest.mark.one_engine("sqlite")
def test_file_stays_when_the_answer_of_the_commit_was_lost(arena, token, monkeypatch):
    """The row may be there: whether its bytes are of use is for the sweep to say."""
    entry, real = begin(arena, token), Session.commit

    def commit(session):
        real(session)
        raise OperationalError("COMMIT", {}, Exception("the connection is gone"))

    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", commit)
        assert send_file(arena, token, entry["id"]).status_code == 503
    kept = call(arena, "GET", f"entries/{entry['id']}", as_=token)["files"]
    path = f"{arena.api}/entries/{entry['id']}/files/{kept[0]['id']}"
    assert arena.suite.json("GET", path, as_=token).status_code == 200


def test_entry_holds_ten_files_and_40_mb(arena, token):
    entry = begin(arena, token)
    with arena.suite.events.app_context(), db.transaction() as session:
        kept = {"entry_id": entry["id"], "name": "x", "media_type": "application/pdf", "key": "k"}
        for number in range(9):
            session.add(EntryFile(position=number + 1, size=4 * 2**20, sha256=str(number), **kept))
    assert send_file(arena, token, entry["id"]).status_code == 201
    assert "40" not in send_file(arena, token, entry["id"], picture(), "x.jpg").get_json()["detail"]
    with arena.suite.events.app_context(), db.transaction() as session:
        for file in session.get_one(Entry, entry["id"]).files[:2]:
            session.delete(file)
        session.get_one(Entry, entry["id"]).files[2].size = 16 * 2**20
    assert "40" in send_file(arena, token, entry["id"], picture(), "x.jpg").get_json()["detail"]


def test_nothing_changes_once_the_jury_is_at_work(arena, token):
    suite, organiser = arena.suite, arena.organiser
    admitted, waiting = submitted(arena, token), submitted(arena, suite.sign_in("teacher", teachers(suite)[1]))
    unsent = draft(arena, suite.sign_in("teacher", teachers(suite)[2]))
    call(arena, "POST", f"entries/{admitted['id']}/admit", {}, organiser)
    with suite.events.app_context(), db.transaction() as session:
        stage = session.get_one(Stage, arena.stages["REMOTE"])
        assert [row.id for row in queries.entrants(stage)] == [admitted["id"]]
        assert [row.id for row in taking_part.settle(session, stage)] == [admitted["id"]]
        taking_part.settle(session, stage)
        stage.status = "open"
        session.flush()
        assert [row.id for row in queries.entrants(stage)] == [admitted["id"]]
        assert queries.entrants(session.get_one(Stage, arena.stages["FINAL"])) == []
        assert len(session.scalars(select(StageEntry)).all()) == 1
    path = f"entries/{admitted['id']}"
    reason = {"reason": "х"}
    late = {**reason, "late_until": (utcnow() + timedelta(hours=1)).isoformat()}
    for where, body in ((f"{path}/return", late), (f"{path}/refuse", reason), (f"entries/{waiting['id']}/admit", {}),
                        (f"entries/{unsent['id']}/extend", late)):  # fmt: skip
        assert call(arena, "POST", where, body, organiser, 409)["type"].endswith("entries-judged")
    call(arena, "POST", f"entries/{unsent['id']}/submit", {}, suite.sign_in("teacher", teachers(suite)[2]), 409)
