"""What must hold between the fields of an event, whoever writes it and through which door."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError

from events_service.events.models import REMINDERS
from services.fields import midnight, zone_info

LONGEST = timedelta(days=366)
NONE_MEANS: dict[str, Any] = {
    "description": {},
    "all_day": False,
    "date_precision": "day",
    "time_zone": "Asia/Almaty",
    "format": "not_stated",
    "join_url": "",
    "venue": {},
    "language": "kk_ru",
    "subject": "",
    "programme": "",
    "small_class_reserve": 0,
    "audience": {"rule": "everyone"},
    "reminders": list(REMINDERS),
    "restrict_to_audience": False,
    "agenda": [],
    "materials": [],
}


def settled(data: dict[str, Any]) -> dict[str, Any]:
    """A loaded body with None replaced by what it means, and all-day times put on local midnights."""
    body = {key: NONE_MEANS[key] if value is None and key in NONE_MEANS else value for key, value in data.items()}
    if body.get("audience"):
        body["audience"] = {key: value for key, value in body["audience"].items() if value}
    if body.get("reminders"):
        body["reminders"] = sorted(set(body["reminders"]), reverse=True)
    body["agenda"] = [_line(item) for item in body["agenda"]] if "agenda" in body else []
    if "agenda" not in data:
        del body["agenda"]
    return body


def _line(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "presenter": item["presenter"] or "", "district": item["district"] or ""}


def faults(event: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of a whole event contradict each other in, as errors by field; empty where all is well."""
    checks = (_check_times, _check_agenda, _check_seats, _check_window, _check_audience)
    return {field: [message] for check in checks for field, message in check(event).items()}


def days_of(event: Mapping[str, Any]) -> tuple[date, date]:
    """The first and last day of an event that begins, by its own clock; an all-day end is exclusive."""
    zone = zone_info(event["time_zone"])
    first = event["starts_at"].astimezone(zone).date()
    end = (event["ends_at"] or event["starts_at"]).astimezone(zone)
    last = end.date()
    if end.time() == time() and last > first:  # what ends at midnight takes nothing of the day after
        last -= timedelta(days=1)
    return first, last


def on_midnights(event: dict[str, Any]) -> None:
    """An all-day event begins at a local midnight and ends, exclusively, at a later one."""
    if not event["all_day"] or not event["starts_at"]:
        return
    first, last = days_of(event)
    event["starts_at"] = midnight(first, event["time_zone"])
    event["ends_at"] = midnight(last + timedelta(days=1), event["time_zone"])


def _check_times(event: Mapping[str, Any]) -> dict[str, str]:
    try:
        zone_info(event["time_zone"])
    except ValidationError as error:
        return {"time_zone": str(error.messages[0])}
    start, end = event["starts_at"], event["ends_at"]
    found = {}
    if not start and (event["date_precision"] == "day" or end):
        found["starts_at"] = _("Say when it begins")
    if not end and event["date_precision"] == "day":
        found["ends_at"] = _("Say when it ends")
    if start and end and end < start:
        found["ends_at"] = _("The end is before the beginning")
    if start and end and end - start > LONGEST:
        found["ends_at"] = _("An event lasts a year at most")
    return found


def _check_agenda(event: Mapping[str, Any]) -> dict[str, str]:
    """Each line ends after it begins and, where the event has exact hours, lies within them."""
    found = {}
    begin, end = _hours(event)
    for number, item in enumerate(event["agenda"]):
        times = {name: item[name] for name in ("starts_at", "ends_at") if item[name]}
        if len(times) > 1 and item["ends_at"] < item["starts_at"]:
            found[f"agenda.{number}.ends_at"] = _("A line of the agenda ends before it begins")
        outside = [name for name, at in times.items() if begin and end and not begin <= at <= end]
        if outside:
            found[f"agenda.{number}.{outside[0]}"] = _("This line lies outside the hours of the event")
    return found


def _hours(event: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Between which instants an event takes place; None where its times are not exact, or not right yet."""
    if event["date_precision"] != "day" or _check_times(event):
        return None, None
    if not event["all_day"]:
        return event["starts_at"], event["ends_at"]
    first, last = days_of(event)
    return midnight(first, event["time_zone"]), midnight(last + timedelta(days=1), event["time_zone"])


def move_agenda(before: Mapping[str, Any], event: dict[str, Any]) -> None:
    """Lines that no longer fit move with the beginning of their event, so that an event is moved as a whole."""
    if not before["starts_at"] or not event["starts_at"] or not _check_agenda(event):
        return
    by = event["starts_at"] - before["starts_at"]
    moved = ("starts_at", "ends_at")
    event["agenda"] = [{**line, **{name: line[name] and line[name] + by for name in moved}} for line in event["agenda"]]


def _check_seats(event: Mapping[str, Any]) -> dict[str, str]:
    reserve, capacity = event["small_class_reserve"], event["capacity"]
    if reserve and capacity is None:
        return {"capacity": _("Places can be reserved only where their number is limited")}
    if reserve and reserve > capacity:
        return {"small_class_reserve": _("More places are reserved than there are")}
    return {}


def _check_window(event: Mapping[str, Any]) -> dict[str, str]:
    opens, closes = event["registration_opens_at"], event["registration_closes_at"]
    if opens and closes and closes <= opens:
        return {"registration_closes_at": _("Registration closes before it opens")}
    return {}


def _check_audience(event: Mapping[str, Any]) -> dict[str, str]:
    needs = {"cluster": "centre", "programme": "programme", "district": "district", "schools": "schools"}
    rule = event["audience"]["rule"]
    need = needs.get(rule)
    if need and not event["audience"].get(need):
        return {f"audience.{need}": _("This rule needs a choice here")}
    return {}
