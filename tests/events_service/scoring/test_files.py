"""A hall without network: sheets go out as CSV, come back filled, and go in whole or not at all."""

import io

import pytest
from sqlalchemy import select

from events_service.contests.models import Stage
from events_service.db import Audit, db
from events_service.jury.models import JuryMember
from events_service.scoring.models import Score
from events_service.scoring.reading import LARGEST
from tests.events_service import arena as arenas
from tests.events_service.scoring.test_sheets import change, post, put
from tests.support.suite import ORIGIN

pytestmark = pytest.mark.one_engine("sqlite")
HEAD = "number;criterion;points;version\n"


@pytest.fixture
def arena(suite):
    found = arenas.build(suite, nominations=1, entries=2, jurors=3, open_stage="REMOTE", deal=True)
    change(found, JuryMember, found.members[2], role="secretary")
    return found


def seat(arena, juror=1):
    return f"/contests/{arenas.SLUG}/jury/sheets/{arena.members[juror]}"


def bring(arena, text, juror=1, who=1):
    """Send the form of the page with a file in it; answers the status and what the page says then."""
    page = arena.suite.browser("ru", arena.juror(who))
    page.get(seat(arena, juror))
    token = next((e.get("value") for e in page.tree.iter("input") if e.get("name") == "csrf_token"), "")
    data = text if isinstance(text, bytes) else text.encode()
    fields = {"csrf_token": token, "file": (io.BytesIO(data), "sheets.csv")}
    reply = page.client.post(seat(arena, juror), data=fields, content_type="multipart/form-data", base_url=ORIGIN)
    return reply.status_code, reply.text


def kept(arena):
    with arena.suite.events.app_context():
        found = select(Score.points, Score.by_id).order_by(Score.id)
        return [(str(points), by) for points, by in db.session.execute(found)]


def person(arena, juror):
    with arena.suite.events.app_context():
        return db.session.get_one(JuryMember, arena.members[juror]).person_id


def test_file_goes_out_is_filled_and_comes_back(arena):
    put(arena, {"R1": "7.5"}, 1, 1, 1)
    reply = arena.suite.get(f"{seat(arena)}/file.csv", arena.juror(1))
    lines = reply.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 15
    assert lines[1].startswith("1;Жұмыс 1;R1;") and lines[1].endswith(";10;7,5;2")
    filled = [line.replace(";10;;", ";10;9,25;") for line in lines]
    assert bring(arena, "\r\n".join(filled).encode("cp1251", errors="replace"))[0] == 303
    assert [points for points, _ in kept(arena)] == ["7.50"] + ["9.25"] * 9
    assert bring(arena, "\r\n".join(filled))[0] == 303 and len(kept(arena)) == 10


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1;R1;5;1\n1;R2;11;1\n", "3"),
        ("1;R1;5;1\n1;R1;6;1\n", "3"),
        ("1;R1;5;1\n9;R1;6;1\n", "3"),
        ("1;R1;5;1\n1;F1;6;1\n", "3"),
        ("1;R1;5;1\n\n2;R1;x;1\n", "4"),
        ("1;R1;5;1\nодин;R1;3;1\n", "3"),
        ("1;R1;5;7\n", "2"),
    ],
)
def test_a_mistake_in_one_row_keeps_the_whole_file_out_and_is_named(arena, rows, said):
    status, text = bring(arena, HEAD + rows)
    assert status == 422 and f"Строка {said}:" in text
    assert kept(arena) == []


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff\xfe", b"PK\x03\x04", b"number;points\n1;2\n", HEAD.encode(), b"x" * (LARGEST + 1),
             HEAD.encode() + b'1;R1;"' + b"5" * 200_000, HEAD.encode() + b";;;;\n" * 20_000],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_with_a_reason(arena, data):
    status, text = bring(arena, data)
    assert status == 422 and 'class="errors"' in text


def test_secretary_brings_it_for_a_juror_on_record_and_sees_no_points(arena):
    put(arena, {"R1": "7.5"}, 1, 1, 1)
    text = arena.suite.get(f"{seat(arena)}/file.csv", arena.juror(2)).get_data(as_text=True)
    assert "7,5" not in text and text.count(";2\r\n") == 7
    assert bring(arena, HEAD + "1;R2;8;2\n2;R2;6;1\n", who=2)[0] == 303
    assert kept(arena)[1:] == [("8.00", person(arena, 2)), ("6.00", person(arena, 2))]
    with arena.suite.events.app_context():
        audits = db.session.scalars(select(Audit).where(Audit.action == "sheet.filled")).all()
    assert {row.actor_id for row in audits} == {person(arena, 2)} and len(audits) == 2
    assert bring(arena, HEAD + "1;R3;8;3\n", who=0)[0] == 404  # the chair looks, and brings nothing
    assert arena.suite.get(f"{seat(arena)}/file.csv", arena.juror(0)).status_code == 404
    assert bring(arena, HEAD + "1;R3;8;3\n", juror=0, who=1)[0] == 404


def test_signed_sheets_and_closed_stages_take_no_file(arena):
    arenas.score(arena, assignments=[arena.assignments[1]])
    assert bring(arena, HEAD + "1;R1;0,5;2\n")[0] == 422
    assert post(arena, "reopen", 1, 0, {"reason": "тексеру"}).status_code == 200
    assert bring(arena, HEAD + "1;R1;0,5;3\n")[0] == 303
    change(arena, Stage, arena.stages["REMOTE"], status="closed")
    assert bring(arena, HEAD + "2;R1;0,5;1\n")[0] in {404, 422}


def test_secretary_cannot_find_out_points_by_guessing_them(arena):
    put(arena, {"R1": "7.5"}, 1, 1, 1)
    told = {points: bring(arena, HEAD + f"1;R1;{points};1\n", who=2)[0] for points in ("7.5", "8")}
    assert told == {"7.5": 422, "8": 422}
    arenas.score(arena, assignments=[arena.assignments[0]])
    told = {points: bring(arena, HEAD + f"1;R1;{points};2\n", juror=0, who=2)[0] for points in range(11)}
    assert set(told.values()) == {422}
    assert bring(arena, HEAD + "1;R1;7.5;2\n", who=2)[0] == 303  # the same points on the present version are hers now
    assert kept(arena)[-1] == ("7.50", person(arena, 2))
