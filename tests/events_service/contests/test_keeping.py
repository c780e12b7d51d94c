"""The rules of a contest: versioned, all or nothing from a file, frozen when the first stage opens."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from demo.people import stable_id
from events_service.contests import freezing
from events_service.contests.models import Contest, Criterion, Nomination, Stage
from events_service.db import Audit, db
from events_service.events.models import Event
from events_service.jury.models import Deal
from services.database import utcnow
from services.errors import Conflict
from services.identity import Actor
from tests.events_service import arena as arenas
from tests.events_service.contests.test_reading import CONTEST, RULES
from tests.events_service.scene import in_days, play

pytestmark = pytest.mark.either_engine

UMC = Actor(stable_id("organiser0@example.invalid"), "Ұйымдастырушы", frozenset({"organiser:UMC"}), "")
LINE = {"code": "R1", "title": {"kk": "Сабақ"}, "max_points": "10", "weight": "1"}


@pytest.fixture
def contest(suite):
    """A published contest of which nothing is written yet."""
    scene = play(suite, kind="contest", agenda=[])
    scene.api = f"/api/v1/contests/{scene.event['slug']}"
    return scene


def load(contest, body):
    return contest.suite.json("POST", f"{contest.api}/rules", body, as_=contest.organiser)


def seen(contest):
    return contest.do("GET", contest.api)


def rows(suite, *models):
    with suite.events.app_context():
        mine = [select(func.count()).select_from(model) for model in models]
        return [db.session.scalar(count) for count in mine]


def freeze(suite, ref):
    with suite.events.app_context(), db.transaction() as session:
        event = session.scalars(select(Event).where(Event.slug == ref)).one()
        return freezing.freeze(session, UMC, event)


def test_files_of_the_report_are_loaded_once_and_again(contest):
    before = rows(contest.suite, Nomination, Stage, Criterion)
    assert load(contest, {"contest": CONTEST, "dry": True}).get_json()["loaded"] is False
    assert rows(contest.suite, Nomination, Stage, Criterion) == before
    found = load(contest, {"contest": CONTEST, "rules": RULES}).get_json()
    assert (found["nominations"], found["stages"], found["criteria"], found["settings"]) == (5, 2, 60, 11)
    after = rows(contest.suite, Nomination, Stage, Criterion)
    assert [now - then for now, then in zip(after, before, strict=True)] == [5, 2, 60]
    assert found["rules_version"] == 2
    kept = seen(contest)
    assert (kept["faults"], kept["code"], kept["rules"]["threshold"]) == ([], "BEST_TEACHER_2021", "80.00")
    nominations = contest.do("GET", f"{contest.api}/nominations")
    assert load(contest, {"contest": CONTEST, "rules": RULES}).get_json()["rules_version"] == 2
    assert contest.do("GET", f"{contest.api}/nominations") == nominations


def test_file_with_a_fault_changes_nothing(contest):
    load(contest, {"contest": CONTEST, "rules": RULES})
    kept = seen(contest)
    for body in (
        {"contest": CONTEST.replace(",10,0.25,", ",10,0.24,"), "rules": RULES.replace("80.00", "70.00")},
        {"contest": CONTEST.replace("STEM", "NEW"), "rules": RULES.replace("0.6*final", "0.5*final")},
        {},
    ):
        refused = load(contest, body)
        assert refused.status_code == 422
        assert refused.get_json()["errors"]
        assert seen(contest) == kept


def test_smaller_file_takes_away_what_it_does_not_hold(contest):
    load(contest, {"contest": CONTEST})
    small = "\n".join(line for line in CONTEST.splitlines() if "_code" in line or ",PRIMARY," in line)
    assert load(contest, {"contest": small}).status_code == 200
    assert [row["code"] for row in contest.do("GET", f"{contest.api}/nominations")["items"]] == ["PRIMARY"]
    assert seen(contest)["faults"] == []


def test_settings_are_versioned_and_a_stale_change_is_refused(contest):
    first = seen(contest)
    change = {"ground_number": "12", "entries_close_at": f"{in_days(9)}:00+05:00", "rules": {"divergence": "15,5"}}
    changed = contest.do("PATCH", contest.api, change)
    assert (changed["rules_version"], changed["rules"]["divergence"]) == (first["rules_version"] + 1, "15.50")
    assert contest.do("PATCH", contest.api, change)["rules_version"] == changed["rules_version"]
    stale = {"If-Match": f'"{first["rules_version"]}"'}
    refused = contest.suite.json("PATCH", contest.api, {"code": "X"}, as_=contest.organiser, headers=stale)
    assert (refused.status_code, seen(contest)["code"]) == (412, "")
    with contest.suite.events.app_context():
        wrote = db.session.scalars(select(Audit).where(Audit.action == "contest.rules_changed")).all()[-1]
        assert wrote.entity_id == contest.event["id"]
        assert wrote.old["rules"]["divergence"] == "20.00"


@pytest.mark.one_engine("sqlite")
def test_stale_change_of_nominations_stages_or_files_is_refused(suite):
    arena = arenas.build(suite)
    version = suite.json("GET", arena.api).headers["ETag"]
    kept = [next(iter(rows.values())) for rows in (arena.nominations, arena.stages)]
    nomination, stage = f"/nominations/{kept[0]}", f"/stages/{kept[1]}"
    changes = [
        ("PATCH", nomination, {"position": 7}),
        ("PATCH", stage, {"weight": "0.5"}),
        ("POST", "/rules", {"contest": CONTEST}),
        ("DELETE", stage, None),
        ("DELETE", nomination, None),
    ]

    def send(method, path, body):
        return suite.json(method, arena.api + path, body, as_=arena.organiser, headers={"If-Match": version})

    suite.json("PATCH", arena.api, {"code": "OTHER"}, as_=arena.organiser)
    assert [send(*change).status_code for change in changes] == [412] * 5
    version = suite.json("GET", arena.api).headers["ETag"]
    for change in changes[:2]:
        reply = send(*change)
        assert (reply.status_code, reply.headers["ETag"] != version) == (200, True)
        version = reply.headers["ETag"]


@pytest.mark.parametrize(("body", "field"), [
    ({"rules": {"readers": 2}}, "rules"),
    ({"rules": {"quorum": 6}}, "rules"),
    ({"rules": {"ties": ["vote", "vote"]}}, "rules"),
    ({"rules": {"diplomas": [1, 2]}}, "rules"),
    ({"rules": {"threshold": "100.01"}}, "rules"),
    ({"rules": {"shrinkage": "0"}}, "rules"),
    ({"entries_open_at": f"{in_days(9)}:00Z", "entries_close_at": f"{in_days(8)}:00Z"}, "entries_close_at"),
])  # fmt: skip
@pytest.mark.one_engine("sqlite")
def test_settings_that_contradict_each_other_are_refused(contest, body, field):
    refused = contest.suite.json("PATCH", contest.api, body, as_=contest.organiser)
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"])[0].partition(".")[0] == field


def test_draft_may_be_unfinished_but_no_stage_opens(contest):
    nomination = contest.do("POST", f"{contest.api}/nominations", {"code": "A", "title": {"ru": "Первая"}})
    stages = [
        contest.do(
            "POST", f"{contest.api}/stages", {"code": kind, "kind": kind, "weight": weight, "title": {"ru": kind}}
        )
        for kind, weight in (("remote", "0.4"), ("final", "0.5"))
    ]
    sheet = f"{contest.api}/criteria/{nomination['id']}/{stages[0]['id']}"
    contest.do("PUT", sheet, {"criteria": [{**LINE, "weight": "0.3333"}]})
    assert len(seen(contest)["faults"]) == 3
    with pytest.raises(Conflict) as refusal:
        freeze(contest.suite, contest.event["slug"])
    for said in ("Первая", "final", "0.3333", "0.90"):
        assert said in str(refusal.value.detail).replace(",", ".")
    contest.do("PATCH", f"{contest.api}/stages/{stages[1]['id']}", {"weight": "0.6"})
    for stage in stages:
        contest.do("PUT", f"{contest.api}/criteria/{nomination['id']}/{stage['id']}", {"criteria": [LINE]})
    assert seen(contest)["faults"] == []
    assert freeze(contest.suite, contest.event["slug"]).frozen_at is not None


@pytest.mark.one_engine("sqlite")
def test_only_the_first_stage_may_be_blind(contest):
    load(contest, {"contest": CONTEST})
    stages = contest.do("GET", f"{contest.api}/stages")["items"]
    assert [(stage["blind"], seen(contest)["faults"]) for stage in stages] == [(True, []), (False, [])]
    contest.do("PATCH", f"{contest.api}/stages/{stages[1]['id']}", {"blind": True})
    [fault] = seen(contest)["faults"]
    with pytest.raises(Conflict) as refusal:
        freeze(contest.suite, contest.event["slug"])
    assert fault in str(refusal.value.detail)


@pytest.mark.one_engine("sqlite")
def test_remote_stage_after_another_is_not_blind_by_itself(contest):
    turned = CONTEST.replace(",1,REMOTE", ",9,REMOTE")
    load(contest, {"contest": turned})
    assert [stage["blind"] for stage in contest.do("GET", f"{contest.api}/stages")["items"]] == [False, False]


def test_frozen_rules_refuse_every_change(contest):
    load(contest, {"contest": CONTEST, "rules": RULES})
    nomination = contest.do("GET", f"{contest.api}/nominations")["items"][0]["id"]
    stage = contest.do("GET", f"{contest.api}/stages")["items"][0]["id"]
    frozen = freeze(contest.suite, contest.event["slug"])
    assert freeze(contest.suite, contest.event["slug"]).frozen_at == frozen.frozen_at
    kept = seen(contest), rows(contest.suite, Nomination, Stage, Criterion, Audit)
    part = {"code": "NEW", "title": {"kk": "Жаңа"}}
    for method, path, body in (
        ("PATCH", "", {"rules": {"readers": 4}}),
        ("POST", "/rules", {"contest": CONTEST}),
        ("POST", "/nominations", part),
        ("PATCH", f"/nominations/{nomination}", part),
        ("DELETE", f"/nominations/{nomination}", None),
        ("POST", "/stages", {**part, "kind": "final", "weight": "0"}),
        ("PATCH", f"/stages/{stage}", {"weight": "0.5"}),
        ("DELETE", f"/stages/{stage}", None),
        ("PUT", f"/criteria/{nomination}/{stage}", {"criteria": [LINE]}),
    ):
        refused = contest.suite.json(method, contest.api + path, body, as_=contest.organiser)
        assert refused.status_code == 409, (method, path)
    assert (seen(contest), rows(contest.suite, Nomination, Stage, Criterion, Audit)) == kept


def test_what_is_entered_or_dealt_stays(suite):
    arena = arenas.build(suite, nominations=2, entries=1)
    used, free = arena.nominations.values()
    with suite.events.app_context(), db.transaction() as session:
        stage = arena.stages["REMOTE"]
        session.add(Deal(stage_id=stage, seed=1, plan=[], digest="", created_by="x"))

    def remove(path):
        return suite.json("DELETE", arena.api + path, as_=arena.organiser).status_code

    assert remove(f"/nominations/{used}") == 409
    assert remove(f"/stages/{arena.stages['REMOTE']}") == 409
    assert remove(f"/nominations/{free}") == 204
    assert remove(f"/stages/{arena.stages['FINAL']}") == 204
    with suite.events.app_context():
        mine = Criterion.stage_id.in_(arena.stages.values())
        assert db.session.scalar(select(func.count()).where(mine)) == 7


def test_criteria_keep_their_ids_and_a_code_stands_once(contest):
    load(contest, {"contest": CONTEST})
    nomination = contest.do("GET", f"{contest.api}/nominations")["items"][0]["id"]
    stage = contest.do("GET", f"{contest.api}/stages")["items"][1]["id"]
    sheet = f"{contest.api}/criteria/{nomination}/{stage}"
    lines = contest.do("GET", sheet)["criteria"]
    with contest.suite.events.app_context():
        of_sheet = select(Criterion.code, Criterion.id).where(
            Criterion.stage_id == stage, Criterion.nomination_id == nomination
        )
        before = dict(db.session.execute(of_sheet).tuples().all())
    level = {"points": "10", "text": {"kk": "Бәрі"}}
    swapped = [{**lines[4], "levels": [level]}, *lines[1:4], {**lines[0], "code": "F9"}]
    found = contest.do("PUT", sheet, {"criteria": swapped})
    assert [line["code"] for line in found["criteria"]] == ["F5", "F2", "F3", "F4", "F9"]
    assert found["criteria"][0]["levels"] == [{"points": "10.00", "text": {"kk": "Бәрі"}}]
    assert found["weight_sum"] == "1.0000"
    with contest.suite.events.app_context():
        after = dict(db.session.execute(of_sheet).tuples().all())
    assert {code: after[code] for code in ("F2", "F5")} == {code: before[code] for code in ("F2", "F5")}
    twice = contest.suite.json("PUT", sheet, {"criteria": [lines[0], lines[0]]}, as_=contest.organiser)
    assert twice.status_code == 422
    assert contest.do("GET", sheet) == found


def test_contest_tells_when_entries_close_and_that_stages_have_no_order(suite):
    arena = arenas.build(suite)
    path = f"/api/v1/contests/{arenas.SLUG}"
    for stage in arena.stages.values():
        suite.json("PATCH", f"{path}/stages/{stage}", {"position": 5, "blind": False}, as_=arena.organiser)
    found = suite.json("GET", path, as_=arena.organiser).get_json()
    assert (len(found["faults"]), found["state"]) == (1, "entries")
    with suite.events.app_context(), db.transaction() as session:
        session.get_one(Contest, arena.event_id).entries_close_at = None
        session.get_one(Event, arena.event_id).starts_at = utcnow() - timedelta(hours=1)
    assert suite.json("GET", path).get_json()["state"] == "closed"  # the event has begun


def test_copied_contest_has_the_rules_and_not_what_was_entered(suite):
    arena = arenas.build(suite, nominations=2, entries=3, jurors=3, readers=4, least_scores=4)
    copy = suite.json("POST", f"/api/v1/events/{arenas.SLUG}/duplicate", as_=arena.organiser).get_json()
    path = f"/api/v1/contests/{copy['id']}"
    found = suite.json("GET", path, as_=arena.organiser).get_json()
    assert (found["faults"], found["rules"]["readers"], found["state"]) == ([], 4, "draft")
    assert (found["ground_number"], found["entries_close_at"], found["frozen_at"]) == ("", None, None)
    with suite.events.app_context():
        assert db.session.get_one(Contest, copy["id"]).last_number == 0
    assert suite.json("DELETE", f"/api/v1/events/{copy['id']}", as_=arena.organiser).status_code == 204
    assert suite.json("GET", path, as_=arena.organiser).status_code == 404
