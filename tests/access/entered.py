"""A contest that takes entries: a draft and a sent entry of a teacher, each with a file."""

from typing import Any

from tests.access.scene import Ids, Stage, do

PDF = (
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
# A file that is removed is gone from the store, whatever becomes of the transaction: no other line asks for it.
FILES = {"unsent": ("scan", "old_scan"), "sent": ("paper",)}


def entered(stage: Stage, teacher: str, event: dict[str, Any]) -> Ids:
    """Everybody's school may enter; the last nomination is free."""
    nominations = _rows(stage, event["id"])
    contest = f"/api/v1/contests/{event['id']}/entries"
    found: Ids = {"race": event["slug"], "free": nominations[2]}
    for name, nomination in (("unsent", nominations[0]), ("sent", nominations[1])):
        entry = do(stage, teacher, "POST", contest, {"nomination": nomination})["id"]
        found[name] = str(entry)
        for number, file in enumerate(FILES[name]):
            sent = {"file": PDF + " " * number}
            found[file] = str(do(stage, teacher, "POST", f"{contest}/{entry}/files", sent)["id"])
        whole = {"title": "Сабақ", "summary": "Түйін", "original": True, "consent": True}
        do(stage, teacher, "PATCH", f"{contest}/{entry}", whole)
    do(stage, teacher, "POST", f"{contest}/{found['sent']}/submit", {})
    return found


def _rows(stage: Stage, event_id: str) -> list[str]:
    from events_service.contests.models import Contest, Nomination
    from events_service.db import db

    title = {"kk": "Сахна", "ru": "Сцена"}
    with stage.suite.events.app_context(), db.transaction() as session:
        contest = session.get(Contest, event_id) or Contest(event_id=event_id)
        contest.rules = {"eligibility": "anyone", "per_person": 10}
        session.add(contest)
        rows = [Nomination(event_id=event_id, code=f"E{number}", title=title) for number in range(3)]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]
