"""A good body for each write whose verb looks at who asks only after the body was read.

`{school}` and its like are things of the scene. Without a line here an empty body is sent.
"""

from typing import Any

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
GUEST = {"name": "Қонақ", "email": "another@example.invalid"}

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/v1/events"): EVENT,
    ("PATCH", "/api/v1/events/<ref>"): {"subject": "математика"},
    ("POST", "/events/new"): EVENT_FORM,
    ("POST", "/events/<ref>/edit"): EVENT_FORM,
    ("POST", "/events/<ref>/register"): GUEST,
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
    ("POST", "/registry/sign-in"): {"email": "teacher0003@example.invalid"},
    ("POST", "/registry/demo/sign-in"): {"role": "teacher", "number": "0"},
    ("POST", "/registry/api/v1/demo/session"): {"role": "teacher", "number": 0},
}


def filled(route: tuple[str, str], ids: dict[str, str]) -> dict[str, Any]:
    """The good body of a route with things of the scene in it."""
    body = BODIES.get(route, {})
    return {name: value.format(**ids) if isinstance(value, str) else value for name, value in body.items()}
