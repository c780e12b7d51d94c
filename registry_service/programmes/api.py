"""Programmes and enrolments as JSON."""

from typing import Any

from flask import Response

from registry_service import rights
from registry_service.db import IdempotencyKey, db
from registry_service.programmes import enrolling, queries
from registry_service.programmes.schemas import (
    EnrolmentAnswer,
    EnrolmentBody,
    EnrolmentPatch,
    EnrolmentQuery,
    ProgrammesAnswer,
    show_enrolment,
    show_programme,
)
from services import ledger
from services.errors import NotFound
from services.fields import today
from services.identity import ANYONE, me
from services.paging import page_of, paged
from services.web import Api

api = Api("programmes_api", __name__)


@api.get("/programmes", who=ANYONE)
@api.query(EnrolmentQuery)
@api.response(200, ProgrammesAnswer)
def list_programmes(query: dict[str, Any]) -> dict[str, Any]:
    """All programmes with the number of schools that take part on a day."""
    items = [show_programme(*found) for found in queries.counted(query["as_of"] or today())]
    return {"items": items, "total": len(items), "next": None}


@api.get("/programmes/<code>/enrolments", who=ANYONE)
@api.query(EnrolmentQuery)
@api.response(200, page_of(EnrolmentAnswer))
def list_enrolments(query: dict[str, Any], code: str) -> dict[str, Any]:
    """Enrolments that hold on a day."""
    statement = queries.live(queries.by_code(code).code, query["as_of"] or today())
    return paged(db.session(), statement, query["limit"], query["cursor"], show_enrolment)


@api.post("/programmes/<code>/enrolments", who=rights.KEEPERS)
@api.body(EnrolmentBody)
@api.response(201, EnrolmentAnswer)
def create_enrolment(body: dict[str, Any], code: str) -> Response:
    """Enrol a school."""

    def effect() -> tuple[dict[str, Any], int]:
        return show_enrolment(enrolling.enrol(db.session(), me(), code, body)), 201

    return ledger.once(db, IdempotencyKey, effect)


@api.patch("/programmes/<code>/enrolments/<enrolment_id>", who=rights.KEEPERS)
@api.body(EnrolmentPatch)
@api.response(200, EnrolmentAnswer)
def end_enrolment(body: dict[str, Any], code: str, enrolment_id: str) -> dict[str, Any]:
    """End an enrolment on `valid_to`."""
    if queries.enrolment_of(enrolment_id).programme_code != code:
        raise NotFound
    with db.transaction() as session:
        return show_enrolment(enrolling.end(session, me(), enrolment_id, body))
