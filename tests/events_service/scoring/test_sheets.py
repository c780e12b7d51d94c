"""Sheets by JSON: drafts, stale saves, signing, reopening, one more reader, and who is refused what."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from events_service.contests.models import Criterion, Stage
from events_service.db import Audit, Notification, db
from events_service.events.models import Event
from events_service.jury.models import Assignment, JuryMember
from events_service.scoring.models import Score
from events_service.scoring.queries import sheet_score
from services.database import utcnow
from tests.events_service import arena as arenas

pytestmark = pytest.mark.either_engine

CODES = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")
FULL = {"R1": "8", "R2": "7", "R3": "9", "R4": "10", "R5": "6", "R6": "4", "R7": "5"}


@pytest.fixture
def arena(suite):
    return arenas.build(suite, nominations=1, entries=2, jurors=3, open_stage="REMOTE", deal=True)


def path(arena, number=0, end=""):
    return f"{arena.api}/sheets/{arena.assignments[number]}{end}"


def put(arena, scores, version, number=0, juror=0, **more):
    headers = {"If-Match": f'"{version}"'} if version else {}
    return arena.suite.json("PUT", path(arena, number), {"scores": scores, **more}, arena.juror(juror), headers)


def post(arena, step, number=0, juror=0, body=None, **headers):
    return arena.suite.json("POST", path(arena, number, f"/{step}"), body, arena.juror(juror), headers)


def change(arena, model, row_id, **values):
    with arena.suite.events.app_context(), db.transaction() as session:
        row = session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)


def audits(arena, action):
    with arena.suite.events.app_context():
        return [row.reason for row in db.session.scalars(select(Audit).where(Audit.action == action))]


def test_draft_is_kept_in_parts_and_only_what_differs_is_added(arena):
    first = put(arena, {"R1": "7.5", "R2": 3}, 1, feedback="Жақсы").get_json()
    second = put(arena, {"R1": "7.50", "R2": None, "R3": "0"}, 2).get_json()
    assert first["scores"] | {"R2": None, "R3": "0.00"} == second["scores"]
    assert (second["version"], second["feedback"], second["score"]) == (3, "Жақсы", None)
    with arena.suite.events.app_context():
        rows = db.session.execute(select(Score.version, Score.points, Score.by_id).order_by(Score.id)).all()
        person = db.session.get_one(JuryMember, arena.members[0]).person_id
    assert [(v, p) for v, p, _ in rows] == [(2, Decimal("7.5")), (2, 3), (3, None), (3, 0)]
    assert {by for *_, by in rows} == {person}
    assert arena.suite.json("GET", path(arena), as_=arena.juror(0)).headers["ETag"] == '"3"'


@pytest.mark.parametrize(
    ("scores", "code"),
    [({"R1": "10.01"}, "R1"), ({"R6": 6}, "R6"), ({"R1": "7.555"}, "R1"), ({"R1": "x"}, "R1"), ({"F1": 1}, "F1")],
)
@pytest.mark.one_engine("sqlite")
def test_points_that_do_not_fit_are_refused_by_name(arena, scores, code):
    reply = put(arena, {"R2": 1, **scores}, 1)
    assert (reply.status_code, list(reply.get_json()["errors"]["scores"])) == (422, [code])
    assert arena.suite.json("GET", path(arena), as_=arena.juror(0)).get_json()["version"] == 1


def test_stale_save_is_answered_with_both_versions_and_a_repeated_one_is_not_stale(arena):
    body = put(arena, {"R1": 4}, 1, feedback="Бір").get_json()
    assert put(arena, {"R1": 4}, 1, feedback="Бір").get_json() == body
    stale = put(arena, {"R1": 5, "R2": 6}, 1, feedback="Екі")
    assert stale.status_code == 409 and stale.mimetype == "application/problem+json"
    told = stale.get_json()
    assert told["yours"] == {"scores": {"R1": "5.00", "R2": "6.00"}, "feedback": "Екі"}
    assert told["kept"]["scores"] == dict.fromkeys(CODES) | {"R1": "4.00"}
    assert (told["kept"]["feedback"], told["kept"]["version"]) == ("Бір", 2)
    assert put(arena, {"R2": 6}, None).status_code == 422
    body = {"scores": {"R2": 6}, "version": 2}
    assert arena.suite.json("PUT", path(arena), body, arena.juror(0)).status_code == 200


def test_only_a_whole_sheet_is_signed_and_then_it_only_reads(arena):
    put(arena, {code: points for code, points in FULL.items() if code != "R6"}, 1)
    assert list(post(arena, "sign").get_json()["errors"]["scores"]) == ["R6"]
    put(arena, {"R6": 4}, 2)
    assert post(arena, "sign", **{"If-Match": '"2"'}).get_json()["type"] == "tag:qonyrau,2026:stale-sheet"
    signed = post(arena, "sign", **{"If-Match": '"3"'}).get_json()
    assert (signed["score"], signed["version"], signed["open"]) == ("80.00", 4, False)
    assert post(arena, "sign").get_json() == signed
    assert put(arena, {"R6": 5}, 4).get_json()["type"] == "tag:qonyrau,2026:sheet-signed"
    assert len(audits(arena, "sheet.signed")) == 1


def test_chair_alone_opens_a_signed_sheet_and_its_juror_is_told(arena):
    arenas.score(arena)
    assert post(arena, "reopen", 1, 1, {"reason": "қате"}).status_code == 404
    assert post(arena, "reopen", 1, 0, {}).status_code == 422
    opened = post(arena, "reopen", 1, 0, {"reason": "6-өлшемшарт шатасты"})
    assert opened.get_json() == {"id": arena.assignments[1], "signed_at": None, "version": 3}
    assert put(arena, {"R1": 1}, 3, 1, 1).status_code == 200
    assert audits(arena, "sheet.reopened") == ["6-өлшемшарт шатасты"]
    arena.suite.drain()
    letter = arena.suite.mails()[-1]
    assert letter["To"].endswith("<juror0@example.invalid>")
    assert "6-өлшемшарт шатасты" in letter.get_body(("plain",)).get_content()
    assert arena.assignments[1] in letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize("values", [{"status": "closed"}, {"closes_at": utcnow() - timedelta(seconds=1)}])
def test_nothing_is_taken_after_the_stage_has_closed(arena, values):
    arenas.score(arena, sign=False, assignments=arena.assignments[:1])
    change(arena, Stage, arena.stages["REMOTE"], **values)
    for reply in (put(arena, FULL, 2), post(arena, "sign"), put(arena, FULL, 2, number=1, juror=1)):
        assert (reply.status_code, reply.get_json()["type"]) == (409, "tag:qonyrau,2026:stage-closed")


@pytest.mark.one_engine("sqlite")
def test_nothing_is_judged_while_the_contest_is_called_off(arena):
    arenas.score(arena, sign=False, assignments=arena.assignments[:1])
    arenas.score(arena, assignments=arena.assignments[1:2])
    stage = f"{arena.api}/stages/{arena.stages['REMOTE']}"

    def tried():
        return [
            put(arena, FULL, 2),
            post(arena, "sign"),
            post(arena, "reopen", 1, 0, {"reason": "қате"}),
            arena.suite.json(
                "POST", f"{stage}/extend", {"closes_at": "2100-01-01T00:00:00Z", "reason": "x"}, arena.organiser
            ),
            arena.suite.json("POST", f"{stage}/close", {"reason": "x"}, arena.organiser),
        ]

    change(arena, Event, arena.event_id, status="cancelled")
    assert {(reply.status_code, reply.get_json()["type"]) for reply in tried()} == {(409, "tag:qonyrau,2026:cancelled")}
    change(arena, Event, arena.event_id, status="published")
    assert {reply.status_code for reply in tried()} == {200}


def test_sheet_of_another_of_the_recused_and_of_one_who_left_is_unknown(arena):
    change(arena, Assignment, arena.assignments[0], status="recused")
    for number, juror in ((1, 0), (0, 0)):
        assert put(arena, FULL, 1, number, juror).status_code == 404
        assert post(arena, "sign", number, juror).status_code == 404
        assert arena.suite.json("GET", path(arena, number), as_=arena.juror(juror)).status_code == 404
    assert arena.suite.json("PUT", path(arena), {"scores": {}}, arena.organiser).status_code == 404
    change(arena, JuryMember, arena.members[1], active=False)
    assert put(arena, FULL, 1, 1, 1).status_code == 404
    listed = arena.suite.json("GET", f"{arena.api}/sheets", as_=arena.juror(0)).get_json()
    assert [row["id"] for row in listed["items"]] == [arena.assignments[3]]


@pytest.mark.parametrize(("gap", "called"), [("20", 0), ("20.01", 1)])
def test_one_more_reader_is_called_on_a_gap_above_the_trigger_and_only_once(suite, gap, called):
    """R1 is worth 25 points, R2 20: 10 of 10 against 0 is a gap of exactly 20.00."""
    arena = arenas.build(suite, nominations=1, entries=1, jurors=4, open_stage="REMOTE", deal=True)
    change(arena, Assignment, arena.assignments[2], status="removed")
    change(arena, Assignment, arena.assignments[3], status="removed")
    spare = {"person_id": "f" * 16, "name": "Қосымша", "email": "spare@example.invalid"}
    with suite.events.app_context(), db.transaction() as session:
        session.add(JuryMember(event_id=arena.event_id, **spare))
    low = dict.fromkeys(CODES, 0)
    high = low | {"R2": 10} if gap == "20" else low | {"R2": 10, "R6": "0.01"}
    for number, scores in enumerate((low, high)):
        assert put(arena, scores, 1, number, number).status_code == 200
        assert post(arena, "sign", number, number).status_code == 200
    with suite.events.app_context():
        split = select(Assignment).where(Assignment.ground == "split")
        assert len(db.session.scalars(split).all()) == called
    post(arena, "reopen", 1, 0, {"reason": "тексеру"})
    assert post(arena, "sign", 1, 1).status_code == 200
    with suite.events.app_context():
        assert len(db.session.scalars(split).all()) == called
        told = select(Notification.kind).where(Notification.kind == "sheet_reopened")
        assert len(db.session.scalars(told).all()) == 1


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize(("leaves", "high", "called"), [("recuse", 10, 1), ("remove", 10, 1), ("recuse", 0, 0)])
def test_reader_is_called_when_the_last_who_has_not_signed_leaves(suite, leaves, high, called):
    """Three of five have signed and are enough, the fourth has not: the gap is seen without a further signing."""
    arena = arenas.build(suite, nominations=1, entries=1, jurors=6, open_stage="REMOTE", deal=True)
    with suite.events.app_context(), db.transaction() as session:
        for assignment_id in arena.assignments[4:]:
            session.delete(session.get_one(Assignment, assignment_id))
    for number in range(3):
        put(arena, dict.fromkeys(CODES, 0) | ({"R1": high, "R2": high} if number else {}), 1, number, number)
        assert post(arena, "sign", number, number).status_code == 200
    if leaves == "recuse":
        assert post(arena, "recuse", 3, 3, {"reason": "таныс"}).status_code == 200
    else:
        assert suite.json("DELETE", f"{arena.api}/jury/{arena.members[3]}", {}, arena.organiser).status_code == 204
    assert len(split_of(arena)) == called
    for row in split_of(arena):  # the one more reader stands back: it goes to the last who is left
        path_of = f"{arena.api}/sheets/{row.id}/recuse"
        juror = arena.juror(arena.members.index(row.member_id))
        assert suite.json("POST", path_of, {"reason": "таныс"}, juror).status_code == 200
        assert [one.status for one in split_of(arena)] == ["recused", "active"]


@pytest.mark.one_engine("sqlite")
@pytest.mark.parametrize(("high", "called"), [(10, 1), (0, 0)])
def test_split_for_which_nobody_was_free_is_read_by_a_juror_named_later(suite, high, called):
    arena = arenas.build(suite, nominations=1, entries=2, jurors=2, open_stage="REMOTE", deal=True, least_scores=2)
    for number, points in enumerate((0, high)):
        put(arena, dict.fromkeys(CODES, 0) | {"R1": points, "R2": points}, 1, number, number)
        assert post(arena, "sign", number, number).status_code == 200
    with suite.events.app_context():
        told = db.session.scalars(select(Notification).where(Notification.kind == "jury_short")).all()
    assert [(row.recipient, row.subject_ref) for row in told] == [
        ("organiser0@example.invalid", arena.entries[0])
    ] * called
    reply = suite.json("POST", f"{arena.api}/jury", {"email": "juror5@example.invalid"}, arena.organiser)
    assert [(row.member_id, row.entry_id) for row in split_of(arena)] == [
        (reply.get_json()["id"], arena.entries[0])
    ] * called


def split_of(arena):
    with arena.suite.events.app_context():
        found = select(Assignment).where(Assignment.ground == "split").order_by(Assignment.status.desc())
        return db.session.scalars(found).all()


def test_score_of_a_sheet_is_exact():
    """The innovation nomination of the region's contest, and thirds that no decimal holds."""
    weights, most = ("0.10", "0.15", "0.15", "0.35", "0.15", "0.05", "0.05"), (10, 10, 10, 10, 10, 5, 5)
    lines = [
        Criterion(code=code, weight=Decimal(weight), max_points=Decimal(top))
        for code, weight, top in zip(CODES, weights, most, strict=True)
    ]
    given = ((8, 7, 9, 10, 6, 4, 5), (7, 6, 8, 9, 6, 4, 5), (9, 8, 9, 10, 7, 3, 5))
    sheets = [dict(zip(CODES, map(Decimal, points), strict=True)) for points in given]
    assert [sheet_score(lines, points) for points in sheets] == [85, Fraction("77.5"), 88]
    third = [Criterion(code="R1", weight=Decimal(1), max_points=Decimal(3))]
    assert sheet_score(third, {"R1": Decimal(1)}) == Fraction(100, 3)
