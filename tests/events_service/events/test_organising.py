"""The organiser's form: what is typed is written, kept on every error, and never lost to somebody else's change."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events_service.db import db
from events_service.events.models import Event
from tests.events_service.desk import DAY, FIELDS, organiser_at, saved, slug_in, written
from tests.events_service.scene import play

pytestmark = pytest.mark.either_engine


def test_form_writes_what_was_typed(suite):
    browser = written(
        suite,
        **{
            "title.kk": "Кәсіптік бағдар",
            "format": "mixed",
            "venue.ru": "Караганда",
            "capacity": "60",
            "small_class_reserve": "12",
            "registration_closes_at_day": DAY.isoformat(),
            "agenda.1.start": "10:10",
            "agenda.1.title.ru": "Открытие",
            "agenda.1.district": "SHE",
            "materials.0.title.ru": "План",
            "materials.0.url": "https://example.invalid/plan.docx",
            "materials.0.size": "48",
        },
    )
    with suite.events.app_context():
        event = db.session.scalars(select(Event).where(Event.slug == slug_in(browser.url))).one()
        assert event.title == {"kk": "Кәсіптік бағдар", "ru": "Семинар о профориентации"}
        assert (f"{event.starts_at:%H:%M}", f"{event.ends_at:%H:%M}") == ("05:00", "07:00")
        assert (event.capacity, event.small_class_reserve, event.venue) == (60, 12, {"ru": "Караганда"})
        assert f"{event.registration_closes_at:%H:%M}" == "18:59"
        assert [(item.title, item.district, f"{item.starts_at:%H:%M}") for item in event.agenda] == [
            ({"ru": "Открытие"}, "SHE", "05:10")
        ]
        assert [(item.title, item.size) for item in event.materials] == [({"ru": "План"}, 48000)]
        assert event.audience == {"rule": "small_class"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title.ru": ""}, "f-title-kk"),
        ({"day": ""}, "f-day"),
        ({"day": "2026-13-45"}, "f-day"),
        ({"start": ""}, "f-start"),
        ({"start": "25:99"}, "f-start"),
        ({"end": "09:00"}, "f-end"),
        ({"end": ""}, "f-end"),
        ({"capacity": "много"}, "f-capacity"),
        ({"capacity": "5", "small_class_reserve": "6"}, "f-small_class_reserve"),
        ({"capacity": str(2**63 + 1)}, "f-capacity"),
        ({"join_url": "javascript:alert(1)"}, "f-join_url"),
        ({"audience": "district"}, "f-audience_district"),
        ({"audience": "district", "audience_district": "XX"}, "f-audience_district"),
        ({"audience": "nobody"}, "f-audience"),
        ({"agenda.2.start": "10:00"}, "f-agenda-2-title-kk"),
        ({"agenda.0.title.ru": "А", "agenda.2.title.ru": "Б", "agenda.2.start": "?"}, "f-agenda-2-start"),
        ({"materials.1.title.ru": "План", "materials.1.url": "нет"}, "f-materials-1-url"),
        ({"registration_closes_at_time": "10:00"}, "f-registration_closes_at_day"),
        ({"programme": "XX"}, "f-programme"),
        ({"title.ru": "а\x00б"}, "f-title-ru"),
    ],
)
@pytest.mark.one_engine("sqlite")
def test_form_puts_each_error_at_its_field_and_keeps_what_was_typed(suite, fields, field):
    browser = organiser_at(suite, "/events/new")
    typed = {**FIELDS, "subject": "физика", **fields}
    assert browser.submit_fields(typed, button="save").status_code == 422
    links = [link.get("href") for link in browser.tree.findall(".//div[@role='alert']//a")]
    assert f"#{field}" in links
    assert field in {element.get("id") for element in browser.tree.iter()}
    assert browser.tree.find(".//input[@name='subject']").get("value") == "физика"
    assert browser.tree.find(".//title").text.startswith("Error:")


def test_recount_saves_nothing_and_names_the_number(suite):
    browser = organiser_at(suite, "/events/new")
    for rule, count in {"small_class": 211, "twinned": 163, "programme:USHQYR_OI": 156, "centres": 39}.items():
        assert browser.submit_fields({"title.kk": "Жаңа", "audience": rule}, button="recount").status_code == 200
        assert f"It is announced to {count} schools" in browser.text
        assert not browser.tree.findall(".//div[@role='alert']")
        link = browser.tree.find(".//div[@role='status']//a").get("href")
        assert f"{count} schools" in suite.get(link, suite.sign_in("organiser"), "en").text
    assert browser.tree.find(".//textarea[@name='title.kk']").text.strip() == "Жаңа"


def test_more_lines_keep_what_was_typed(suite):
    browser = organiser_at(suite, "/events/new")
    browser.submit_fields({"agenda.0.presenter": "А. Оспанова"}, button="more_agenda")
    names = {element.get("name") for element in browser.tree.iter("input")}
    assert "agenda.5.presenter" in names
    assert browser.tree.find(".//input[@name='agenda.0.presenter']").get("value") == "А. Оспанова"


def test_form_sent_twice_makes_one_draft(suite):
    browser = organiser_at(suite, "/events/new")
    form_page = browser.html
    slugs = set()
    for _ in range(2):
        browser.html, browser.url = form_page, "/events/new"
        browser.submit_fields(FIELDS, button="save")
        slugs.add(slug_in(browser.url))
    assert len(slugs) == 1


def test_untouched_form_changes_nothing_and_tells_nobody(suite):
    scene = play(suite, materials=[{"title": {"kk": "Жоспар"}, "url": "https://example.invalid/p.pdf", "size": 48123}])
    scene.register(0)
    before = scene.do("GET", scene.path())
    browser = organiser_at(suite, f"/events/{scene.event['slug']}/edit")
    browser.submit_fields({}, button="save")
    assert "Saved." in browser.text
    assert "told of it" not in browser.text
    assert scene.do("GET", scene.path()) == before


def test_moving_an_event_names_how_many_are_told(suite):
    scene = play(suite)
    scene.register(0)
    scene.register(1)
    browser = organiser_at(suite, f"/events/{scene.event['slug']}/edit")
    assert "2 people are told if the time or the place changes" in browser.text
    browser.submit_fields({"start": "11:00", "end": "13:00"}, button="save")
    assert "2 people are told of it" in browser.text
    assert len(scene.owed("event_changed")) == 2
    assert scene.do("GET", scene.path())["starts_at"].endswith("06:00:00Z")


def test_stale_form_is_refused_and_shows_what_is_saved(suite):
    scene = play(suite)
    browser = organiser_at(suite, f"/events/{scene.event['slug']}/edit")
    scene.change(title={"ru": "Переименовано другим"})
    assert browser.submit_fields({"title.ru": "Моё название"}, button="save").status_code == 412
    assert "Переименовано другим" in browser.text
    assert browser.tree.find(".//textarea[@name='title.ru']").text.strip() == "Моё название"
    assert browser.submit_fields({}, button="save").status_code == 200
    assert scene.do("GET", scene.path())["title"]["ru"] == "Моё название"


def test_several_days_and_vague_dates_survive_the_form(suite):
    slug = slug_in(written(suite, all_day="on", start="", end="", last_day=(DAY + timedelta(days=2)).isoformat()).url)
    event = saved(suite, slug)
    assert (event.all_day, event.ends_at - event.starts_at) == (True, timedelta(days=3))
    slug = slug_in(written(suite, date_precision="month", day="2027-02-11", start="", end="").url)
    event = saved(suite, slug)
    assert (event.date_precision, event.ends_at - event.starts_at) == ("month", timedelta(days=28))
    browser = organiser_at(suite, f"/events/{slug}")
    assert "February 2027" in browser.text


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "строка", "agenda": "строка", "materials.x": "1", "day.x": "1"},
        {"agenda.0": "строка", "agenda.1.title": "строка", "agenda.2.title.kk.x": "глубже", "venue": "строка"},
        {"audience": "district", "audience_district": "а\x00б", "submission_id": "а\x00б"},
        {"audience": "programme:а\x00б", "time_zone": "../../etc/passwd", "kind": "нет"},
        {"audience": "schools", "day": "9999-12-31", "all_day": "on", "last_day": "0001-01-01"},
        {"date_precision": "academic_year", "day": "2100-12-31", "version": "9" * 40},
        {"capacity": "-1", "small_class_reserve": "1e9", "materials.0.size": "9" * 30, "subject": "а" * 10_000},
        {
            "reserve_until_day": "2026-02-30",
            "reserve_until_time": "\x00",
            "join_url": "http://[",
            "agenda.999.end": "1",
        },
    ],
)
@pytest.mark.one_engine("postgres")
def test_hostile_fields_are_answered_calmly(suite, fields):
    scene = play(suite)
    browser = organiser_at(suite, "/events/new")
    for button in ("recount", "save"):
        assert browser.submit_fields({**FIELDS, **fields}, button=button).status_code in {200, 422}
        browser.get("/events/new")
    for button in ("recount", "save"):
        browser.get(f"/events/{scene.event['slug']}/edit")
        assert browser.submit_fields(fields, button=button).status_code in {200, 412, 422}


def test_form_shows_and_saves_the_reminders(suite):
    browser = suite.browser("ru", suite.sign_in("organiser"))
    browser.get("/events/new")
    fields = {"title.kk": "Еске салу", "date_precision": "none", "audience": "everyone"}
    browser.submit_fields(fields, button="save")
    slug = browser.url.split("/")[2]

    def kept():
        return suite.json("GET", f"/api/v1/events/{slug}", as_=suite.sign_in("organiser")).get_json()["reminders"]

    assert kept() == [1440, 60]
    browser.submit_fields({"title.ru": "Напоминание"}, button="save")
    assert kept() == [1440, 60]
    browser.submit_fields({"reminders[]": ["10080"]}, button="save")
    assert kept() == [10080]
    browser.submit_fields({"reminders[]": []}, button="save")
    assert kept() == []
