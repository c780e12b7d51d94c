"""An organisation's own words for letters: short names in braces, and nothing that is run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events_service.notifications import placeholders, rewording
from services.mail import Letter, build
from tests.events_service.scene import TITLE, Scene, play
from tests.services.sink import DATE
from tests.support.suite import Browser, Suite

KIND = "registration_confirmed"
PAGE = f"/notifications/templates/{KIND}"
# What template languages would run; the last ones are only unbalanced.
EVIL = (
    "{title.__class__}",
    "{title!r}",
    "{0}",
    "{}",
    "{{title}}",
    "{title:>9999999}",
    "{{7*7}}",
    "{% import os %}",
    "{config}",
    "{self.__init__.__globals__}",
    "{name",
    "name}",
    "{na me}",
)
pytestmark = pytest.mark.one_engine("sqlite")


def desk(suite: Suite, lang: str = "en", number: int = 0) -> Browser:
    browser = suite.browser(lang, suite.sign_in("organiser", number))
    browser.get(PAGE)
    return browser


def letter(scene: Scene, language: str) -> Letter:
    found = scene.letter(KIND, scene.event["registration"], language)
    assert found is not None
    return found


def registered(suite: Suite) -> Scene:
    scene = play(suite)
    scene.event["registration"] = scene.register(1)
    return scene


@pytest.mark.parametrize("text", EVIL)
def test_what_is_no_name_of_the_list_is_refused_in_words(suite: Suite, text: str) -> None:
    browser = desk(suite)
    assert browser.submit_fields({"lead.kk": text}).status_code == 422
    assert "Braces stand only around" in browser.text or "is not in the list" in browser.text
    assert text in browser.html.replace("&#39;", "'").replace("&gt;", ">")


@settings(max_examples=80, deadline=None)
@given(st.text(st.sampled_from("{}%$.!:_aeilmnt \n") | st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_refused_or_filled_and_what_is_put_in_is_not_read_again(text: str) -> None:
    values = dict.fromkeys(placeholders.NAMES, "{link} %(title)s")
    if not any(brace in text for brace in "{}"):
        assert placeholders.fill(text, values) == text
    elif not placeholders.fault(text, values):
        assert placeholders.fill(text, values).count("{link} %(title)s") == text.count("{")


def test_own_words_stand_in_the_letters_of_their_language_alone(suite: Suite) -> None:
    scene = registered(suite)
    browser = desk(suite)
    words = {"subject.kk": "Күтеміз: {title}", "lead.kk": "{name}, {when}, {where}.\n{organiser}: {link}"}
    assert browser.submit_fields(words).status_code == 200
    kazakh, russian = letter(scene, "kk"), letter(scene, "ru")
    assert kazakh.subject == f"Күтеміз: {TITLE['kk']}"
    assert "10:00–12:00" in kazakh.text
    assert f"/events/{scene.event['slug']}\n" in kazakh.text
    assert "{" not in kazakh.subject + kazakh.text
    assert russian.subject == f"Вы зарегистрированы: {TITLE['ru']}"
    browser.get("/notifications/templates")
    assert "In your words: Қазақша" in browser.text


def test_values_are_text_in_html_and_one_line_in_the_subject(suite: Suite) -> None:
    scene = play(suite, title={"kk": "<b>{link}</b> =?utf-8?q?=0ABcc:_x?="})
    scene.event["registration"] = scene.register(1)
    desk(suite).submit_fields({"subject.kk": "А {title}", "lead.kk": "<i>Б</i> {title}"})
    found = letter(scene, "kk")
    assert "&lt;i&gt;Б&lt;/i&gt; &lt;b&gt;{link}&lt;/b&gt;" in found.html
    mail = build(found, sender="Q <q@example.invalid>", message_id="<1@q>", date=DATE)
    assert mail["Bcc"] is None
    assert "\n" not in str(mail["Subject"])


def test_look_shows_a_letter_and_saves_nothing(suite: Suite) -> None:
    scene = registered(suite)
    browser = desk(suite)
    browser.submit_fields({"subject.en": "See you at {title}", "lead.en": "Dear {name}"}, button="preview")
    assert "See you at A lesson in mixed classes" in browser.text
    assert "Nothing is saved yet" in browser.text
    assert letter(scene, "en").subject.startswith("You are registered")


def test_back_to_our_words(suite: Suite) -> None:
    scene = registered(suite)
    desk(suite).submit_fields({"subject.en": "Mine"})
    assert letter(scene, "en").subject == "Mine"
    desk(suite).submit_fields({"lead.ru": "{broken"}, button="restore")
    assert letter(scene, "en").subject.startswith("You are registered")


def test_words_changed_meanwhile_are_not_lost(suite: Suite) -> None:
    scene = registered(suite)
    first, second = desk(suite), desk(suite)
    assert first.submit_fields({"subject.en": "First"}).status_code == 200
    assert second.submit_fields({"subject.en": "Second"}).status_code == 412
    assert letter(scene, "en").subject == "First"
    third = desk(suite)
    assert third.submit_fields({"subject.en": "Third"}).status_code == 200
    assert letter(scene, "en").subject == "Third"


@pytest.mark.both_engines
def test_words_are_of_one_organisation(suite: Suite) -> None:
    scene = registered(suite)
    desk(suite, number=3).submit_fields({"subject.en": "Theirs"})
    assert letter(scene, "en").subject.startswith("You are registered")
    other = suite.browser("en", suite.sign_in("organiser", 3))
    mine = scene.do("GET", scene.path())["organisation"]
    assert other.get(f"{PAGE}?organisation={mine}").status_code == 404


@pytest.mark.parametrize("kind", rewording.KINDS)
def test_each_kind_has_its_page_and_a_letter_to_look_at(suite: Suite, kind: str) -> None:
    browser = suite.browser("kk", suite.sign_in("organiser"))
    assert browser.get(f"/notifications/templates/{kind}").status_code == 200
    names = rewording.names_of(kind)
    browser.submit_fields({"lead.kk": " ".join(f"[{{{name}}}]" for name in names)}, button="preview")
    assert "Біріктірілген сыныптағы сабақ" in browser.text
    assert ("{position}" in browser.text) is (kind == "registration_waiting")


def test_letter_to_an_unproved_address_keeps_our_words(suite: Suite) -> None:
    browser = suite.browser("en", suite.sign_in("organiser"))
    assert browser.get("/notifications/templates/guest_confirm").status_code == 404
    assert browser.get("/notifications/templates/nothing").status_code == 404
