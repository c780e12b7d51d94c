"""The steps that tell people: each names its number first, and happens once."""

import pytest

from tests.events_service.desk import DAY, FIELDS, organiser_at, saved, slug_in
from tests.events_service.scene import TITLE, play

pytestmark = pytest.mark.either_engine


def test_publishing_names_the_number_of_schools_and_happens_once(suite):
    browser = organiser_at(suite, "/events/new")
    browser.submit_fields(FIELDS, button="publish")
    slug = slug_in(browser.url)
    assert browser.url == f"/events/{slug}/publish"
    assert "211 schools" in browser.text
    assert saved(suite, slug).status == "draft"
    browser.submit()
    assert browser.url == f"/events/{slug}"
    assert saved(suite, slug).status == "published"
    assert browser.get(f"/events/{slug}/publish", follow=False).status_code == 303


def test_cancelling_names_the_letters_and_restoring_brings_it_back(suite):
    scene = play(suite)
    slug = scene.event["slug"]
    scene.register(0)
    browser = organiser_at(suite, f"/events/{slug}/cancel")
    assert "1 letter will go" in browser.text
    browser.submit(reason="Докладчик заболел")
    assert "Докладчик заболел" in browser.text
    assert len(scene.owed("event_cancelled")) == 1
    browser.get(f"/events/{slug}/restore")
    browser.submit()
    assert saved(suite, slug).status == "published"
    assert len(scene.owed("event_restored")) == 1


def test_duplicate_is_a_draft_and_deleting_takes_it_away(suite):
    scene = play(suite)
    browser = organiser_at(suite, f"/events/{scene.event['slug']}/duplicate")
    browser.submit()
    slug = slug_in(browser.url)
    assert saved(suite, slug).status == "draft"
    browser.get(f"/events/{slug}/delete")
    browser.submit()
    assert browser.get(f"/events/{slug}").status_code == 404


@pytest.mark.parametrize("step", ["edit", "publish", "cancel", "restore", "duplicate", "delete", "audience"])
def test_steps_are_for_the_organisers_of_the_event(suite, step):
    scene = play(suite)
    path = f"/events/{scene.event['slug']}/{step}"
    codes = [
        suite.browser("en", token).get(path, follow=False).status_code
        for token in (None, suite.sign_in("teacher"), suite.sign_in("organiser", 3))
    ]
    assert codes == [302, 403, 404]


def test_form_without_its_token_changes_nothing(suite):
    scene = play(suite)
    path = f"/events/{scene.event['slug']}"
    browser = suite.browser("en", scene.organiser)
    assert browser.post(f"{path}/cancel", {"reason": "чужой"}).status_code == 400
    assert browser.post(f"{path}/edit", {"title.ru": "чужое", "day": DAY.isoformat()}).status_code == 400
    assert scene.do("GET", scene.path())["title"] == TITLE
