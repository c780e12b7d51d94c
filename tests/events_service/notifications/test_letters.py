"""Each kind of letter in each language: its words, its parts, and the entry it puts into a calendar."""

import re

import pytest

from services.mail import Letter
from tests.events_service.notifications.steps import KINDS
from tests.events_service.scene import OPENING, TITLE, Scene, calendar_of, play
from tests.support.suite import Suite

pytestmark = pytest.mark.one_engine("sqlite")

LANGUAGES = ("kk", "ru", "en")
STORED = ("Қоңырау", "Zoom", "Snow <b>storm</b>", "А. Оспанова")
MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}


def in_each_language(suite: Suite, kind: str) -> tuple[Scene, dict[str, Letter]]:
    scene = play(suite, capacity=1)
    row = KINDS[kind][0](scene)
    found = {language: scene.letter(kind, row, language) for language in LANGUAGES}
    assert all(found.values())
    return scene, found  # type: ignore[return-value]


@pytest.mark.parametrize("kind", KINDS)
def test_letter_says_title_day_and_almaty_time_in_the_readers_language(suite: Suite, kind: str) -> None:
    _scene, found = in_each_language(suite, kind)
    for language, letter in found.items():
        others = [title for code, title in TITLE.items() if code != language]
        said = letter.subject + letter.text + letter.html
        assert TITLE[language] in letter.subject
        for body in (letter.text, letter.html):
            assert TITLE[language] in body
            assert "10:00–12:00" in body
            assert any(month in body for month in MONTHS[language].split())
        assert not any(title in said for title in others)
        assert letter.headers["Content-Language"] == language
        assert f'lang="{language}"' in letter.html


def words_of_ours(scene: Scene, letter: Letter) -> str:
    """A letter's text without links, names, and what organisers wrote in one language only."""
    own = {letter.to_name, *scene.event["title"].values()} - {""}
    calendar = (letter.calendar or b"").replace(b"\r\n ", b"").decode()
    shown = [line.partition(":")[2] for line in calendar.splitlines() if re.match("SUMMARY|DESCRIPTION|LOCATION", line)]
    text = "\n".join([letter.subject, letter.text, *shown]).replace("\\n", "\n")
    for foreign in (*sorted(own, key=len, reverse=True), *OPENING.values(), *STORED):
        text = text.replace(foreign, "")
    return re.sub(r"https?://\S+", "", text)


@pytest.mark.parametrize("kind", KINDS)
def test_letter_holds_no_word_of_another_language(suite: Suite, kind: str) -> None:
    scene, found = in_each_language(suite, kind)
    assert re.findall("[A-Za-z]{2,}", words_of_ours(scene, found["kk"])) == []
    assert re.findall("[A-Za-z]{2,}", words_of_ours(scene, found["ru"])) == []
    assert re.findall("[әғқңөұүһі]", words_of_ours(scene, found["ru"]), re.IGNORECASE) == []
    assert re.findall("[а-яё]", words_of_ours(scene, found["en"]), re.IGNORECASE) == []


@pytest.mark.parametrize("kind", KINDS)
def test_letter_carries_the_calendar_part_of_its_kind(suite: Suite, kind: str) -> None:
    scene, found = in_each_language(suite, kind)
    for letter in found.values():
        assert letter.calendar_method == KINDS[kind][1]
        if not letter.calendar_method:
            assert letter.calendar is None
            continue
        calendar = calendar_of(letter.calendar)
        entry = calendar.walk("VEVENT")[0]
        present = scene.do("GET", scene.path())
        assert calendar["METHOD"] == letter.calendar_method
        assert entry["UID"] == present["uid"]
        assert entry["SEQUENCE"] == present["sequence"]
        assert entry["ATTENDEE"] == f"mailto:{letter.to_address}"
        assert entry["ORGANIZER"] == "mailto:qonyrau@127.0.0.1"
