"""The pages of jurors, without JavaScript: the list, the sheet, signing, stepping back, the chair's reopening."""

import re

import pytest

from events_service.contests.models import Stage
from events_service.db import db
from events_service.entries.models import Entry, EntryFile
from events_service.files import store
from events_service.jury.models import Assignment
from tests.events_service import arena as arenas
from tests.events_service.jury import court
from tests.events_service.scoring.test_sheets import change, put

pytestmark = pytest.mark.either_engine

FULL = ("8", "7,5", "9", "10", "6", "4", "5")


@pytest.fixture
def arena(suite):
    return arenas.build(suite, nominations=1, entries=3, jurors=3, open_stage="REMOTE", deal=True)


def browser(arena, juror=0, lang="kk"):
    return arena.suite.browser(lang, arena.juror(juror))


def home(arena):
    return f"/contests/{arenas.SLUG}/jury"


def sheet(arena, entry=0, juror=0):
    return f"{home(arena)}/{arena.assignments[entry * 3 + juror]}"


def fields(page, points):
    names = [e.get("name") for e in page.tree.iter("input") if (e.get("name") or "").startswith("p-")]
    return dict(zip(names, points, strict=True))


def values(page):
    return [e.get("value") for e in page.tree.iter("input") if (e.get("name") or "").startswith("p-")]


def test_juror_scores_signs_and_sees_how_far_she_is(arena):
    page = browser(arena)
    page.get(home(arena))
    assert "Жұмыс 1" in page.text and "0 / 3" in page.text, page.text
    page.get(sheet(arena))
    page.submit_fields(fields(page, ["8", "7,5", "", "", "", "", ""]) | {"feedback": "Жақсы сабақ"})
    assert page.response.status_code == 200 and values(page) == ["8", "7,5", "", "", "", "", ""]
    assert page.submit_fields({}, button="sign").status_code == 422
    assert len([e for e in page.tree.iter("a") if (e.get("href") or "").startswith("#f-p-")]) == 5
    page.submit_fields(fields(page, FULL), button="sign")
    assert page.url == sheet(arena) + "/sign" and "80,75" not in page.text
    assert re.search(r"\b81\b", page.text), page.text
    page.submit()
    assert page.url == home(arena) and "1 / 3" in page.text
    page.get(sheet(arena))
    assert not values(page) and "Жақсы сабақ" in page.text


def test_form_sent_twice_is_kept_once_and_what_is_refused_stays_typed(arena):
    page = browser(arena)
    page.get(sheet(arena))
    form, sent = page.form(), fields(page, FULL)
    assert [page.send(form, sent).status_code for _ in range(2)] == [303, 303]
    page.get(sheet(arena))
    assert page.submit_fields(fields(page, ["11", "x", *FULL[2:]])).status_code == 422
    assert values(page) == ["11", "x", *FULL[2:]] and "10" in page.text
    with arena.suite.events.app_context():
        assert db.session.get_one(Assignment, arena.assignments[0]).version == 2


def test_stale_form_shows_both_versions_and_then_saves_the_chosen_one(arena):
    page = browser(arena)
    page.get(sheet(arena))
    put(arena, {"R1": 3}, 1)
    assert page.submit_fields(fields(page, FULL)).status_code == 409
    rows = [[cell for cell in row.itertext() if cell.strip()] for row in page.tree.iter("tr")]
    assert rows[1][1:] == ["8", "3"] and len(rows) == 8
    assert values(page) == list(FULL)
    assert page.submit_fields({}).status_code == 200 and values(page) == list(FULL)


def test_unsaved_form_keeps_its_version_so_that_nothing_newer_is_lost(arena):
    page = browser(arena)
    page.get(sheet(arena))
    put(arena, {"R1": 3}, 1)
    assert page.submit_fields(fields(page, ["99", *FULL[1:]]), button="sign").status_code == 422
    assert page.submit_fields(fields(page, FULL)).status_code == 409


def test_blind_entry_hides_its_author_and_an_open_one_does_not(arena):
    with arena.suite.events.app_context():
        name = db.session.get_one(Entry, arena.entries[0]).name
    page = browser(arena)
    page.get(sheet(arena))
    assert name not in page.html
    change(arena, Stage, arena.stages["REMOTE"], blind=False)
    page.get(sheet(arena))
    assert name in page.text


@pytest.mark.one_engine("sqlite")
def test_juror_reads_an_entry_when_its_stage_has_opened_and_while_it_is_admitted(suite, monkeypatch):
    monkeypatch.setattr(store, "get", lambda key: b"%PDF-1.7")
    arena = arenas.build(suite, nominations=1, entries=1, jurors=3, jury_min=3)
    change(arena, Entry, arena.entries[0], summary="Құпия түйін", video_url="https://video.example/1")
    with suite.events.app_context(), db.transaction() as session:
        kept = {"name": "x.pdf", "media_type": "application/pdf", "size": 1, "sha256": "x", "key": "k"}
        session.add(EntryFile(entry_id=arena.entries[0], **kept))
    court.deal(arena)
    mine = court.first_of(arena, 1)
    page, path = browser(arena, 1, "ru"), f"{home(arena)}/{mine}"

    def seen():
        """Title and state in the list and in JSON; text, link and file of the sheet."""
        [row] = court.call(arena, "GET", "/sheets", as_=arena.juror(1))["items"]
        listed = page.get(home(arena)).get_data(as_text=True)
        states = [said for said in ("Ещё не открыт", "Не начат", "Не подписан", "Не допущен") if said in listed]
        read = page.get(path).get_data(as_text=True)
        whole = ["Құпия түйін" in read, "video.example" in read, page.get(f"{path}/files/1").status_code == 200]
        return "Жұмыс 1" in listed, row["entry_title"], row["open"], states, whole

    assert seen() == (True, "Жұмыс 1", False, ["Ещё не открыт"], [False] * 3)
    change(arena, Entry, arena.entries[0], status="returned")
    assert seen() == (False, "", False, ["Ещё не открыт"], [False] * 3)
    change(arena, Entry, arena.entries[0], status="admitted")
    court.call(arena, "POST", court.stage_path(arena, "open"), {})
    assert seen() == (True, "Жұмыс 1", True, ["Не начат"], [True] * 3)
    change(arena, Entry, arena.entries[0], status="refused")
    assert seen() == (False, "", False, ["Не допущен"], [False] * 3)
    body = {"scores": {"R1": 1}, "version": 1}
    court.call(arena, "PUT", f"/sheets/{mine}", body, as_=arena.juror(1), want=409)


@pytest.mark.one_engine("sqlite")
def test_juror_declares_a_conflict_before_her_stage_opens(suite):
    arena = arenas.build(suite, nominations=1, entries=1, jurors=4, jury_min=3)
    court.deal(arena)
    page = browser(arena, 1)
    page.get(f"{home(arena)}/{court.first_of(arena, 1)}")
    [link] = [e.get("href") for e in page.tree.iter("a") if (e.get("href") or "").endswith("/recuse")]
    page.get(link)
    assert "Жұмыс 1" in page.text
    page.submit(reason="Досым")
    assert court.first_of(arena, 1, "recused")


def test_pages_of_others_are_unknown(arena):
    own, other = browser(arena, 1), browser(arena, 2)
    for end in ("", "/sign", "/files/1", "/reopen"):
        assert own.get(sheet(arena, 0, 2) + end).status_code == 404
    assert own.get(f"{home(arena)}/sheets").status_code == 404
    assert own.get(f"{home(arena)}/sheets/{arena.members[2]}").status_code == 404
    assert other.get(f"{home(arena)}/sheets/{arena.members[2]}").status_code == 200
    stranger = arena.suite.browser("kk", arena.suite.sign_in("teacher", 7))
    assert stranger.get(home(arena)).status_code == 404
    assert arena.suite.browser("kk", arena.organiser).get(home(arena)).status_code == 200


def test_chair_opens_a_signed_sheet_from_the_list_of_its_juror(arena):
    arenas.score(arena)
    page = browser(arena)
    page.get(f"{home(arena)}/sheets")
    assert page.text.count("3 / 3") == 3
    page.get(f"{home(arena)}/sheets/{arena.members[1]}")
    path = f"{sheet(arena, 0, 1)}/reopen"
    assert path in page.html
    page.get(path)
    assert page.submit(reason="").status_code == 422
    page.submit(reason="Қате бар")
    assert page.url == f"{home(arena)}/sheets/{arena.members[1]}" and path not in page.html
