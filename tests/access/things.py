"""One thing of every kind for each of two tenants.

The first tenant is the methodical centre with the district ABA; the second is the institute SSI1
with the district of `coordinator1`. What stands in the addresses of the routes is found here by name.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from services.app import asset_version
from services.database import utcnow
from tests.access.court import court
from tests.access.decided import decided
from tests.access.entered import entered
from tests.access.judged import judged
from tests.access.scene import ACTORS, Ids, Stage, do
from tests.events_service.scene import in_days
from tests.support.suite import open_session

LOOSE = {"name": {"kk": "Жаңа мектеп"}, "small": True, "valid_from": "2021-01-01", "reason": "сахна"}
ROWS = "name_ru;district;small\nШкола сцены;{district};да\n;{district};может быть\n"


def set_stage(stage: Stage) -> Stage:
    """Everything in its place."""
    suite = stage.suite
    with suite.registry.app_context():
        for actor, who in ACTORS.items():
            if who:
                stage.tokens[actor] = open_session(f"{who}@example.invalid", suite.settings)
        _keep_fresh()
    stage.tokens["service key"] = suite.settings.service_keys[0]
    stage.ids, stage.foreign = _register(stage, "registrar", "ABA"), _register(stage, "registrar", _other(stage))
    stage.ids |= {"run": _run(stage, "coordinator of the district", stage.ids)}
    stage.ids |= {"registrars": _run(stage, "registrar", stage.ids)}
    stage.foreign |= {
        "run": _run(stage, "coordinator of another", stage.foreign),
        "registrars": stage.ids["registrars"],
    }
    stage.ids |= _events(stage, "organiser", "teacher")
    stage.foreign |= _events(stage, "organiser of another organisation", "other teacher")
    _revoke(stage)
    return stage


def _other(stage: Stage) -> str:
    """The district of the other coordinator."""
    people = do(stage, "registrar", "GET", "/registry/api/v1/people?q=coordinator1@example.invalid")
    return str(people["items"][0]["roles"][0].partition(":")[2])


def _register(stage: Stage, actor: str, district: str) -> Ids:
    """Rows of the register that belong to a district."""
    api = "/registry/api/v1"

    def first(path: str, **wanted: Any) -> dict[str, Any]:
        found = do(stage, actor, "GET", f"{api}/{path}")["items"]
        return next(row for row in found if all(row[name] == value for name, value in wanted.items()))

    attachment = first(f"attachments?district={district}&limit=200")
    teacher = first(f"people?district={district}&limit=200", roles=["teacher"])
    signing = _sign_in_link(stage, teacher["email"])
    year = first("academic-years")
    return {
        "district": district,
        "school": attachment["school"],
        "centre": attachment["centre"],
        "attachment": attachment["id"],
        "twinning": first(f"twinning?district={district}&limit=200")["id"],
        "enrolment": first("programmes/USHQYR_OI/enrolments?limit=200", district=district)["id"],
        "order": first("orders")["id"],
        "year": year["code"],
        "first_day": year["first_day"],
        "last_day": year["last_day"],
        "day": first("calendar-days")["id"],
        "person": teacher["id"],
        "programme": "USHQYR_OI",
        "patron": first("schools?kind=innovative&limit=1")["code"],
        "loose": do(stage, actor, "POST", f"{api}/schools", {**LOOSE, "district": district})["code"],
        "link": signing,
        "version": asset_version(),
        "css": "kit.css",
        "by": "district",
        "first_file": "1",
    }


def _keep_fresh() -> None:
    """Sessions opened by a link a moment ago, for as long as the tests take: such a one may set a password."""
    from registry_service.db import db
    from registry_service.people.models import SignInSession

    with db.transaction() as session:
        session.execute(update(SignInSession).values(created_at=utcnow() + timedelta(days=1)))


def _run(stage: Stage, actor: str, ids: Ids) -> str:
    """A dry run of somebody: one good row and one that is rejected."""
    body = {"kind": "schools", "valid_from": "2026-01-01", "file": ROWS.format(**ids)}
    run = do(stage, actor, "POST", "/registry/api/v1/imports", body)
    assert (run["accepted"], len(run["rejected"]) > 0) == (1, True), run
    return str(run["id"])


def _sign_in_link(stage: Stage, email: str) -> str:
    """The token of a live link; the letter that holds it is sent."""
    from registry_service.db import db
    from registry_service.people import signing_in

    suite = stage.suite
    with suite.registry.test_request_context(), db.transaction() as session:
        signing_in.request_link(session, email, "/")
        owed = session.scalars(select(_owed()).order_by(_owed().id.desc())).first()
        assert owed is not None
        return str(owed.params["token"])


def _owed() -> Any:
    from registry_service.db import Notification

    return Notification


def _events(stage: Stage, organiser: str, teacher: str) -> Ids:
    """Events of an organisation and who has registered for one of them."""
    body = {
        "kind": "webinar",
        "title": {"kk": "Сахна", "ru": "Сцена", "en": "Stage"},
        "starts_at": in_days(40, "10:00"),
        "ends_at": in_days(40, "12:00"),
        "format": "zoom",
        "join_url": "https://zoom.example/j/secret",
        "audience": {"rule": "everyone"},
    }

    def made(*steps: str, **more: Any) -> dict[str, Any]:
        event = do(stage, organiser, "POST", "/api/v1/events", {**body, **more})
        for step in steps:
            do(stage, organiser, "POST", f"/api/v1/events/{event['id']}/{step}", {})
        return event

    event, fresh = made("publish"), made("publish")
    registration = do(stage, teacher, "POST", f"/api/v1/events/{event['id']}/registrations", {})
    guest = {"name": "Қонақ", "email": f"guest-{organiser[-4:].strip()}@example.invalid"}
    asked = do(stage, "anonymous", "POST", f"/api/v1/events/{event['id']}/registrations", {"guest": guest})
    return {
        "event": event["slug"],
        "fresh": fresh["slug"],
        "draft": made()["slug"],
        "cancelled": made("publish", "cancel")["slug"],
        "registration": registration["id"],
        "guest": _guest_link(stage, asked["id"]),
        "stop": _stop_link(stage, guest["email"]),
        "feed": do(stage, teacher, "GET", "/api/v1/me/calendar")["url"].rpartition("/")[2].removesuffix(".ics"),
        "message": _message(stage, event["id"], "failed"),
        "held": _message(stage, event["id"], "held"),
        **_fair(stage, organiser, teacher, made("publish", kind="fair")),
        **_contest(stage, organiser, made("publish", kind="contest")),
        "another_contest": made("publish", kind="contest")["slug"],
        "unopened_contest": made(kind="contest")["slug"],
        "another_fair": made("publish", kind="fair")["slug"],
        "unopened": made(kind="fair")["slug"],
        **entered(stage, teacher, made("publish", kind="contest")),
        "other_race": made("publish", kind="contest")["slug"],
        **_signed(stage, court(stage, organiser, made("publish", kind="contest"))),
        "another_court": made("publish", kind="contest")["slug"],
        **decided(stage, organiser, teacher, made("publish", kind="contest")),
        "another_decided": made("publish", kind="contest")["slug"],
        **judged(stage, organiser, teacher, made("publish", kind="contest")),
        "unjudged": made("publish", kind="contest")["slug"],
        **_letter(stage),
    }


def _guest_link(stage: Stage, public_id: str) -> str:
    from events_service.notifications import links

    with stage.suite.events.app_context():
        return links.path_of(public_id).rpartition("/")[2]


def _stop_link(stage: Stage, address: str) -> str:
    from events_service.subscriptions import links

    with stage.suite.events.app_context():
        return links.url_of(f"mail:{address}", "event_reminder").rpartition("/")[2]


def _message(stage: Stage, event_id: str, status: str) -> str:
    """A letter of an event that did not go out."""
    from events_service.db import Notification, db

    queued = Notification.topic == event_id, Notification.status == "queued"
    with stage.suite.events.app_context(), db.transaction() as session:
        row = session.scalars(select(Notification).where(*queued).order_by(Notification.id)).first()
        assert row is not None
        row.status, row.error = status, "no such mailbox"
        return str(row.id)


def _fair(stage: Stage, organiser: str, teacher: str, event: dict[str, Any]) -> Ids:
    """A fair with a section in use and a spare one, and ideas of a teacher in three states."""
    fair = f"/api/v1/fairs/{event['id']}"
    title = {"kk": "Сахна", "ru": "Сцена"}
    do(stage, organiser, "PATCH", fair, {"ideas_per_person": 10})
    section, spare = (do(stage, organiser, "POST", f"{fair}/sections", {"title": title})["id"] for _ in range(2))

    def idea(*steps: tuple[str, str]) -> str:
        body = {"section": section, "title": title, "summary": title, "consent": True}
        found = str(do(stage, teacher, "POST", f"{fair}/ideas", body)["id"])
        for actor, step in steps:
            do(stage, actor, "POST", f"/api/v1/ideas/{found}/{step}", {})
        return found

    submit, accept = (teacher, "submit"), (organiser, "accept")
    return {
        "fair": event["slug"],
        "section": section,
        "spare": spare,
        "sketch": idea(),
        "submitted": idea(submit),
        "accepted": idea(submit, accept),
    }


def _contest(stage: Stage, organiser: str, event: dict[str, Any]) -> Ids:
    """A contest with a nomination and two stages in use, and a spare one of each."""
    contest = f"/api/v1/contests/{event['id']}"
    title = {"kk": "Сахна", "ru": "Сцена"}

    def add(part: str, code: str, **more: Any) -> str:
        return str(do(stage, organiser, "POST", f"{contest}/{part}", {"code": code, "title": title, **more})["id"])

    nomination, spare = add("nominations", "A"), add("nominations", "SPARE")
    remote = add("stages", "REMOTE", kind="remote", weight="0.4", blind=True)
    final, last = (add("stages", code, kind="final", weight="0.6") for code in ("FINAL", "SPARE"))
    line = {"code": "R1", "title": title, "max_points": "10", "weight": "1"}
    for one in (remote, final):
        path = f"{contest}/criteria/{nomination}/{one}"
        do(stage, organiser, "PUT", path, {"criteria": [line]})
    return {
        "contest": event["slug"],
        "nomination": nomination,
        "spare_nomination": spare,
        "stage": remote,
        "final": final,
        "spare_stage": last,
    }


def _signed(stage: Stage, ids: Ids) -> Ids:
    """A second sheet of the juror, which is signed, and her seat."""
    from events_service.db import db
    from events_service.jury.models import Assignment

    with stage.suite.events.app_context(), db.transaction() as session:
        sheet = session.get_one(Assignment, ids["sheet"])
        dealt = {"stage_id": sheet.stage_id, "entry_id": ids["work"], "member_id": sheet.member_id}
        row = Assignment(**dealt, signed_at=utcnow())
        session.add(row)
        session.flush()
        return {**ids, "signed": row.id, "seat": sheet.member_id}


def _letter(stage: Stage) -> Ids:
    """The name of a file of the demonstration's letters."""
    from pathlib import Path

    stage.suite.drain()
    folder = Path(stage.suite.settings.mail_url.removeprefix("file:"))
    return {"letter": sorted(folder.glob("*.eml"))[-1].name}


def _revoke(stage: Stage) -> None:
    from registry_service.db import db
    from registry_service.people import signing_in
    from services import identity

    suite = stage.suite
    with suite.registry.app_context(), db.transaction() as session:
        found = identity.read(suite.settings, stage.tokens["revoked session"])
        assert found is not None
        signing_in.end_session(session, found.session)
    suite.pull()
