"""Warnings of what an event's days clash with: never in the way, always the same few queries."""

from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_events
from sqlalchemy import select

from events_service.db import db
from events_service.directory import queries as directory
from events_service.directory.models import School
from events_service.events import clashes
from events_service.events.models import Event
from services.fields import today
from tests.events_service.desk import organiser_at
from tests.events_service.scene import in_days
from tests.registry_service.facts import API, registrar

FAR = 200
BODY = {"kind": "seminar", "title": {"ru": "Семинар"}, "audience": {"rule": "district", "district": "ABA"}}


def make(suite, first, last="", publish=False, **content):
    """A draft from one wall-clock time to another; answers its JSON, published where asked for."""
    body = {**BODY, "starts_at": first, "ends_at": last or f"{first[:11]}23:00", **content}
    reply = suite.json("POST", "/api/v1/events", body, as_=suite.sign_in("organiser"))
    assert reply.status_code == 201, reply.text
    if publish:
        path = f"/api/v1/events/{reply.get_json()['id']}/publish"
        reply = suite.json("POST", path, as_=suite.sign_in("organiser"))
        assert reply.status_code == 200, reply.text
    return reply.get_json()


def codes(event):
    return [warning["code"] for warning in event["warnings"]]


@pytest.fixture
def centre(suite):
    """A resource centre of Karkaraly and the number of schools of its cluster."""
    with suite.events.app_context():
        found = next(row for row in directory.centres(today()) if row.territory_code == "KAR")
        rule = {"rule": "cluster", "centre": found.id}
        return rule, len(db.session.scalars(directory.audience_schools(rule, today())).all())


CALENDAR = [
    ("2021-05-07T10:00", "", ["day_off"]),
    ("2021-05-10T10:00", "", ["day_off"]),
    ("2020-11-10T10:00", "", ["school_break"]),
    ("2021-05-06T10:00", "2021-05-10T12:00", ["day_off"] * 3),
    ("2021-05-08T10:00", "2021-05-09T00:00", []),
    ("2021-05-11T10:00", "", []),
    ("2019-05-07T10:00", "", []),
]


def test_days_off_and_breaks_warn_and_without_the_calendar_nothing_does(suite, monkeypatch):
    def found():
        return [make(suite, first, last)["warnings"] for first, last, _expected in CALENDAR]

    told = found()
    kinds = {"day_off", "school_break"}
    in_calendar = [[warning for warning in warnings if warning["code"] in kinds] for warnings in told]
    assert [[warning["code"] for warning in warnings] for warnings in in_calendar] == [row[2] for row in CALENDAR]
    assert {warning["url"] for warnings in in_calendar for warning in warnings} == {"/registry/calendar/2020-21"}
    monkeypatch.setattr(directory, "calendar_days", lambda first, last: [])
    assert not {warning["code"] for warnings in found() for warning in warnings} & kinds


def test_whole_day_that_ends_at_midnight_takes_one_day(suite):
    before = make(suite, "2021-05-06T00:00", "2021-05-07T00:00", all_day=True)
    assert "day_off" not in codes(before)
    changed = suite.json(
        "PATCH", f"/api/v1/events/{before['id']}", {"ends_at": "2021-05-08T00:00"}, as_=suite.sign_in("organiser")
    )
    assert "day_off" in codes(changed.get_json())
    assert make(suite, "2021-05-01T00:00", "2021-06-01T00:00", all_day=True, date_precision="month")["warnings"] == []


def test_day_off_of_the_register_warns_once_it_is_copied_and_no_more_once_removed(suite):
    day = today() + timedelta(days=FAR)
    made = make(suite, in_days(FAR))
    assert codes(made) == []
    body = {"kind": "day_off", "first_day": day.isoformat(), "name": {"ru": "Курбан айт"}}
    row = suite.json("POST", f"{API}/calendar-days", body, as_=registrar(suite)).get_json()
    suite.pull()
    path, organiser = f"/api/v1/events/{made['id']}", suite.sign_in("organiser")
    told = suite.json("GET", path, as_=organiser).get_json()["warnings"]
    assert [(warning["code"], "Курбан айт" in warning["message"]) for warning in told] == [("day_off", True)]
    assert "warnings" not in suite.json("GET", "/api/v1/events").get_json()["items"][0]
    suite.json("DELETE", f"{API}/calendar-days/{row['id']}", as_=registrar(suite))
    suite.pull()
    assert suite.json("GET", path, as_=organiser).get_json()["warnings"] == []


def test_year_that_has_not_been_entered_is_said_of_coming_events_only(suite):
    assert codes(make(suite, f"{today().year + 3}-02-03T10:00")) == ["calendar_unknown"]


def test_published_event_for_the_same_schools_warns_with_their_number(suite, centre):
    rule, schools = centre
    other = make(suite, in_days(FAR), publish=True, audience={"rule": "district", "district": "KAR"})
    mine = make(suite, in_days(FAR), audience=rule)

    [warning] = mine["warnings"]
    assert (warning["code"], warning["event"], warning["schools"]) == ("same_audience", other["id"], schools)
    assert warning["url"] == f"/events/{other['slug']}"
    assert make(suite, in_days(FAR))["warnings"] == []  # another district
    assert make(suite, in_days(FAR + 1), audience=rule)["warnings"] == []
    assert codes(make(suite, in_days(FAR - 2), in_days(FAR, "09:00"), audience=rule)) == ["same_audience"]

    with suite.events.app_context():
        one, two = db.session.scalars(select(School.id).where(School.territory_code == "SHE").limit(2)).all()
    make(suite, in_days(FAR), publish=True, audience={"rule": "schools", "schools": [two]})
    assert make(suite, in_days(FAR), audience={"rule": "schools", "schools": [one]})["warnings"] == []
    both = make(suite, in_days(FAR), audience={"rule": "schools", "schools": [one, two]})
    assert [warning["schools"] for warning in both["warnings"]] == [1]


def test_drafts_and_cancelled_events_clash_with_nobody(suite):
    organiser = suite.sign_in("organiser")
    other = make(suite, in_days(FAR), publish=True)
    assert codes(make(suite, in_days(FAR))) == ["same_audience"]
    cancelled = suite.json("POST", f"/api/v1/events/{other['id']}/cancel", {}, as_=organiser).get_json()
    assert cancelled["warnings"] == []
    assert codes(make(suite, in_days(FAR), publish=True)) == []


def test_day_inside_the_session_of_a_cluster_warns(suite, centre):
    rule, schools = centre
    session = make(suite, in_days(FAR), in_days(FAR + 13), publish=True, kind="session", audience=rule)
    mine = make(suite, in_days(FAR + 5), audience={"rule": "small_class"}, publish=True)

    [warning] = mine["warnings"]
    assert (warning["code"], warning["event"]) == ("cluster_session", session["id"])
    assert warning["schools"] in {schools - 1, schools}  # the centre itself may be an ordinary school


def test_many_clashes_are_counted_not_listed_and_cost_the_same(suite):
    first = make(suite, in_days(FAR), publish=True)
    few = queries_of(suite, first)
    for _ in range(clashes.MOST + 2):
        make(suite, in_days(FAR), publish=True)

    with suite.events.app_context(), suite.events.test_request_context():
        found = clashes.of_event(db.session.get(Event, first["id"]))
        assert [clash.code for clash in found] == ["same_audience"] * clashes.MOST + ["more_events"]
        assert " 2 " in f" {found[-1].message}"
    assert queries_of(suite, first) == few <= 8


def queries_of(suite, event):
    """How many queries the clashes of an event take."""
    seen = []
    with suite.events.app_context(), suite.events.test_request_context():
        row = db.session.scalars(select(Event).where(Event.id == event["id"])).one()
        note = lambda *args: seen.append(args[2])  # noqa: E731
        sqlalchemy_events.listen(db.engine, "before_cursor_execute", note)
        clashes.of_event(row)
        sqlalchemy_events.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_form_confirm_page_and_event_page_warn_with_a_link(suite):
    other = make(suite, in_days(FAR), publish=True)
    day = (today() + timedelta(days=FAR)).isoformat()
    browser = organiser_at(suite, "/events/new")
    choice = {"audience": "district", "audience_district": "ABA"}
    fields = {"title.ru": "Встреча", "day": day, "start": "10:00", "end": "11:00", **choice}

    browser.submit_fields({**fields, "title.ru": "", "title.kk": "", "title.en": ""}, button="save", follow=False)
    assert browser.response.status_code == 422
    assert linked(browser) == [f"/events/{other['slug']}"]
    browser.submit_fields(fields, button="publish")
    assert browser.url.endswith("/publish")
    assert linked(browser) == [f"/events/{other['slug']}"]
    browser.submit()
    assert "The event is published" in browser.html
    assert linked(browser) == [f"/events/{other['slug']}"]
    assert linked(reader(suite, browser.url)) == []


def reader(suite, path):
    browser = suite.browser("ru", suite.sign_in("teacher", 0))
    browser.get(path)
    return browser


def linked(browser):
    marks = [mark for mark in browser.tree.iter("span") if mark.get("class") == "st warn"]
    return [link.get("href") for mark in marks for link in mark.iter("a")]


def test_form_says_the_name_of_a_day_off_in_the_language_of_the_reader(suite):
    names = {"kk": "Отан қорғаушы күні", "ru": "День защитника Отечества", "en": "Defender of the Fatherland Day"}
    made = make(suite, "2021-05-07T10:00")
    for lang, name in names.items():
        browser = suite.browser(lang, suite.sign_in("organiser"))
        browser.get(f"/events/{made['slug']}/edit")
        assert name in browser.text
