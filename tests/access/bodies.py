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
PART = {"code": "NEW", "title": {"kk": "Жаңа"}}
PART_FORM = {"code": "NEW", "title.kk": "Жаңа"}
LINE = {"code": "R2", "title": {"kk": "Сабақ"}, "max_points": "10", "weight": "1"}
LINE_FORM = {f"criteria.0.{name}": LINE[name] for name in ("code", "max_points", "weight")}
CONTEST_CSV = """contest_code,nomination_code,nomination_kk,stage_order,stage_code,stage_weight,criterion_code,criterion_kk,max_points,weight_in_stage
T,A,Сахна,1,REMOTE,1,R1,Сабақ,10,1
"""  # noqa: E501
PASSWORD = {"password": "төрт сөзден тұратын ұзын құпия"}
MESSAGE = {"sent_to": "all", "subject": {"kk": "Хабар"}, "body": {"kk": "Дәптер алыңыз"}}
MESSAGE_FORM = {"sent_to": "all", "subject.kk": "Хабар", "body.kk": "Дәптер алыңыз"}
GUEST = {"name": "Қонақ", "email": "another@example.invalid"}

SIGNED = {"signed": ["{chair}", "{secretary}"]}
PROTOCOL_FORM = {"number": "1", "held_on": "2026-01-01", "format": "online", "present[]": ["{chair}"], "version": "1"}

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
    ("PATCH", "/api/v1/contests/<ref>/stages/<stage_id>/protocol"): {"format": "online"},
    ("POST", "/api/v1/contests/<ref>/stages/<stage_id>/protocol/sign"): SIGNED,
    ("POST", "/api/v1/contests/<ref>/awards/<award_id>/void"): REASON,
    ("POST", "/contests/<ref>/awards/<award_id>/void"): REASON,
    ("POST", "/contests/<ref>/protocol/new/<stage_id>"): PROTOCOL_FORM,
    ("POST", "/contests/<ref>/protocol/<protocol_id>/edit"): PROTOCOL_FORM,
    ("POST", "/contests/<ref>/protocol/<protocol_id>/sign"): {
        "version": "1",
        "signed[]": ["{chair}", "{secretary}"],
    },
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
    ("PATCH", "/api/v1/contests/<ref>"): {"rules": {"readers": 4}},
    ("POST", "/api/v1/contests/<ref>/rules"): {"contest": CONTEST_CSV},
    ("POST", "/api/v1/contests/<ref>/nominations"): PART,
    ("PATCH", "/api/v1/contests/<ref>/nominations/<nomination_id>"): {"title": {"kk": "Жаңа"}},
    ("POST", "/api/v1/contests/<ref>/stages"): {**PART, "kind": "final", "weight": "0.5"},
    ("PATCH", "/api/v1/contests/<ref>/stages/<stage_id>"): {"weight": "0.5"},
    ("PUT", "/api/v1/contests/<ref>/criteria/<nomination_id>/<stage_id>"): {"criteria": [LINE]},
    ("POST", "/contests/<ref>/rules"): {"rules.readers": "4", "version": "1"},
    ("POST", "/contests/<ref>/nominations/new"): PART_FORM,
    ("POST", "/contests/<ref>/nominations/<nomination_id>"): PART_FORM,
    ("POST", "/contests/<ref>/stages/new"): {**PART_FORM, "kind": "final", "weight": "0.5"},
    ("POST", "/contests/<ref>/stages/<stage_id>"): {**PART_FORM, "kind": "final", "weight": "0.5"},
    ("POST", "/contests/<ref>/criteria/<nomination_id>/<stage_id>"): {
        **LINE_FORM,
        "criteria.0.title.kk": "Сабақ",
        "version": "1",
    },
    ("POST", "/contests/<ref>/load"): {"contest": CONTEST_CSV, "load": "1"},
    ("POST", "/api/v1/contests/<ref>/jury"): {"email": "teacher0030@example.invalid"},
    ("PATCH", "/api/v1/contests/<ref>/jury/<member_id>"): {"scores": False},
    ("POST", "/api/v1/contests/<ref>/jury/conflicts"): {"entry": 2, "note": "таныс", "member": "{member}"},
    ("POST", "/api/v1/contests/<ref>/stages/<stage_id>/assignments/accept"): {"deal": "{deal}"},
    ("POST", "/api/v1/contests/<ref>/stages/<stage_id>/close"): REASON,
    ("POST", "/api/v1/contests/<ref>/stages/<stage_id>/extend"): {"closes_at": in_days(60), **REASON},
    ("POST", "/api/v1/contests/<ref>/sheets/<assignment_id>/recuse"): REASON,
    ("POST", "/contests/<ref>/jury/members/new"): {"email": "teacher0030@example.invalid", "role": "member"},
    ("POST", "/contests/<ref>/jury/members/<member_id>"): {"role": "member", "version": "1"},
    ("POST", "/contests/<ref>/jury/conflicts"): {"entry": "2", "note": "таныс", "member": "{member}"},
    ("POST", "/contests/<ref>/jury/sheets/<assignment_id>/recuse"): REASON,
    ("POST", "/contests/<ref>/jury/stages/<stage_id>/close"): REASON,
    ("POST", "/contests/<ref>/jury/stages/<stage_id>/extend"): {"day": in_days(60)[:10], "time": "18:00", **REASON},
    ("PUT", "/api/v1/contests/<ref>/sheets/<assignment_id>"): {"scores": {"R1": "7.5"}, "version": 1},
    ("POST", "/api/v1/contests/<ref>/sheets/<assignment_id>/reopen"): REASON,
    ("POST", "/contests/<ref>/jury/<assignment_id>"): {"feedback": "Жақсы", "version": "1"},
    ("POST", "/contests/<ref>/jury/<assignment_id>/reopen"): REASON,
    ("POST", "/api/v1/events/<ref>/messages"): MESSAGE,
    ("POST", "/events/<ref>/message"): MESSAGE_FORM,
    ("POST", "/events/<ref>/message/send"): MESSAGE_FORM,
    ("POST", "/api/v1/contests/<ref>/entries"): {"nomination": "{free}"},
    ("PATCH", "/api/v1/contests/<ref>/entries/<entry_id>"): {"title": "Басқа"},
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/files"): {"file": PDF + "%"},
    ("POST", "/api/v1/contests/<ref>/protocols/<protocol_id>/scan"): {"file": PDF + "%"},
    ("POST", "/api/v1/contests/<ref>/entries/late"): {
        "email": "teacher0030@example.invalid",
        "nomination": "{free}",
        "late_until": "2099-01-01T00:00:00Z",
        "reason": "р",
    },
    ("POST", "/contests/<ref>/entries/late"): {
        "email": "teacher0030@example.invalid",
        "nomination": "{free}",
        "day": "2099-01-01",
        "reason": "р",
    },
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/exclude"): REASON,
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/refuse"): REASON,
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/return"): REASON,
    ("POST", "/api/v1/contests/<ref>/entries/<entry_id>/extend"): {**REASON, "late_until": in_days(9, "10:00")},
    ("POST", "/contests/<ref>/enter"): {"nomination": "{free}"},
    ("POST", "/contests/<ref>/entries/<entry_id>/<part>"): {"title": "Басқа", "summary": "Түйін", "version": "2"},
    ("POST", "/contests/<ref>/entries/<entry_id>/files"): {"file": PDF + "%"},
    ("POST", "/contests/<ref>/entries/<entry_id>/submit"): {"original": "on", "consent": "on"},
    ("POST", "/contests/<ref>/entries/<entry_id>/exclude"): REASON,
    ("POST", "/contests/<ref>/entries/<entry_id>/refuse"): REASON,
    ("POST", "/contests/<ref>/entries/<entry_id>/return"): REASON,
    ("POST", "/contests/<ref>/entries/<entry_id>/extend"): {**REASON, "day": in_days(9)[:10]},
    ("POST", "/api/v1/contests/<ref>/stages/<stage_id>/ties"): {"entries": ["{tied}", "{equal}"], **REASON},
    ("POST", "/contests/<ref>/results/desk/<stage_id>/ties/<tie>"): REASON,
    ("POST", "/api/v1/contests/<ref>/appeals"): {"entry": "{tied}", "text": "R1"},
    ("POST", "/contests/<ref>/results/appeal"): {"of": "{decided_stage}.{tied}", "text": "R1"},
    ("POST", "/api/v1/contests/<ref>/appeals/<appeal_id>/answer"): {"decision": "dismissed", "answer": "Жоқ"},
    ("POST", "/contests/<ref>/results/appeals/<appeal_id>"): {"decision": "dismissed", "answer": "Жоқ", "version": "1"},
    ("POST", "/registry/sign-in"): {"email": "teacher0003@example.invalid"},
    ("POST", "/registry/demo/sign-in"): {"role": "teacher", "number": "0"},
    ("POST", "/registry/api/v1/demo/session"): {"role": "teacher", "number": 0},
}


def filled(route: tuple[str, str], ids: dict[str, str]) -> dict[str, Any]:
    """The good body of a route with things of the scene in it."""
    return {name: _filled(value, ids) for name, value in BODIES.get(route, {}).items()}


def _filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(one, ids) for one in value]
    return value.format(**ids) if isinstance(value, str) else value
