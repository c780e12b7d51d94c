"""Schools as JSON."""

from datetime import date
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from registry_service import rights
from registry_service.db import IdempotencyKey, db
from registry_service.schools import keeping, queries, showing
from registry_service.schools.schemas import DayQuery, HistoryAnswer, SchoolAnswer, SchoolBody, SchoolPatch, SchoolQuery
from services import ledger
from services.fields import today
from services.identity import ANYONE, actor, me
from services.paging import PageQuery, page_of, paged
from services.web import Api, if_match

api = Api("schools_api", __name__)


@api.get("/schools", who=ANYONE)
@api.query(SchoolQuery)
@api.response(200, page_of(SchoolAnswer))
def list_schools(query: dict[str, Any]) -> dict[str, Any]:
    """Schools registered on a day, filtered by what holds on that day."""
    day = query["as_of"] or today()
    page = paged(db.session(), queries.listed(query, day), query["limit"], query["cursor"], str)
    return {**page, "items": SchoolAnswer(many=True).dump(showing.cards(page["items"], day))}


@api.post("/schools", who=rights.KEEPERS)
@api.body(SchoolBody)
@api.response(201, SchoolAnswer)
def create_school(body: dict[str, Any]) -> Response:
    """Add a school."""

    def effect() -> tuple[dict[str, Any], int]:
        school = keeping.create(db.session(), me(), body)
        return show_school(school.id), 201

    return ledger.once(db, IdempotencyKey, effect)


@api.get("/schools/<ref>", who=ANYONE)
@api.query(DayQuery)
@api.response(200, SchoolAnswer)
def get_school(query: dict[str, Any], ref: str) -> ResponseReturnValue:
    """One school, by id or code, as it is on a day."""
    school = queries.by_ref(ref)
    return show_school(school.id, query["as_of"]), 200, {"ETag": f'"{school.version}"'}


@api.patch("/schools/<ref>", who=rights.KEEPERS)
@api.body(SchoolPatch)
@api.response(200, SchoolAnswer)
def change_school(body: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Change what the body names, from `valid_from` on. `If-Match` is optional; a stale one is 412."""
    with db.transaction() as session:
        school = keeping.change(session, me(), ref, body, if_match())
    return show_school(school.id), 200, {"ETag": f'"{school.version}"'}


@api.get("/schools/<ref>/history", who=rights.READERS)
@api.query(PageQuery)
@api.response(200, page_of(HistoryAnswer))
def school_history(query: dict[str, Any], ref: str) -> dict[str, Any]:
    """Who changed what, newest first: for its district, registrars and officials."""
    school = queries.by_ref(ref)
    rights.need_reader(actor(), school.territory_code)
    rows: list[Any] = []
    page = paged(db.session(), showing.history_of(school.id), query["limit"], query["cursor"], rows.append)
    return {**page, "items": HistoryAnswer(many=True).dump(showing.show_changes(rows))}


def show_school(school_id: str, day: date | None = None) -> dict[str, Any]:
    shown: dict[str, Any] = SchoolAnswer().dump(showing.cards([school_id], day or today())[0])
    return shown
