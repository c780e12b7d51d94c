"""Agenda lines lie within the hours of their event and move with it; a form says at once all that is wrong."""

from tests.events_service.desk import FIELDS, organiser_at
from tests.events_service.scene import in_days, play

LINE = {"title": {"kk": "Кіріспе"}}


def patch(scene, **content):
    return scene.suite.json("PATCH", scene.path(), content, as_=scene.organiser)


def test_line_outside_the_hours_is_refused_at_its_place(suite):
    scene = play(suite)  # from 10:00 to 12:00
    early, late = {**LINE, "starts_at": in_days(40, "09:59")}, {**LINE, "ends_at": in_days(40, "12:01")}
    refused = patch(scene, agenda=[LINE, early, late])
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == ["agenda.1.starts_at", "agenda.2.ends_at"]
    backwards = {**LINE, "starts_at": in_days(40, "11:00"), "ends_at": in_days(40, "10:30")}
    assert list(patch(scene, agenda=[backwards]).get_json()["errors"]) == ["agenda.0.ends_at"]
    whole = {**LINE, "starts_at": in_days(40, "10:00"), "ends_at": in_days(40, "12:00")}
    assert patch(scene, agenda=[whole]).status_code == 200
    assert patch(scene, agenda=[early], all_day=True).status_code == 200


def test_agenda_moves_with_its_event_unless_it_still_fits(suite):
    scene = play(suite)
    assert scene.event["agenda"][0]["starts_at"] == scene.event["starts_at"]
    longer = scene.change(starts_at=in_days(40, "09:00"))
    assert longer["agenda"] == scene.event["agenda"]
    moved = scene.change(starts_at=in_days(42, "14:00"), ends_at=in_days(42, "17:00"))
    assert (moved["agenda"][0]["starts_at"][11:16], moved["starts_at"][11:16]) == ("10:00", "09:00")
    assert moved["agenda"][0]["starts_at"][:10] == moved["starts_at"][:10]
    shorter = patch(scene, ends_at=in_days(42, "14:30"))
    assert list(shorter.get_json()["errors"]) == ["agenda.0.starts_at"]


def test_form_says_all_that_is_wrong_at_once(suite):
    browser = organiser_at(suite, "/events/new")
    wrong = {
        **FIELDS,
        "title.ru": "",
        "end": "09:00",
        "capacity": "5",
        "small_class_reserve": "6",
        "registration_closes_at_day": "2026-02-30",
        "audience": "district",
        "agenda.1.title.ru": "Открытие",
        "agenda.1.start": "23:00",
    }
    assert browser.submit_fields(wrong, button="save", follow=False).status_code == 422
    summary = next(box for box in browser.tree.iter("div") if box.get("class") == "errors")
    assert {link.get("href") for link in summary.iter("a")} == {
        "#f-title-kk",
        "#f-end",
        "#f-small_class_reserve",
        "#f-registration_closes_at_day",
        "#f-audience_district",
    }
    browser.submit_fields({**wrong, "end": "12:00"}, button="save", follow=False)
    assert "#f-agenda-1-start" in browser.html
    assert browser.tree.find(".//input[@id='f-agenda-1-start']").get("value") == "23:00"
