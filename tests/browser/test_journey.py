"""The main job in a real Chromium without JavaScript, in Kazakh and in Russian, over real processes."""

import email
import email.policy
import re
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar

from services.fields import today
from tests.support.processes import free_port, spawn, wait_for_http, wait_until
from tests.support.region import environ_of

RULES = {"small_class": 211, "centres": 39, "twinned": 163, "programme:USHQYR_OI": 156}
TITLES = {"kk": "Кәсіптік бағдар: ауыл мектебінің тәжірибесі", "ru": "Профориентация: опыт сельской школы"}


@pytest.fixture
def running(suite_settings, tmp_path):
    """The web process and the loop that sends mails."""
    port = free_port()
    environ = environ_of(suite_settings) | {"PUBLIC_URL": f"http://127.0.0.1:{port}", "REDIS_URL": ""}
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "-b",
        f"127.0.0.1:{port}",
        "-k",
        "gthread",
        "--threads",
        "4",
        "wsgi:single",
    ]
    loop = [sys.executable, "-m", "worker", "drain", "--loop"]
    log = tmp_path / "log"
    with spawn(web, env=environ, log_path=log), spawn(loop, env=environ, log_path=log):
        wait_for_http(f"http://127.0.0.1:{port}/health/ready")
        yield f"http://127.0.0.1:{port}", Path(suite_settings.mail_url.removeprefix("file:"))


def become(page, url, role, number, lang):
    """Sign in as somebody of the demonstration's list."""
    page.goto(f"{url}/demo/sign-in?lang={lang}")
    form = page.locator("form", has=page.locator(f'input[name="role"][value="{role}"]')).filter(
        has=page.locator(f'input[name="number"][value="{number}"]')
    )
    form.locator("button").first.click()


def mails_to(folder: Path, address: str):
    found = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in folder.glob("*.eml")]
    return [mail for mail in found if address in str(mail["To"])]


def events_in(text: str, title: str):
    return [e for e in Calendar.from_ical(text).walk("VEVENT") if title in str(e["SUMMARY"])]


def numbers_of(text: str) -> set[int]:
    return {int(number.replace("\u00a0", "")) for number in re.findall(r"\d[\d\u00a0]*", text)}


pytestmark = pytest.mark.one_engine("postgres")


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_seminar_from_the_form_to_the_calendar(running, new_page, lang):
    url, folder = running
    organiser = new_page(lang)
    become(organiser, url, "organiser", 0, lang)
    organiser.goto(f"{url}/events/new")
    for code, title in TITLES.items():
        organiser.fill(f'[name="title.{code}"]', title)
    organiser.fill('[name="day"]', (today() + timedelta(days=20)).isoformat())
    organiser.fill('[name="start"]', "10:00")
    organiser.fill('[name="end"]', "12:00")
    for rule, count in RULES.items():
        organiser.check(f'[name="audience"][value="{rule}"]')
        organiser.click('button[name="recount"]')
        assert count in numbers_of(organiser.locator(".note[role=status]").inner_text())
    assert organiser.input_value(f'[name="title.{lang}"]') == TITLES[lang]
    organiser.check('[name="audience"][value="small_class"]')
    organiser.click('button[name="publish"]')
    assert 211 in numbers_of(organiser.locator("main").inner_text())
    organiser.locator("main form button").first.click()
    slug = organiser.url.split("/events/")[1].split("?")[0]

    teacher = new_page(lang, width=360)
    become(teacher, url, "teacher", 0, lang)
    teacher.goto(f"{url}/events/{slug}")
    assert TITLES[lang] in teacher.locator("h1").inner_text()
    teacher.click(f'a[href="/events/{slug}/register"]')
    teacher.locator("main form[method=post] button").first.click()
    assert teacher.locator("h1").is_visible()

    mail = wait_until(lambda: mails_to(folder, "teacher0000@example.invalid"))[0]
    part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    invited = Calendar.from_ical(part.get_content()).walk("VEVENT")[0]

    teacher.goto(f"{url}/calendars")
    own = next(
        v for v in teacher.eval_on_selector_all("input[readonly]", "all => all.map(e => e.value)") if "/my/" in v
    )
    for address in (f"{url}/calendars/all.ics?lang={lang}", own):
        (entry,) = events_in(httpx.get(address).text, TITLES[lang])
        assert (entry["UID"], entry["SEQUENCE"]) == (invited["UID"], invited["SEQUENCE"])


def test_pages_never_scroll_sideways(running, new_page):
    url, _ = running
    for lang in ("kk", "ru"):
        page = new_page(lang, width=320, javascript=True)
        become(page, url, "organiser", 0, lang)
        for path in PAGES:
            page.goto(f"{url}{path}")
            for width in (320, 360, 640, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, f"{path} is {wide} px too wide at {width} in {lang}"


PAGES = (
    "/",
    "/events/new",
    "/my",
    "/my/subscriptions",
    "/calendars",
    "/notifications",
    "/notifications/templates",
    "/registry/territories?as_of=2021-05-01",
    "/registry/schools",
    "/registry/centres",
    "/registry/twinning",
    "/registry/programmes",
    "/registry/orders",
    "/registry/sign-in",
    "/demo/sign-in",
    "/demo/mail",
)


def test_nothing_is_loaded_from_another_host_and_the_first_visit_is_light(running, new_page):
    url, _ = running
    page = new_page("kk")
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(url)
    assert seen
    assert all(address.startswith((url, "data:")) for address in seen)
    wire = sum(weight(address) for address in seen if address.startswith(url))
    assert wire <= 60_000
    later = [weight(f"{url}{path}") for path in PAGES]
    assert max(later) <= 15_000, list(zip(PAGES, later, strict=True))


def weight(address: str) -> int:
    """Bytes on the wire of an answer, head and gzipped body."""
    with httpx.stream("GET", address, headers={"Accept-Encoding": "gzip"}, follow_redirects=True) as reply:
        body = sum(len(chunk) for chunk in reply.iter_raw())
        return body + sum(len(name) + len(value) + 4 for name, value in reply.headers.items())
