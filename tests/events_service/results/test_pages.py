"""Pages of results: the worked example to the hundredth, what is hidden, and forms that keep what was typed."""

import gzip

import pytest
from sqlalchemy import select

from events_service.db import db
from events_service.jury.models import Assignment
from tests.events_service import arena as arenas
from tests.events_service.results.hall import Hall, closed
from tests.events_service.results.test_appealing import appeal

pytestmark = pytest.mark.either_engine

REMOTE = [(8, 7, 9, 10, 6, 4, 5), (7, 6, 8, 9, 6, 4, 5), (9, 8, 9, 10, 7, 3, 5)]
FINAL = (9, 8, 9, 9, "4.5")
SCORES = {(0, 0): 90, (1, 0): 90, (2, 0): 70, (0, 1): 80, (1, 1): 80, (2, 1): 70}


def points(letter, given):
    return {f"{letter}{number}": value for number, value in enumerate(given, start=1)}


@pytest.fixture
def example(suite):
    """The worked example of the domain: one entry of INNOVATION through both stages."""
    hall = Hall(arenas.build(suite, 5, 5, 3, open_stage="REMOTE"))
    at = list(hall.arena.nominations).index("INNOVATION")
    hall.sign({(at, juror): points("R", given) for juror, given in enumerate(REMOTE)})
    hall.close()
    first = hall.published()
    assert hall.open() == [hall.arena.entries[at]]
    hall.sign({(at, juror): points("F", FINAL) for juror in range(3)}, "FINAL")
    hall.close("FINAL")
    return hall, at, first, hall.published("FINAL")


def text_at(hall, path, as_=None, lang="en"):
    browser = hall.suite.browser(lang, as_)
    assert browser.get(f"{hall.pages}{path}").status_code == 200
    return browser.text


def test_worked_example_stands_on_the_pages(example):
    hall, at, first, last = example
    entry = hall.arena.entries[at]
    shown = text_at(hall, f"/{first['id']}/arithmetic/{entry}", hall.teacher(at))
    assert all(f"{number} " in shown for number in ("85.00", "77.50", "88.00"))
    assert ") ÷ 3 = 83.50" in shown
    shown = text_at(hall, f"/{last['id']}/arithmetic/{entry}", hall.teacher(at))
    assert "0.4 × 83.50 + 0.6 × 88.50 = 86.50" in shown
    assert "Juror 1" in shown
    shown = text_at(hall, "", lang="ru")
    assert all(number in shown for number in ("83,50", "88,50", "86,50"))


def test_place_of_the_last_stage_says_which_diploma_it_earns(example):
    hall, said = example[0], "Diploma of the first degree"
    counts = [text_at(hall, path).count(said) for path in ("?stage=REMOTE", "?stage=FINAL")]
    assert counts == [0, 1]


def test_desk_says_that_newer_results_of_an_earlier_stage_count(example):
    hall, said = example[0], "newer results than these"
    assert said not in text_at(hall, "/desk", hall.arena.organiser)
    hall.published("REMOTE")
    assert said in text_at(hall, "/desk", hall.arena.organiser)
    hall.compile("FINAL")
    assert said not in text_at(hall, "/desk", hall.arena.organiser)


def test_arithmetic_is_for_the_author_and_who_directs_the_jury(suite):
    hall = closed(suite, SCORES)
    version = hall.compile()
    path = f"{hall.pages}/{version['id']}/arithmetic/{hall.arena.entries[0]}"
    assert suite.get(path, hall.teacher(0)).status_code == 404
    hall.publish(version)
    answers = {who: suite.get(path, token).status_code for who, token in {
        "author": hall.teacher(0), "other": hall.teacher(1), "juror": hall.arena.juror(1), "chair": hall.chair,
    }.items()}  # fmt: skip
    assert answers == {"author": 200, "other": 404, "juror": 404, "chair": 200}
    asked = path.replace(hall.pages, "/results")
    mine = hall.call("GET", asked, None, hall.teacher(0))
    assert [sheet["juror"] for sheet in mine["sheets"]] == [None, None]
    assert mine["line"]["score"] == hall.lines(version)[0]["score"]
    inside = hall.call("GET", asked, None, hall.chair)
    assert all(sheet["juror"] for sheet in inside["sheets"]) and inside["line"] == mine["line"]
    for other in (hall.teacher(1), hall.arena.juror(1)):
        hall.call("GET", asked, None, other, 404)


@pytest.mark.one_engine("sqlite")
def test_ties_and_votes_are_read_as_json(suite):
    hall = closed(suite, SCORES)
    version, path = hall.compile(), f"/stages/{hall.arena.stages['REMOTE']}/ties"
    equal = sorted(line["id"] for line in hall.lines(version).values() if line["shared"])
    assert equal and hall.call("GET", path) == {"ties": [equal], "votes": []}
    hall.call("POST", path, {"entries": equal, "order": equal[::-1], "reason": "Тәжірибе"}, hall.chair, 201)
    assert [row["order"] for row in hall.call("GET", path)["votes"]] == [equal[::-1]]
    hall.call("GET", path, None, hall.teacher(0), 404)


def test_arithmetic_says_who_was_called_as_one_more_reader(suite):
    hall, said = closed(suite, SCORES), "One more reader: opinions differ widely (Juror"
    entry = hall.arena.entries[0]
    shown = [text_at(hall, f"/{hall.published()['id']}/arithmetic/{entry}", hall.teacher(0))]
    with suite.events.app_context(), db.transaction() as session:
        session.scalars(select(Assignment).where(Assignment.entry_id == entry)).first().ground = "split"
    shown.append(text_at(hall, f"/{hall.published()['id']}/arithmetic/{entry}", hall.teacher(0)))
    assert [text.count(said) for text in shown] == [0, 1]


def test_results_are_empty_until_they_are_published_and_previewed_only_at_the_desk(suite):
    hall = closed(suite, SCORES)
    version = hall.compile()
    assert "No results are published yet" in text_at(hall, "")
    assert suite.get(f"{hall.pages}?version={version['id']}").status_code == 404
    assert "Not published" in text_at(hall, f"?version={version['id']}", hall.chair)
    assert suite.get(f"{hall.pages}/desk", hall.arena.juror(1)).status_code == 404


def test_desk_compiles_publishes_and_takes_the_vote(suite):
    hall = closed(suite, SCORES)
    desk = suite.browser("en", hall.chair)
    desk.get(f"{hall.pages}/desk")
    stage = hall.arena.stages["REMOTE"]
    desk.submit(f"{hall.pages}/desk/{stage}/compile")
    assert "0 of 6 sheets" in desk.text and desk.tree.find(".//meta[@http-equiv='refresh']") is not None
    hall.work()
    desk.get(f"{hall.pages}/desk")
    assert desk.tree.find(".//meta[@http-equiv='refresh']") is None
    link = next(a.get("href") for a in desk.tree.iter("a") if "/ties/" in a.get("href", ""))
    desk.get(link)
    names = [f"place.e{hall.arena.entries[number]}" for number in (0, 1)]
    for wrong in ({names[0]: "1"}, {names[0]: "1", names[1]: "1"}, {names[0]: "x", names[1]: "2"}, {}):
        assert desk.submit_fields({**wrong, "reason": "Алқа" if wrong else ""}).status_code == 422, wrong
        desk.get(link)
    desk.submit_fields({names[0]: "2", names[1]: "1", "reason": "Алқа шешімі"})
    assert "The vote is recorded" in desk.text and "Compile anew to count it." in desk.text
    desk.submit(f"{hall.pages}/desk/{stage}/compile")
    hall.work()
    desk.get(f"{hall.pages}/desk")
    newest = hall.call("GET", f"/stages/{stage}/results")["items"][0]
    desk.get(f"{hall.pages}/{newest['id']}/publish")
    assert "Have the protocol of these results signed first" in desk.text and desk.tree.find(".//main//form") is None
    hall.protocol_signed(newest)
    desk.get(f"{hall.pages}/desk")
    desk.get(next(a.get("href") for a in desk.tree.iter("a") if a.get("href", "").endswith("/publish")))
    assert "3 entrants get one" in desk.text
    desk.submit()
    assert "The results are published" in desk.text and "the vote of the chair decides" in desk.text


def test_agreement_shows_severity_and_sheets_that_stand_apart(suite):
    hall = closed(suite, {(0, 0): 90, (1, 0): 90, (0, 1): 60, (1, 1): 86})
    hall.compile()
    shown = text_at(hall, "/agreement", hall.chair)
    assert "+17.00" in shown and "−17.00" in shown
    assert "More than 20.00 points" in shown


def test_entrant_appeals_and_the_desk_answers(suite):
    hall = closed(suite, SCORES)
    hall.published()
    page = suite.browser("en", hall.teacher(2))
    page.get(hall.pages)
    assert "Appeals are taken until" in page.text
    page.get(f"{hall.pages}/appeal")
    assert page.submit(text="").status_code == 422
    page.submit(text="R1 төмен")
    assert "Waits for an answer" in page.text
    desk = suite.browser("en", hall.chair)
    desk.get(f"{hall.pages}/appeals")
    desk.get(next(a.get("href") for a in desk.tree.iter("a") if "/appeals/" in a.get("href", "")))
    field = next(i.get("name") for i in desk.tree.iter("input") if i.get("name", "").endswith(".cR1"))
    assert desk.submit_fields({"decision": "upheld", "answer": "Иә", field: "11"}).status_code == 422
    assert f"#f-{field.replace('.', '-')}" in [a.get("href") for a in desk.tree.findall(".//div[@role='alert']//a")]
    desk.submit_fields({"decision": "upheld", "answer": "Иә, дұрыс", field: "8,5"})
    assert "compile the results anew" in desk.text.lower()
    page.get(f"{hall.pages}/appeal")
    assert "Upheld" in page.text and "Иә, дұрыс" in page.text
    hall.published()
    page.get(hall.pages)
    assert "Version 2" in page.text and "after an appeal" in page.text
    assert suite.get(f"{hall.pages}/appeal", hall.teacher(9)).status_code == 404


def test_appeal_may_be_taken_back_on_the_page(suite):
    hall = closed(suite, SCORES)
    hall.published()
    found = appeal(hall)
    page = suite.browser("en", hall.teacher(0))
    page.get(f"{hall.pages}/appeal")
    page.submit(f"{hall.pages}/appeals/{found['id']}/withdraw")
    assert "Taken back" in page.text and "New appeal" in page.text


def test_page_of_many_entries_stays_small(suite):
    hall = closed(suite, {(entry, 0): 50 + entry % 50 for entry in range(120)}, nominations=2)
    hall.published()
    reply = suite.get(hall.pages, lang="kk")
    assert len(gzip.compress(reply.data)) < 15_000
    assert "60 " in suite.browser("kk").get(hall.pages).get_data(as_text=True)
