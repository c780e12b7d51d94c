"""The school calendar as JSON."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from registry_service import rights
from registry_service.academic_years import keeping, queries
from registry_service.academic_years.schemas import (
    CopiedAnswer,
    DayAnswer,
    DayBody,
    DayPatch,
    DaysQuery,
    YearAnswer,
    YearBody,
    YearPatch,
    show_day,
    show_year,
)
from registry_service.db import IdempotencyKey, db
from services import ledger
from services.identity import ANYONE, me
from services.paging import PageQuery, page_of, paged
from services.web import Api

api = Api("academic_years_api", __name__)


@api.get("/academic-years", who=ANYONE)
@api.query(PageQuery)
@api.response(200, page_of(YearAnswer))
def list_years(query: dict[str, Any]) -> dict[str, Any]:
    """Academic years with their terms and half-years, newest first."""
    return paged(db.session(), queries.newest_first(), query["limit"], query["cursor"], show_year)


@api.post("/academic-years", who=rights.REGISTRARS)
@api.body(YearBody)
@api.response(201, YearAnswer)
def add_year(body: dict[str, Any]) -> Response:
    """Enter an academic year."""
    return ledger.once(db, IdempotencyKey, lambda: (show_year(keeping.add_year(db.session(), me(), body)), 201))


@api.get("/academic-years/<code>", who=ANYONE)
@api.response(200, YearAnswer)
def get_year(code: str) -> dict[str, Any]:
    """One academic year, by its code such as 2020-21."""
    return show_year(queries.year(code))


@api.patch("/academic-years/<code>", who=rights.REGISTRARS)
@api.body(YearPatch)
@api.response(200, YearAnswer)
def change_year(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Change the days of a year or its terms."""
    with db.transaction() as session:
        return show_year(keeping.change_year(session, me(), code, body))


@api.delete("/academic-years/<code>", who=rights.REGISTRARS)
@api.response(204)
def remove_year(code: str) -> ResponseReturnValue:
    """Remove a year; its days off and breaks stay."""
    with db.transaction() as session:
        keeping.remove_year(session, me(), code)
    return "", 204


@api.post("/academic-years/<code>/copy-holidays", who=rights.REGISTRARS)
@api.response(200, CopiedAnswer)
def copy_holidays(code: str) -> dict[str, Any]:
    """Copy the days that are the same every year from the year before; repeating copies nothing."""
    with db.transaction() as session:
        return {"copied": keeping.copy_holidays(session, me(), code)}


@api.get("/calendar-days", who=ANYONE)
@api.query(DaysQuery)
@api.response(200, page_of(DayAnswer))
def list_days(query: dict[str, Any]) -> dict[str, Any]:
    """Days off and breaks in order of time."""
    return paged(db.session(), queries.listed(query), query["limit"], query["cursor"], show_day)


@api.post("/calendar-days", who=rights.REGISTRARS)
@api.body(DayBody)
@api.response(201, DayAnswer)
def add_day(body: dict[str, Any]) -> Response:
    """Enter a day off or a break."""
    return ledger.once(db, IdempotencyKey, lambda: (show_day(keeping.add_day(db.session(), me(), body)), 201))


@api.get("/calendar-days/<day_id>", who=ANYONE)
@api.response(200, DayAnswer)
def get_day(day_id: str) -> dict[str, Any]:
    """One day off or break."""
    return show_day(queries.day(day_id))


@api.patch("/calendar-days/<day_id>", who=rights.REGISTRARS)
@api.body(DayPatch)
@api.response(200, DayAnswer)
def change_day(body: dict[str, Any], day_id: str) -> dict[str, Any]:
    """Change its days, name or kind."""
    with db.transaction() as session:
        return show_day(keeping.change_day(session, me(), day_id, body))


@api.delete("/calendar-days/<day_id>", who=rights.REGISTRARS)
@api.response(204)
def remove_day(day_id: str) -> ResponseReturnValue:
    """Remove a day off or a break."""
    with db.transaction() as session:
        keeping.remove_day(session, me(), day_id)
    return "", 204
