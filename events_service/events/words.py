"""What the codes of an event are called in the language being spoken; for pages, feeds and letters alike."""

from datetime import date, timedelta
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from events_service.events.models import Event
from services.i18n import local, long_day, number, said_day, said_plain, span

KINDS = {
    "seminar": _l("Seminar"),
    "methodical_seminar": _l("Methodical seminar"),
    "training_seminar": _l("Training seminar"),
    "training": _l("Training"),
    "workshop": _l("Workshop"),
    "master_class": _l("Master class"),
    "webinar": _l("Webinar"),
    "online_excursion": _l("Online excursion"),
    "online_consultation": _l("Online consultation"),
    "experience_presentation": _l("Presentation of experience"),
    "thematic_week": _l("Thematic week"),
    "fair": _l("Fair"),
    "contest": _l("Contest"),
    "session": _l("Session"),
    "meeting": _l("Meeting"),
}
FORMATS = {
    "in_person": _l("In person"),
    "zoom": _l("Zoom"),
    "online": _l("Online"),
    "mixed": _l("In person and online"),
    "not_stated": _l("Not stated"),
}
SPOKEN = {"kk": _l("Kazakh"), "ru": _l("Russian"), "en": _l("English")}
PRECISIONS = {
    "day": _l("The day is known"),
    "month": _l("Only the month is known"),
    "range": _l("Some days of a period"),
    "half_year": _l("Some time in a half-year"),
    "academic_year": _l("Some time in a school year"),
    "none": _l("There is no date yet"),
}
LEADS = {
    10080: _l("a week before"),
    4320: _l("3 days before"),
    1440: _l("a day before"),
    180: _l("3 hours before"),
    60: _l("an hour before"),
}


def lead_words(lead: int) -> str:
    """«a day before»; `lead` in minutes."""
    return str(LEADS.get(lead, lead))


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def format_name(format: str) -> str:
    return str(FORMATS.get(format, format))


def language_names(language: str) -> str:
    """«Kazakh, Russian» for `kk_ru`."""
    return ", ".join(str(SPOKEN[code]) for code in language.split("_") if code in SPOKEN)


def place_of(event: Event, language: str | None = None) -> str:
    """The venue, else how people meet; empty where neither is stated."""
    venue = said_plain(event.venue, language)
    if venue and event.format == "mixed":
        return str(_("%(place)s and online", place=venue))
    return venue or ("" if event.format == "not_stated" else format_name(event.format))


def month_name(day: date) -> str:
    """«November», as a heading says it."""
    return _capital(said_day(day, "LLLL"))


def month_and_year(day: date) -> str:
    return _capital(said_day(day, "LLLL y"))


def short_month(day: date) -> str:
    return _capital(said_day(day, "LLL").rstrip("."))


def weekday(day: date) -> str:
    """Two letters."""
    return said_day(day, "EEEEEE").lower()


def margin_of(event: Event) -> tuple[str, str]:
    """Day number over weekday; a dash over the month where there is no exact day."""
    if event.starts_at is None or event.date_precision == "none":
        return "–", ""
    day = local(event.starts_at, event.time_zone).date()
    return (str(day.day), weekday(day)) if event.date_precision == "day" else ("–", short_month(day).lower())


def one_whole_day(event: Event) -> bool:
    """Does an all-day event last one day? Its end is the midnight after."""
    if not event.all_day or event.starts_at is None or event.ends_at is None:
        return False
    return (event.ends_at - event.starts_at) <= timedelta(hours=25)


def when_of(event: Event) -> str:
    """When it takes place, as exactly as is known."""
    start, end, zone = event.starts_at, event.ends_at, event.time_zone
    if start is None or event.date_precision == "none":
        return str(_("The date is not set yet"))
    if event.date_precision == "day":
        return span(start, end or start, zone, event.all_day)
    first = local(start, zone).date()
    last = local(end, zone).date() if end else first
    if event.date_precision == "academic_year":
        year = first.year if first.month >= 9 else first.year - 1
        return str(_("%(first)s–%(last)s school year", first=year, last=year + 1))
    if event.date_precision == "month" or (first.year, first.month) == (last.year, last.month):
        return month_and_year(first)
    return f"{month_and_year(first)} – {month_and_year(last)}"


def day_of(event: Event) -> str:
    """«26 November 2026, Thursday»."""
    if event.date_precision != "day" or event.starts_at is None:
        return when_of(event)
    return long_day(local(event.starts_at, event.time_zone).date(), with_year=True)


def file_words(url: str, size: int | None) -> str:
    """«DOCX, 48 KB»: what stands beside a download."""
    suffix = PurePosixPath(urlsplit(url).path).suffix.lstrip(".")
    name = suffix.upper() if suffix.isalnum() and len(suffix) <= 5 else ""
    return ", ".join(part for part in (name, weight(size)) if part)


def weight(size: int | None) -> str:
    if not size:
        return ""
    if size < 1_000_000:
        return str(_("%(num)s KB", num=number(max(1, round(size / 1000)))))
    return str(_("%(num)s MB", num=number(round(size / 1_000_000, 1))))


def free_places(count: int) -> str:
    return str(ngettext("%(num)s place free", "%(num)s places free", count))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
