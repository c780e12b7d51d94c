"""Kazakh, Russian and English: which one to speak, and how dates and numbers are said in it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, get_locale, gettext
from markupsafe import Markup, escape

from services.database import utcnow

LANGUAGES = ("kk", "ru", "en")
LABELS = {"kk": ("ҚАЗ", "Қазақша"), "ru": ("РУС", "Русский"), "en": ("ENG", "English")}
COOKIE = "qonyrau_lang"
NO_BREAK = "\u00a0"


def init_i18n(app: Flask, packages: list[Path], zone: str) -> None:
    """Merge the catalogues of the kit and of the service; the reader's choice decides."""
    folders = [str(package / "translations") for package in packages]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    app.config["BABEL_DEFAULT_LOCALE"] = "kk"
    app.config["APP_TIME_ZONE"] = zone
    catalogues = Babel(app, locale_selector=reader_language).domain_instance = Catalogues()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogues.get_translations().ugettext(text),
        lambda one, many, count: catalogues.get_translations().ungettext(one, many, count),
        newstyle=True,
    )
    shown = (said, long_day, short_day, clock, span, number, percent, local, moment)
    app.jinja_env.filters.update({"t": said_plain} | {made.__name__: made for made in shown})
    app.jinja_env.globals.update(lang_url=lang_url)


class Catalogues(Domain):
    """The merged catalogues by language; Flask-Babel's own search for them costs more than the text."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, Any] = {}

    def get_translations(self) -> Any:
        if not has_app_context():
            return super().get_translations()
        code = language()
        found = self._found.get(code)
        if found is None:
            found = self._found[code] = super().get_translations()
        return found


def reader_language() -> str:
    """`?lang=`, else the cookie, else the person's own language, else the browser's, else Kazakh."""
    if not has_request_context():
        return "kk"
    actor = g.get("actor")
    for choice in (request.args.get("lang"), request.cookies.get(COOKIE), actor and actor.language):
        if choice in LANGUAGES:
            return str(choice)
    return request.accept_languages.best_match(LANGUAGES) or "kk"


def language() -> str:
    """The language being spoken now."""
    if not has_app_context():
        return "kk"
    # Flask-Babel keeps it here; asked a hundred times a page, its own way there is long.
    locale = getattr(g.get("_flask_babel"), "babel_locale", None) or get_locale()
    return str(locale.language) if locale else "kk"


def lang_url(code: str) -> str:
    """This page in another language."""
    args = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{quote(request.path)}?{urlencode([*args, ('lang', code)])}"


def pick(texts: Mapping[str, str] | None, wanted: str | None = None) -> tuple[str, str]:
    """The text in the wanted language, or the first there is, and the language it is in."""
    wanted = wanted or language()
    for code in (wanted, *LANGUAGES):
        if texts and texts.get(code):
            return texts[code], code
    return "", wanted


def said_plain(texts: Mapping[str, str] | None, wanted: str | None = None) -> str:
    return pick(texts, wanted)[0]


def said(texts: Mapping[str, str] | None) -> Markup:
    """The text for HTML; when it is not in the page's language it says in which one it is."""
    text, code = pick(texts)
    if code == language() or not text:
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(code, text)


def local(instant: datetime, zone: str | None = None) -> datetime:
    """The wall-clock time of an instant."""
    return instant.astimezone(ZoneInfo(zone or "Asia/Almaty"))


def long_day(day: date, with_year: bool | None = None) -> str:
    """«26 қараша, бейсенбі»; the year where it is not the present one, or where asked for."""
    if with_year is None:
        with_year = day.year != local(utcnow()).year
    pattern = "d MMMM y, EEEE" if with_year else "d MMMM, EEEE"
    return said_day(day, pattern).replace(" ", NO_BREAK, 1)


def said_day(day: date, pattern: str) -> str:
    """A day by a pattern of CLDR (UTS 35) in the language being spoken."""
    return _said_day(date(day.year, day.month, day.day), pattern, language())


@lru_cache(4096)
def _said_day(day: date, pattern: str, code: str) -> str:
    return str(format_date(day, pattern, locale=code))


def short_day(day: date) -> str:
    """«26 қараша 2026», for tables and sentences."""
    return said_day(day, "d MMMM y").replace(" ", NO_BREAK)


def clock(instant: datetime, zone: str | None = None) -> str:
    return local(instant, zone).strftime("%H:%M")


def moment(instant: datetime, zone: str | None = None) -> str:
    """«26 қараша 2026, 14:32»."""
    at = local(instant, zone)
    return f"{short_day(at.date())}, {at:%H:%M}"


def span(start: datetime, end: datetime, zone: str | None = None, all_day: bool = False) -> str:
    """From when to when, as short as it can be said; an all-day end is exclusive."""
    first, last = local(start, zone), local(end, zone)
    if all_day:
        last = local(end - (end - start) / 10**6, zone)
        same = first.date() == last.date()
        return long_day(first.date()) if same else f"{short_day(first.date())} – {short_day(last.date())}"
    if first.date() == last.date():
        return f"{long_day(first.date())}, {first:%H:%M}–{last:%H:%M}"
    return f"{moment(start, zone)} – {moment(end, zone)}"


def number(value: int | float) -> str:
    return _said_number(value, None, language())


@lru_cache(4096)
def _said_number(value: int | float, pattern: str | None, code: str) -> str:
    return str(format_decimal(value, format=pattern, locale=code))


def percent(value: float | None, digits: int = 0) -> str:
    """«69,6 %» from 0.6964: rounded half up, a dash where there is nothing to divide."""
    if value is None:
        return "–"
    scale = 10**digits
    rounded = int(value * 100 * scale + 0.5) / scale
    pattern = "0." + "0" * digits if digits else "0"
    return f"{_said_number(rounded, pattern, language())}{NO_BREAK}%"


def translate_messages(errors: Any) -> Any:
    """Marshmallow's own English messages, wherever they hide in a tree of errors, said in ours."""
    if isinstance(errors, Mapping):
        return {str(key): translate_messages(value) for key, value in errors.items()}
    if isinstance(errors, list):
        return [translate_messages(value) for value in errors]
    return gettext(str(errors))


def stamp(instant: datetime) -> str:
    """An instant for JSON: UTC with `Z`, seconds (microseconds where there are any)."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
