"""The pages of entries: a teacher on a poor line writes in parts and loses nothing; the organisers decide."""

import io
import json
from datetime import timedelta

import pytest

from events_service.contests.models import Stage
from events_service.db import db
from events_service.entries import blind, queries, taking_part
from events_service.entries.models import Entry
from events_service.jury.models import Assignment
from events_service.results.models import DONE, Compilation
from services.database import utcnow
from tests.events_service import arena as arenas
from tests.events_service.arena import SLUG
from tests.events_service.entries.acts import GOOD, call, change, contest, send_file, submitted, teachers
from tests.events_service.files.made import picture

pytestmark = pytest.mark.one_engine("sqlite")
ROOT = f"/contests/{SLUG}"


@pytest.fixture
def arena(suite):
    return contest(suite)


@pytest.fixture
def token(suite):
    return suite.sign_in("teacher", teachers(suite)[0])


def upload(browser, path, data, name):
    """A file by the form as it stands on the page."""
    browser.get(path)
    csrf = next(e.get("value") for e in browser.tree.iter("input") if e.get("name") == "csrf_token")
    sent = {"csrf_token": csrf, "file": (io.BytesIO(data), name)}
    return browser.client.post(path, data=sent, base_url="http://127.0.0.1:8000")


def test_teacher_enters_in_parts_and_finds_where_it_stands(arena, token):
    teacher = arena.suite.browser("kk", as_=token)
    teacher.get(f"{ROOT}/enter")
    assert teacher.submit(nomination=next(iter(arena.nominations.values()))).status_code == 200
    path = teacher.url
    teacher.get(f"{path}/text")
    teacher.submit(title="Топтық жұмыс", summary="Бірінші бөлім\n\nЕкінші")
    assert teacher.url == path
    assert "Екінші" in teacher.text
    teacher.get(f"{path}/video")
    assert teacher.submit(video_url="javascript:alert(1)").status_code == 422
    assert "Топтық жұмыс" in teacher.get(path).text
    assert upload(teacher, f"{path}/files", b"<html>", "x.pdf").status_code == 422
    assert upload(teacher, f"{path}/files", picture(), "Дәптер.jpg").status_code == 303
    assert "Дәптер.jpg" in teacher.get(f"{path}/files").text
    teacher.get(f"{path}/submit")
    assert teacher.submit(original="on").status_code == 422
    teacher.get(f"{path}/submit")
    assert "checked" in teacher.html  # what she has said stays said
    teacher.submit(original="on", consent="on")
    assert teacher.url == path
    assert "№ 1" in teacher.text
    assert "0001-" in teacher.text
    assert "Топтық жұмыс" in arena.suite.get("/my", token, "kk").text

    desk = arena.suite.browser("ru", as_=arena.organiser)
    desk.get(f"{ROOT}/entries?status=submitted")
    assert "Топтық жұмыс" in desk.text
    desk.get(f"{path}/return")
    assert desk.submit(reason="").status_code == 422
    desk.submit(reason="Толықтырыңыз")
    assert "Толықтырыңыз" in teacher.get(path).text
    teacher.get(f"{path}/submit")
    teacher.submit(original="on", consent="on")
    desk.get(f"{path}/admit")
    desk.submit()
    assert "Топтық жұмыс" in desk.get(f"{ROOT}/entries?status=admitted").text
    assert "Топтық жұмыс" not in desk.get(f"{ROOT}/entries?status=submitted").text
    assert desk.get(f"{ROOT}/entries?status=nonsense").status_code == 422


def test_pages_say_why_one_cannot_enter(arena, suite, token):
    other = suite.browser("ru", as_=suite.sign_in("teacher", teachers(suite, small=False)[0]))
    other.get(f"{ROOT}/enter")
    reply = other.submit(nomination=next(iter(arena.nominations.values())))
    assert (reply.status_code, "малокомплектных" in other.text) == (403, True)
    change(arena, entries_close_at=utcnow() - timedelta(hours=1))
    assert "закончен" in suite.get(f"{ROOT}/enter", token).text


def test_organiser_begins_an_entry_on_a_page(arena, token):
    change(arena, entries_close_at=utcnow() - timedelta(hours=1))
    desk = arena.suite.browser("ru", as_=arena.organiser)
    assert f"{ROOT}/entries/late" in desk.get(f"{ROOT}/entries").text
    desk.get(f"{ROOT}/entries/late")
    chosen = {"nomination": next(iter(arena.nominations.values())), "day": "2099-01-01", "reason": "Нет связи"}
    assert desk.submit(**{**chosen, "email": "x@example.invalid"}).status_code == 422
    desk.submit(**{**chosen, "email": f"teacher{teachers(arena.suite)[0]:04}@example.invalid"})
    assert desk.url == f"{ROOT}/entries"
    assert f"{ROOT}/entries/" in arena.suite.get("/my", token, "ru").text


def test_two_windows_lose_nothing(arena, token):
    one, two = (arena.suite.browser("ru", as_=token) for _ in range(2))
    one.get(f"{ROOT}/enter")
    one.submit(nomination=next(iter(arena.nominations.values())))
    path = one.url
    for browser in (one, two):
        browser.get(f"{path}/text")
    one.submit(title="Первое", summary="Первое содержание")
    reply = two.submit(title="Второе", summary="Второе содержание")
    assert reply.status_code == 412
    assert "Второе содержание" in two.html
    assert "Первое" in one.get(path).text


def test_entrants_hear_once_that_the_contest_is_off_and_its_kind_stays(arena, token):
    submitted(arena, token)
    assert arena.suite.json("PATCH", f"/api/v1/events/{SLUG}", {"kind": "seminar"}, arena.organiser).status_code == 409
    desk = arena.suite.browser("ru", as_=arena.organiser)
    desk.get(f"/events/{SLUG}/cancel")
    assert "1 участник получит письмо." in desk.text
    desk.submit_fields({"reason": "Боран"})
    arena.suite.drain()
    texts = [mail.get_body(("plain",)).get_content() for mail in arena.suite.mails()]
    assert [f"/contests/{SLUG}" in text for text in texts if "Боран" in text] == [True]
    assert sum("өтпейді" in text or "не состоится" in text for text in texts) == 1


def judged(arena, token, blind_stage=True):
    """An admitted entry with a file in an open stage."""
    entry = submitted(arena, token)
    call(arena, "POST", f"entries/{entry['id']}/return", {"reason": "х"}, arena.organiser)
    assert send_file(arena, token, entry["id"]).status_code == 201
    assert send_file(arena, token, entry["id"], picture(), "Айгүл.jpg").status_code == 201
    call(arena, "POST", f"entries/{entry['id']}/submit", {}, token)
    call(arena, "POST", f"entries/{entry['id']}/admit", {}, arena.organiser)
    with arena.suite.events.app_context(), db.transaction() as session:
        stage = session.get_one(Stage, arena.stages["REMOTE"])
        taking_part.settle(session, stage)
        stage.status, stage.blind = "open", blind_stage
    return entry


def test_juror_sees_no_more_than_the_stage_lets_her(arena, token):
    entry = judged(arena, token)
    with arena.suite.events.app_context():
        stage, row = db.session.get_one(Stage, arena.stages["REMOTE"]), db.session.get_one(Entry, entry["id"])
        sight = blind.view(row, stage)
        assert (sight.title, sight.author, sight.school, sight.district) == (GOOD["title"], "", None, "")
        assert [file.name for file in sight.files] == ["file-1.pdf", "file-2.jpg"]
        assert row.files[0].key != queries.blind_file(row, 1).key
        assert "Сабақ" not in repr(sight.files)
        seen = blind.view(row, Stage(blind=False))
        assert (seen.author, seen.school.id, seen.district) == (row.name, row.school_id, row.district)


def test_juror_reads_the_entry_of_her_sheet_as_json(arena, token):
    entry = judged(arena, token)
    with arena.suite.events.app_context(), db.transaction() as session:
        arenas._seat(session, arena, 2)
        sheet = Assignment(
            stage_id=arena.stages["REMOTE"], entry_id=entry["id"], member_id=arena.members[1], ground="deal"
        )
        session.add(sheet)
        session.flush()
        path, address = f"sheets/{sheet.id}", f"{arena.api}/sheets/{sheet.id}/files"
    seen = call(arena, "GET", f"{path}/entry", as_=arena.juror(1))
    assert (seen["title"], seen["author"], seen["district"]) == (GOOD["title"], "", "")
    assert [file["name"] for file in seen["files"]] == ["file-1.pdf", "file-2.jpg"]
    sizes = [len(arena.suite.json("GET", f"{address}/{n}", as_=arena.juror(1)).data) for n in (1, 2)]
    assert sizes == [file["size"] for file in seen["files"]]
    for who, tail in ((1, "files/3"), (1, "files/0"), (0, "entry"), (0, "files/1")):
        call(arena, "GET", f"{path}/{tail}", as_=arena.juror(who), status=404)
    with arena.suite.events.app_context(), db.transaction() as session:
        session.get_one(Stage, arena.stages["REMOTE"]).blind = False
    assert call(arena, "GET", f"{path}/entry", as_=arena.juror(1))["author"]


def test_result_and_feedback_are_shown_once_published(suite):
    arena = arenas.build(suite, entries=2, jurors=2, open_stage="REMOTE", deal=True)
    token, secret = suite.sign_in("teacher", 0), "Сабағыңыз ұнады"
    path = f"{ROOT}/entries/{arena.entries[0]}"
    line = {"id": arena.entries[0], "place": 1, "shared": True, "score": "80.00", "corrected": "83.50",
            "decides": "83.50", "total": "86.50", "passes": True}  # fmt: skip
    with suite.events.app_context(), db.transaction() as session:
        for sheet in session.query(Assignment):
            sheet.feedback, sheet.signed_at = secret, utcnow()
        document = json.dumps({"nominations": [{"entries": [line]}]})
        made = Compilation(stage_id=arena.stages["REMOTE"], number=1, status=DONE, document=document, created_by="x")
        made.published_at, made.inputs_hash = utcnow(), "ab" * 32
        session.add(made)
        session.flush()
        compiled = made.id
    before = suite.get(path, token, "kk").text
    assert (secret in before, "83,50" in before) == (False, False)
    with suite.events.app_context(), db.transaction() as session:
        stage = session.get_one(Stage, arena.stages["REMOTE"])
        stage.compilation_id, stage.published_at, stage.status = compiled, utcnow(), "closed"
    after = suite.get(path, token, "kk").text
    assert [word in after for word in (secret, "83,50", "86,50")] == [True] * 3
    assert suite.get(path, suite.sign_in("teacher", 1), "kk").status_code == 404
