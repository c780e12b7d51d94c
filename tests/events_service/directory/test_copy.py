"""The copy of the register: it equals the register whatever happened there, and a page counts once."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from events_service.db import Counter as Cursor
from events_service.db import db as copy_db
from events_service.directory import client, copying
from events_service.directory.models import AcademicYear, CalendarDay, Term
from registry_service.changes import queries as feed
from registry_service.db import Change, db
from registry_service.people.models import Person
from tests.events_service.directory.twins import announce, check_same, copied_rows, edit, in_order, pull, rename


def test_copy_after_loading_equals_the_register(suite):
    check_same(suite)
    assert pull(suite) == 0


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(1, marks=pytest.mark.one_engine("sqlite")),
        pytest.param(2, marks=pytest.mark.one_engine("postgres")),
    ],
)
def test_copy_equals_the_register_after_random_edits(suite, seed):
    draw = random.Random(seed)
    for _ in range(4):
        edit(suite, draw, 15)
        pull(suite)
        check_same(suite)


def test_copy_equals_the_register_when_pages_are_small_and_codes_change_hands(suite, monkeypatch):
    whole = client._get

    def small(app, since, timeout):
        with suite.registry.app_context():
            return feed.since(since, 3)

    monkeypatch.setattr(client, "_get", small)
    edit(suite, random.Random(3), 60)
    pull(suite)
    monkeypatch.setattr(client, "_get", whole)
    check_same(suite)


def test_copy_made_anew_from_the_first_number_equals_the_register(suite):
    edit(suite, random.Random(4), 20)
    with suite.events.app_context(), copy_db.transaction() as session:
        session.execute(update(Cursor).where(Cursor.name == copying.CURSOR).values(value=0))
    pull(suite)
    check_same(suite)


def test_page_applied_twice_changes_nothing(suite):
    with suite.registry.app_context():
        page = feed.since(0, 1000)
    before = copied_rows(suite)
    with suite.events.app_context(), copy_db.transaction() as session:
        copying.apply(session, page["items"])
        copying.apply(session, page["items"])
    assert in_order(copied_rows(suite)) == in_order(before)


def test_four_pullers_at_once_apply_each_page_once(suite):
    edit(suite, random.Random(5), 40)
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: pull(suite), range(4)))
    check_same(suite)
    with suite.registry.app_context():
        items = len(feed.since(0, 10_000)["items"])
    assert sum(applied) <= items
    assert sum(number > 0 for number in applied) >= 1


def test_stale_page_is_left_alone(suite):
    """A page read before another puller moved on must not put old rows back."""
    with suite.registry.app_context():
        person = db.session.scalars(select(Person).order_by(Person.id)).first()
    rename(suite, person.id, "Old")
    with suite.registry.app_context():
        stale = feed.since(0, 100_000)
    rename(suite, person.id, "New")
    pull(suite)
    with suite.events.app_context(), copy_db.transaction() as session:
        assert not copying._move_cursor(session, stale["next"] - 1, stale["next"])
    assert copied_rows(suite)["person"][person.id]["name"] == "New"


def test_kind_nobody_knows_yet_is_passed_over(suite):
    with suite.registry.app_context(), db.transaction() as session:
        announce(session, "canteen", "x")
    pull(suite)
    check_same(suite)
    with suite.events.app_context():
        newest = copying.cursor()
    with suite.registry.app_context():
        assert newest == db.session.scalar(select(func.max(Change.seq)))


def test_page_that_fails_leaves_rows_and_cursor_as_they_were(suite, monkeypatch):
    before, edits = copied_rows(suite), random.Random(6)
    edit(suite, edits, 5)
    with suite.events.app_context():
        stood = copying.cursor()
    broken = {**copying.COPIERS, "person": lambda session, items: 1 / 0}
    with suite.registry.app_context(), db.transaction() as session:
        announce(session, "person", session.scalars(select(Person.id)).first())
    monkeypatch.setattr(copying, "COPIERS", broken)
    with pytest.raises(ZeroDivisionError):
        pull(suite)
    with suite.events.app_context():
        assert copying.cursor() == stood
    assert in_order(copied_rows(suite)) == in_order(before)


def test_school_calendar_is_copied_with_its_terms_and_follows_every_change(suite):
    registrar = suite.sign_in("registrar")
    days, years = "/registry/api/v1/calendar-days", "/registry/api/v1/academic-years"
    assert calendar_copied(suite) == calendar_answered(suite)
    first = suite.json("GET", days).get_json()["items"][0]
    suite.json("PATCH", f"{days}/{first['id']}", {"name": {"kk": "Басқа"}, "last_day": None}, as_=registrar)
    suite.json("PATCH", f"{years}/2020-21", {"last_day": "2021-05-31", "terms": []}, as_=registrar)
    suite.json("POST", years, {"first_day": "2031-09-01", "last_day": "2032-05-25"}, as_=registrar)
    newest = suite.json("GET", years).get_json()["items"][1]
    assert suite.json("DELETE", f"{years}/{newest['code']}", as_=registrar).status_code == 204
    pull(suite)
    assert calendar_copied(suite) == calendar_answered(suite)
    assert newest["code"] not in calendar_copied(suite)[0]


def calendar_answered(suite):
    """Years with their terms, and days off, as the register answers them."""
    items = [
        suite.json("GET", f"/registry/api/v1/{what}?limit=200").get_json()["items"]
        for what in ("academic-years", "calendar-days")
    ]
    years = {year["code"]: (year["first_day"], year["last_day"], year["terms"]) for year in items[0]}
    return years, {day["id"]: (day["kind"], day["first_day"], day["last_day"], day["name"]) for day in items[1]}


def calendar_copied(suite):
    with suite.events.app_context():
        terms = {}
        for term in copy_db.session.scalars(select(Term).order_by(Term.number)):
            days = {"first_day": term.first_day.isoformat(), "last_day": term.last_day.isoformat()}
            terms.setdefault(term.year_code, []).append({"number": term.number, **days})
        years = {
            year.code: (year.first_day.isoformat(), year.last_day.isoformat(), terms.get(year.code, []))
            for year in copy_db.session.scalars(select(AcademicYear))
        }
        days = copy_db.session.scalars(select(CalendarDay)).all()
        return years, {
            day.id: (day.kind, day.first_day.isoformat(), day.last_day.isoformat(), day.name) for day in days
        }
