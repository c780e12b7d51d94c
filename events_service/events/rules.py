"""What must hold between the fields of an event, whoever writes it and through which door."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError

from services.errors import Invalid
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
    "restrict_to_audience": False,
    "agenda": [],
    "materials": [],
}


def settled(data: dict[str, Any]) -> dict[str, Any]:
    """A loaded body with None replaced by what it means, and all-day times put on local midnights."""
    body = {key: NONE_MEANS[key] if value is None and key in NONE_MEANS else value for key, value in data.items()}
    if body.get("audience"):
        body["audience"] = {key: value for key, value in body["audience"].items() if value}
    body["agenda"] = [_line(item) for item in body["agenda"]] if "agenda" in body else []
    if "agenda" not in data:
        del body["agenda"]
    return body


def _line(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "presenter": item["presenter"] or "", "district": item["district"] or ""}


def check(event: dict[str, Any]) -> None:
    """Raise `Invalid` naming the fields of a whole event that contradict each other."""
    errors = {**_check_times(event), **_check_seats(event), **_check_window(event), **_check_audience(event)}
    if errors:
        raise Invalid({field: [message] for field, message in errors.items()})


def on_midnights(event: dict[str, Any]) -> None:
    """An all-day event begins at a local midnight and ends, exclusively, at a later one."""
    if not event["all_day"] or not event["starts_at"]:
        return
    zone = zone_info(event["time_zone"])
    first = event["starts_at"].astimezone(zone).date()
    end = (event["ends_at"] or event["starts_at"]).astimezone(zone)
    at_midnight = end.time().isoformat() == "00:00:00"
    last = end.date() if at_midnight and end.date() > first else end.date() + timedelta(days=1)
    event["starts_at"], event["ends_at"] = (
        midnight(first, event["time_zone"]),
        midnight(last, event["time_zone"]),
    )


def _check_times(event: dict[str, Any]) -> dict[str, str]:
    try:
        zone_info(event["time_zone"])
    except ValidationError as error:
        return {"time_zone": str(error.messages[0])}
    start, end = event["starts_at"], event["ends_at"]
    if event["date_precision"] == "day" and not start:
        return {"starts_at": _("Say when it begins")}
    if event["date_precision"] == "day" and not end:
        return {"ends_at": _("Say when it ends")}
    if start and end and end < start:
        return {"ends_at": _("The end is before the beginning")}
    if start and end and end - start > LONGEST:
        return {"ends_at": _("An event lasts a year at most")}
    if end and not start:
        return {"starts_at": _("Say when it begins")}
    late = any(
        item["starts_at"] and item["ends_at"] and item["ends_at"] < item["starts_at"] for item in event["agenda"]
    )
    return {"agenda": _("A line of the agenda ends before it begins")} if late else {}


def _check_seats(event: dict[str, Any]) -> dict[str, str]:
    reserve, capacity = event["small_class_reserve"], event["capacity"]
    if reserve and capacity is None:
        return {"capacity": _("Places can be reserved only where their number is limited")}
    if reserve and reserve > capacity:
        return {"small_class_reserve": _("More places are reserved than there are")}
    return {}


def _check_window(event: dict[str, Any]) -> dict[str, str]:
    opens, closes = event["registration_opens_at"], event["registration_closes_at"]
    if opens and closes and closes <= opens:
        return {"registration_closes_at": _("Registration closes before it opens")}
    return {}


def _check_audience(event: dict[str, Any]) -> dict[str, str]:
    needs = {"cluster": "centre", "programme": "programme", "district": "district", "schools": "schools"}
    rule = event["audience"]["rule"]
    need = needs.get(rule)
    if need and not event["audience"].get(need):
        return {f"audience.{need}": _("This rule needs a choice here")}
    return {}
