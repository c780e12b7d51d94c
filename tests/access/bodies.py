"""A good body for each write whose verb looks at who asks only after the body was read.

`{school}` and its like are things of the scene. Without a line here an empty body is sent.
"""

from typing import Any

from tests.access.entered import PDF
from tests.events_service.scene import in_days

GROUND = {"valid_from": "2026-01-01", "reason": "тексеру"}
EVENT = {"kind": "seminar", "title": {"kk": "Семинар"}, "date_precision": "none"}
EVENT_FORM = {
    "kind": "seminar",
    "title.kk": "Семинар",
    "date_precision": "none",
    "audience": "everyone",
    "version": "1",
}
PERSON = {"name": "Жаңа Адам", "email": "new@example.invalid", "school_id": "{school}"}
ORDER = {"number": "77", "issued_on": "2026-01-01", "issuer": "UO"}
ATTACH = {"school": "{loose}", "centre": "{centre}", **GROUND}
TWIN = {"school": "{loose}", "patron": "{patron}", **GROUND}
ENROL = {"school": "{loose}", **GROUND}
END = {"valid_to": "2026-06-01", "reason": "тексеру"}
SCHOOL_FORM = {
    "kind": "general",
    "district": "{district}",
    "name.kk": "Мектеп",
    "small": "no",
    "centre": "no",
    "reason": "р",
}
YEAR = {"first_day": "2033-09-01", "last_day": "2034-05-25"}
DAY = {"kind": "day_off", "first_day": "2033-12-16", "last_day": "", "name.kk": "Мереке"}
FILE = {"kind": "schools", **GROUND, "file": "name_ru;district\nШкола;{district}\n"}
SECTION_FORM = {"title.kk": "Секция", "language": "kk_ru"}
IDEA = {"section": "{section}", "title": {"kk": "Ой"}, "summary": {"kk": "Қысқаша"}, "consent": True}
IDEA_FORM = {"section": "{section}", "title.kk": "Ой", "summary.kk": "Қысқаша", "wish": "talk", "consent": "on"}
SLOT = {"starts_at": in_days(40, "10:30"), "place": "12"}
SLOT_FORM = {"day": in_days(40)[:10], "start": "10:30", "section": "{section}"}
REASON = {"reason": "тексеру"}
PASSWORD = {"password": "төрт сөзден тұратын ұзын құпия"}
MESSAGE = {"sent_to": "all", "subject": {"kk": "Хабар"}, "body": {"kk": "Дәптер алыңыз"}}
MESSAGE_FORM = {"sent_to": "all", "subject.kk": "Хабар", "body.kk": "Дәптер алыңыз"}
GUEST = {"name": "Қонақ", "email": "another@example.invalid"}

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/v1/events"): EVENT,
    ("PATCH", "/api/v1/events/<ref>"): {"subject": "математика"},
    ("POST", "/events/new"): EVENT_FORM,
    ("POST", "/events/<ref>/edit"): EVENT_FORM,
    ("POST", "/events/<ref>/register"): GUEST,
    ("PUT", "/api/v1/me/subscriptions"): {"letters": {"weekly_digest": False}},
    ("POST", "/my/subscriptions"): {"version": "1"},
    ("POST", "/registry/api/v1/schools"): {"name": {"kk": "Мектеп"}, "district": "{district}", **GROUND},
    ("PATCH", "/registry/api/v1/schools/<ref>"): {"kind": "innovative", "reason": "тексеру"},
    ("POST", "/registry/schools/new"): {**SCHOOL_FORM, "valid_from": "2026-01-01"},
    ("POST", "/registry/schools/<code>/edit"): {"name.kk": "Мектеп", "reason": "тексеру", "version": "1"},
    ("POST", "/registry/api/v1/attachments"): ATTACH,
    ("PATCH", "/registry/api/v1/attachments/<link_id>"): END,
    ("POST", "/registry/centres/attachments/new"): ATTACH,
    ("POST", "/registry/centres/attachments/<link_id>"): {"centre": "", **END},
    ("POST", "/registry/api/v1/twinning"): TWIN,
    ("PATCH", "/registry/api/v1/twinning/<link_id>"): END,
    ("POST", "/registry/twinning/new"): TWIN,
    ("POST", "/registry/twinning/<link_id>"): END,
    ("POST", "/registry/api/v1/programmes/<code>/enrolments"): ENROL,
    ("PATCH", "/registry/api/v1/programmes/<code>/enrolments/<enrolment_id>"): END,
    ("POST", "/registry/programmes/<code>/enrol"): ENROL,
    ("POST", "/registry/programmes/enrolments/<enrolment_id>"): END,
    ("POST", "/registry/api/v1/orders"): ORDER,
    ("PATCH", "/registry/api/v1/orders/<order_id>"): {"number": "78"},
    ("POST", "/registry/orders/new"): ORDER,
    ("POST", "/registry/orders/<order_id>/edit"): ORDER,
    ("POST", "/registry/api/v1/people"): PERSON,
    ("PATCH", "/registry/api/v1/people/<person_id>"): {"name": "Басқа Есім"},
    ("POST", "/registry/people/new"): PERSON,
    ("POST", "/registry/people/<person_id>/edit"): {**PERSON, "language": "kk", "version": "1"},
    ("POST", "/registry/api/v1/academic-years"): YEAR,
    ("PATCH", "/registry/api/v1/academic-years/<code>"): {"basis": "бұйрық"},
    ("POST", "/registry/api/v1/calendar-days"): {
        "kind": "day_off",
        "first_day": "2033-12-16",
        "name": {"kk": "Мереке"},
    },
    ("PATCH", "/registry/api/v1/calendar-days/<day_id>"): {"name": {"kk": "Мереке"}},
    ("POST", "/registry/calendar/new"): YEAR,
    ("POST", "/registry/calendar/<code>/edit"): {"first_day": "{first_day}", "last_day": "{last_day}"},
    ("POST", "/registry/calendar/<code>/days/new"): DAY,
    ("POST", "/registry/calendar/days/<day_id>/edit"): DAY,
    ("POST", "/registry/api/v1/imports"): FILE,
    ("POST", "/registry/imports"): FILE,
    ("POST", "/registry/my/password"): PASSWORD,
    ("PATCH", "/api/v1/fairs/<ref>"): {"ideas_per_person": 4},
    ("POST", "/api/v1/fairs/<ref>/sections"): {"title": {"kk": "Секция"}},
    ("PATCH", "/api/v1/fairs/<ref>/sections/<section_id>"): {"title": {"kk": "Секция"}},
    ("POST", "/api/v1/fairs/<ref>/ideas"): IDEA,
    ("PATCH", "/api/v1/ideas/<idea_id>"): {"title": {"kk": "Ой"}},
    ("POST", "/api/v1/ideas/<idea_id>/accept"): SLOT,
    ("POST", "/api/v1/ideas/<idea_id>/decline"): REASON,
    ("PUT", "/api/v1/ideas/<idea_id>/slot"): SLOT,
    ("POST", "/fairs/<ref>/ideas/new"): IDEA_FORM,
    ("POST", "/fairs/<ref>/ideas/<idea_id>/edit"): {**IDEA_FORM, "version": "2"},
    ("POST", "/fairs/<ref>/ideas/<idea_id>/slot"): SLOT_FORM,
    ("POST", "/fairs/<ref>/ideas/<idea_id>/decline"): REASON,
    ("POST", "/fairs/<ref>/settings"): {"ideas_per_person": "4"},
    ("POST", "/fairs/<ref>/sections/new"): SECTION_FORM,
    ("POST", "/fairs/<ref>/sections/<section_id>"): SECTION_FORM,
    ("POST", "/fairs/<ref>/sections/<section_id>/fill"): {"day": in_days(40)[:10], "start": "10:00", "gap": "5"},
    ("POST", "/api/v1/events/<ref>/messages"): MESSAGE,
    ("POST", "/events/<ref>/message"): MESSAGE_FORM,
    ("POST", "/events/<ref>/message/send"): MESSAGE_FORM,
    ("POST", "/api/v1/contests/<ref>/entries"): {"nomination": "{free}"},
    ("PATCH", "/api/v1/contests/<ref>/entries/<entry_id>"): {"title": "Басқа"},
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/files"): {"file": PDF + "%"},
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/refuse"): REASON,
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/return"): REASON,
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/extend"): {**REASON, "late_until": in_days(9, "10:00")},
    ("POST", "/contests/<ref>/enter"): {"nomination": "{free}"},
    ("POST", "/contests/<ref>/entries/<entry_id>/<part>"): {"title": "Басқа", "summary": "Түйін", "version": "2"},
    ("POST", "/contests/<ref>/entries/<entry_id>/files"): {"file": PDF + "%"},
    ("POST", "/contests/<ref>/entries/<entry_id>/submit"): {"original": "on", "consent": "on"},
    ("POST", "/contests/<ref>/entries/<entry_id>/refuse"): REASON,
    ("POST", "/contests/<ref>/entries/<entry_id>/return"): REASON,
    ("POST", "/contests/<ref>/entries/<entry_id>/extend"): {**REASON, "day": in_days(9)[:10]},
    ("POST", "/registry/sign-in"): {"email": "teacher0003@example.invalid"},
    ("POST", "/registry/demo/sign-in"): {"role": "teacher", "number": "0"},
    ("POST", "/registry/api/v1/demo/session"): {"role": "teacher", "number": 0},
}


def filled(route: tuple[str, str], ids: dict[str, str]) -> dict[str, Any]:
    """The good body of a route with things of the scene in it."""
    body = BODIES.get(route, {})
    return {name: value.format(**ids) if isinstance(value, str) else value for name, value in body.items()}
