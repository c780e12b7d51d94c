"""Naming the jury: once, one chair, with letters; what its pages say and whom they let in."""

import pytest
from sqlalchemy import select

from events_service.contests.models import Stage
from events_service.contests.rules import Rules
from events_service.db import db
from events_service.directory import copying
from events_service.directory.models import FormerSchool, Person
from events_service.entries.models import Entry
from events_service.jury import conflicts, queries
from events_service.jury.models import JuryMember
from services.i18n import LANGUAGES
from tests.events_service import arena as arenas
from tests.events_service.jury.court import call, first_of, letter, open_remote, owed, put
from tests.events_service.scene import TITLE

pytestmark = pytest.mark.either_engine

PAGE = "/contests/best-teacher/jury"


@pytest.fixture
def arena(suite):
    return arenas.build(suite, entries=6, jurors=4, jury_min=5)


def named(arena, number, want=201, **body):
    return call(arena, "POST", "/jury", {"email": f"juror{number}@example.invalid", **body}, want=want)


def test_member_is_named_once_and_gets_a_letter(arena):
    first = named(arena, 5, role="secretary")
    assert named(arena, 5)["id"] == first["id"]
    assert (first["role"], first["scores"]) == ("secretary", False)
    [message] = owed(arena, "jury_named")
    for language in LANGUAGES:
        told = letter(arena, message, language)
        assert told is not None
        assert TITLE[language] in told.subject
        assert "№ 12" in told.text and PAGE in told.text
    call(arena, "DELETE", f"/jury/{first['id']}", want=204)
    assert letter(arena, message) is None
    assert named(arena, 5)["id"] != first["id"]


def test_jury_has_one_chair_of_people_the_register_knows(arena):
    assert named(arena, 5, role="chair", want=409)["type"].endswith("role-taken")
    named(arena, 99, want=422)
    call(arena, "POST", "/jury", {}, want=422)
    member = named(arena, 5)
    call(arena, "PATCH", f"/jury/{member['id']}", {"role": "chair"}, want=409)
    reply = arena.suite.json(
        "PATCH", f"{arena.api}/jury/{member['id']}", {"scores": False}, arena.organiser, {"If-Match": '"7"'}
    )
    assert reply.status_code == 412


@pytest.mark.one_engine("sqlite")
def test_organiser_of_the_contest_scores_in_no_blind_stage(arena):
    with arena.suite.events.app_context():
        person = db.session.scalars(select(Person).where(Person.email == "juror5@example.invalid")).one().id
    put(arena, Person, person, roles=["organiser:UMC"])
    assert list(named(arena, 5, want=422)["errors"]) == ["scores"]
    member = named(arena, 5, scores=False)
    call(arena, "PATCH", f"/jury/{member['id']}", {"scores": True}, want=422)
    put(arena, Person, person, roles=["organiser:OTHER"])
    call(arena, "PATCH", f"/jury/{member['id']}", {"scores": True})
    page = arena.suite.browser("ru", arena.organiser)
    warned = []
    for roles in (["organiser:OTHER"], ["organiser:UMC"]):
        put(arena, Person, person, roles=roles)
        warned.append("Оценивает и организатор" in page.get(f"{PAGE}/members").text)
    assert warned == [False, True]
    put(arena, Stage, arena.stages["REMOTE"], blind=False)
    named(arena, 5)
    assert "Оценивает и организатор" not in page.get(f"{PAGE}/members").text


@pytest.mark.one_engine("sqlite")
def test_coordinator_reads_no_entry_of_her_own_district(arena):
    with arena.suite.events.app_context(), db.transaction() as session:
        entry, juror = session.get_one(Entry, arena.entries[0]), queries.scoring(arena.event_id)[0]

        def kind(roles, **rules):
            person = session.get_one(Person, juror.person_id)
            person.roles, person.school_id = roles, None
            session.flush()
            return conflicts.found(session, [juror], [entry], Rules(**rules)).get((juror.id, entry.id))

        hers = [f"coordinator:{entry.district}"]
        assert kind(hers, own_district=True) == "own_district"
        assert (kind(hers), kind(["coordinator:ELSE"], own_district=True)) == (None, None)


def test_pages_name_change_and_remove_a_member(arena):
    browser = arena.suite.browser("ru", arena.organiser)
    browser.get(f"{PAGE}/members")
    assert "В жюри нет секретаря" in browser.text and "не меньше 5" in browser.text and "поровну" in browser.text
    browser.get(f"{PAGE}/members/new?q=ол")
    assert browser.submit(email="").status_code == 422
    browser.submit(email="juror5@example.invalid", role="secretary")
    assert "Секретарь" in browser.text and "не оценивает" not in browser.text
    with arena.suite.events.app_context():
        secretary = queries.members(arena.event_id)[1]
    browser.get(f"{PAGE}/members/{secretary.id}")
    browser.submit_fields({"role": "member"})
    browser.get(f"{PAGE}/members/{secretary.id}/remove")
    browser.submit(reason="Ошибка")
    assert secretary.name not in browser.text.replace(arena.organiser, "")


def test_juror_declares_by_number_and_gives_back_on_her_pages(suite):
    arena = arenas.build(suite, entries=12, jurors=7)
    open_remote(arena)
    browser = suite.browser("kk", arena.juror(2))
    assert browser.get(f"{PAGE}/conflicts").status_code == 200
    assert browser.submit(entry="999", note="туысым").status_code == 422
    browser.submit(entry="4", note="Туысымның жұмысы")
    assert "Туысымның жұмысы" in browser.text
    mine = first_of(arena, 2)
    browser.get(f"{PAGE}/sheets/{mine}/recuse")
    assert browser.submit(reason="").status_code == 422
    browser.submit(reason="Досым", follow=False)
    assert browser.response.status_code == 303
    for path in ("members", "deal", "stages", f"stages/{arena.stages['REMOTE']}/close"):
        assert browser.get(f"{PAGE}/{path}").status_code == 404


def test_chair_deals_opens_extends_and_closes_on_pages(suite):
    arena = arenas.build(suite, entries=12, jurors=7)
    browser, stage = suite.browser("ru", arena.juror(0)), f"{PAGE}/stages/{arena.stages['REMOTE']}"
    browser.get(f"{PAGE}/deal")
    browser.submit()
    assert "Предложение, ещё не действует" in browser.text
    with suite.events.app_context():
        deal = queries.proposed(arena.stages["REMOTE"])
    browser.submit(action=f"{stage}/deals/{deal.id}")
    browser.get(f"{stage}/open")
    assert browser.submit(day="2020-01-01").status_code == 422
    browser.submit(day="2099-01-01", time="")
    browser.get(f"{stage}/extend")
    assert browser.submit(day="2050-01-01", reason="р").status_code == 422
    browser.submit(day="2099-02-01", reason="Праздники")
    browser.get(f"{stage}/close")
    assert browser.submit().status_code == 409
    browser.submit(reason="Срок вышел")
    assert "Закрыт" in browser.text
    assert [len(owed(arena, kind)) for kind in ("jury_opened", "jury_extended")] == [7, 7]
    assert letter(arena, owed(arena, "jury_extended")[0]) is None


def test_school_that_a_juror_has_left_is_remembered(arena):
    with arena.suite.events.app_context():
        entry = db.session.get_one(Entry, arena.entries[0])
        juror = queries.scoring(arena.event_id)[0]
        person = db.session.get_one(Person, juror.person_id)
        home, row = person.school_id, {"id": person.id}
        row |= {name: getattr(person, name) for name in ("name", "email", "language", "roles", "active")}

        def copied(row):
            """Her former schools and her conflict with the entry, once the feed has said this of her."""
            left = select(FormerSchool.school_id).where(FormerSchool.person_id == juror.person_id)
            with db.transaction() as session:
                copying.apply(session, [{"kind": "person", "id": juror.person_id, "row": row}])
                found = conflicts.found(session, [juror], [entry], Rules())
                return set(session.scalars(left)), found.get((juror.id, entry.id))

        assert copied({**row, "school_id": entry.school_id}) == ({home}, "own_school")
        assert copied({**row, "school_id": None}) == ({home, entry.school_id}, "former_school")
        assert copied(None)[0] == set()


def test_draft_contest_is_not_there_for_its_jury(arena):
    put(arena, arenas.Event, arena.event_id, status="draft", published_at=None)
    call(arena, "GET", "/jury", as_=arena.juror(0), want=404)


@pytest.mark.one_engine("sqlite")
def test_jury_hears_once_that_its_contest_is_called_off_and_takes_place_after_all(suite):
    """The chair has entered a work herself and is told as an entrant; the last juror has left."""
    arena = arenas.build(suite, entries=1, jurors=4)
    with suite.events.app_context():
        chair = db.session.get_one(JuryMember, arena.members[0]).person_id
    put(arena, Entry, arena.entries[0], author_id=chair)
    put(arena, JuryMember, arena.members[3], active=False)
    page = suite.browser("ru", arena.organiser).get(f"/events/{arenas.SLUG}/cancel")
    assert "2 члена жюри получат письма" in page.text
    event = f"/api/v1/events/{arenas.SLUG}"
    suite.json("POST", f"{event}/cancel", {"reason": "Қар басты"}, as_=arena.organiser)
    assert len(owed(arena, "contest_cancelled")) == 1
    messages = owed(arena, "jury_cancelled")
    assert sorted(row.recipient for row in messages) == ["juror0@example.invalid", "juror1@example.invalid"]
    said = letter(arena, messages[0])
    assert said is not None and "в жюри которого вы входите" in said.text and "Қар басты" in said.text
    suite.json("POST", f"{event}/restore", as_=arena.organiser)
    assert letter(arena, messages[0]) is None
    said = letter(arena, owed(arena, "jury_restored")[0])
    assert said is not None and "по-прежнему в его жюри" in said.text
