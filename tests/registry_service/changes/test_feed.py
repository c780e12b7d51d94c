"""The change feed: its key, its cursor, and what a line holds."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import delete, func, select, update

from registry_service.changes.announcing import announce_all
from registry_service.db import Change, Counter, db
from registry_service.people.models import Person, PersonRole
from registry_service.programmes.models import Programme
from registry_service.schools.models import School
from registry_service.territories.models import Territory
from services import ledger


@pytest.fixture
def key(suite):
    return suite.settings.service_keys[0]


def page(suite, since=0, limit=500):
    reply = suite.json(
        "GET", f"/registry/api/v1/changes?since={since}&limit={limit}", as_=suite.settings.service_keys[0]
    )
    assert reply.status_code == 200, reply.text
    return reply.get_json()


def everything(suite, limit=500):
    items, since = [], 0
    while True:
        found = page(suite, since, limit)
        items += found["items"]
        since = found["next"]
        if not found["more"]:
            return items, since


def change(suite, kind, entity_id, op="upsert"):
    with suite.registry.app_context(), db.transaction() as session:
        ledger.change(session, Change, Counter, kind, entity_id, op)


def first(suite, column):
    with suite.registry.app_context():
        return db.session.scalar(select(column).order_by(column))


def test_feed_is_closed_without_a_service_key(suite, key):
    for header in ("", "Bearer ", "Bearer wrong", "service", f"Bearer {key[:-1]}", f"Bearer {key}x", "Basic x"):
        assert suite.json("GET", "/registry/api/v1/changes", headers={"Authorization": header}).status_code == 401, (
            header
        )
    assert suite.json("GET", "/registry/api/v1/changes").status_code == 401


def test_feed_is_closed_to_people(suite):
    assert suite.json("GET", "/registry/api/v1/changes", as_=suite.sign_in("registrar")).status_code in {401, 403}


def test_feed_read_line_by_line_goes_on_where_it_stood(suite):
    assert [page(suite, since, 1)["items"][0]["seq"] for since in range(5)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("limit", [97, 1000])
def test_feed_read_by_pages_names_everything_once(suite, limit):
    items, last = everything(suite, limit)
    with suite.registry.app_context():
        expected = {("school", row) for row in db.session.scalars(select(School.id))} | {
            ("person", row) for row in db.session.scalars(select(Person.id))
        }
        newest = db.session.scalar(select(func.max(Change.seq)))
    named = [(item["kind"], item["id"]) for item in items]
    assert expected <= set(named)
    assert len(named) == len(set(named))
    assert last == newest
    assert all(before["seq"] < after["seq"] for before, after in pairwise(items))


def test_feed_beyond_its_end_is_empty(suite):
    _items, last = everything(suite)
    assert page(suite, last) == {"items": [], "next": last, "more": False}
    assert page(suite, last + 1000) == {"items": [], "next": last + 1000, "more": False}


def test_feed_refuses_numbers_that_are_none(suite, key):
    for query in ("since=-1", "since=x", "since=9223372036854775808", "limit=0", "limit=1001", "since="):
        assert suite.json("GET", f"/registry/api/v1/changes?{query}", as_=key).status_code == 422, query


def test_several_changes_of_one_row_become_its_last(suite):
    _items, last = everything(suite)
    school = first(suite, School.id)
    for _ in range(3):
        change(suite, "school", school)
    found = page(suite, last)
    assert [(item["seq"], item["id"]) for item in found["items"]] == [(last + 3, school)]


def test_school_line_holds_its_dated_facts(suite):
    items, _last = everything(suite)
    rows = [item["row"] for item in items if item["kind"] == "school"]
    facts = [fact for row in rows for fact in row["facts"]]

    def number(kind, ref=None):
        return sum(fact["kind"] == kind and ref in (None, fact["ref"]) for fact in facts)

    assert (number("small_class"), number("resource_centre"), number("attachment"), number("twinning")) == (
        211,
        39,
        211,
        163,
    )
    assert number("enrolment", "USHQYR_OI") == 156
    assert set(rows[0]) == {"id", "code", "name", "sort_key", "kind", "territory", "opened_on", "closed_on", "facts"}
    assert set(facts[0]) == {"kind", "ref", "valid_from", "valid_to"}


def test_school_with_a_link_is_enrolled_in_the_programme_of_such_links(suite):
    items, _last = everything(suite)
    with suite.registry.app_context():
        twinning = db.session.scalar(select(Programme.code).where(Programme.kind == "twinning"))
    held = [
        {fact["kind"] for fact in item["row"]["facts"] if fact["kind"] == "twinning" or fact["ref"] == twinning}
        for item in items
        if item["kind"] == "school"
    ]
    assert held.count({"twinning", "enrolment"}) == 163
    assert {"twinning"} not in held


def test_territory_line_holds_both_oblasts(suite):
    items, _last = everything(suite)
    moved = next(item["row"] for item in items if item["kind"] == "territory" and item["id"] == "ULY")
    assert [(m["oblast"], m["valid_to"]) for m in moved["memberships"]] == [("KRG", "2022-06-08"), ("ULT", None)]


def test_person_line_holds_what_other_services_may_know_and_nothing_else(suite):
    items, _last = everything(suite)
    row = next(
        item["row"]
        for item in items
        if item["kind"] == "person" and item["row"]["email"] == "organiser3@example.invalid"
    )
    assert set(row) == {"id", "name", "email", "language", "school_id", "roles", "active"}
    assert row["roles"] == ["organiser:SSI1"]


def test_erased_person_is_a_tombstone(suite):
    _items, last = everything(suite)
    gone = first(suite, Person.id)
    with suite.registry.app_context(), db.transaction() as session:
        session.execute(delete(PersonRole).where(PersonRole.person_id == gone))
        session.execute(delete(Person).where(Person.id == gone))
        ledger.change(session, Change, Counter, "person", gone)
    assert page(suite, last)["items"] == [{"seq": last + 1, "kind": "person", "id": gone, "op": "delete", "row": None}]


def test_old_line_shows_the_row_as_it_is_now(suite):
    person_id = first(suite, Person.id)
    with suite.registry.app_context(), db.transaction() as session:
        session.execute(update(Person).where(Person.id == person_id).values(name="Now"))
    items, _last = everything(suite)
    assert next(item["row"]["name"] for item in items if item["id"] == person_id) == "Now"


def test_cursor_misses_nothing_while_writers_interleave(suite):
    """A reader that follows while eight write sees every number, in order, none of them late."""
    codes = [first(suite, Territory.code)] * 80
    _items, start = everything(suite)
    seen = []

    def follow():
        since = start
        while len(seen) < len(codes):
            with suite.registry.app_context():
                rows = db.session.scalars(select(Change.seq).where(Change.seq > since).order_by(Change.seq)).all()
            seen.extend(rows)
            since = seen[-1] if seen else since

    with ThreadPoolExecutor(9) as pool:
        reader = pool.submit(follow)
        list(pool.map(lambda code: change(suite, "territory", code), codes))
        reader.result(timeout=60)
    assert seen == list(range(start + 1, start + 1 + len(codes)))


def test_announcing_everything_makes_one_line_for_each_row(suite):
    items, last = everything(suite)
    with suite.registry.app_context(), db.transaction() as session:
        number = announce_all(session)
        ledger.change(session, Change, Counter, "oblast", "KRG")
    again, end = everything(suite)
    assert number == len([item for item in items if item["kind"] != "session"])
    assert end == last + number + 1
    assert {(i["kind"], i["id"]) for i in again} == {(i["kind"], i["id"]) for i in items}
