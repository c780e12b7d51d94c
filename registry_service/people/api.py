"""People as JSON, for those who keep the register."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from marshmallow import fields as ma

from registry_service.db import IdempotencyKey, db
from registry_service.people import keeping, queries
from registry_service.people.schemas import (
    LineAnswer,
    PeopleQuery,
    PersonAnswer,
    PersonBody,
    PersonPatch,
    show_line,
    show_person,
)
from registry_service.rights import KEEPERS
from services import ledger
from services.fields import Body
from services.identity import me
from services.paging import page_of, paged
from services.web import Api, if_match

api = Api("people_api", __name__)


class PersonHistory(Body):
    """What was changed about a person, the newest first."""

    items = ma.List(ma.Nested(LineAnswer))


@api.get("/people", who=KEEPERS)
@api.query(PeopleQuery)
@api.response(200, page_of(PersonAnswer))
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """People by name: everybody for a registrar, the schools of her district for a coordinator."""
    return paged(db.session(), queries.listed(me(), query), query["limit"], query["cursor"], show_person)


@api.post("/people", who=KEEPERS)
@api.body(PersonBody)
@api.response(201, PersonAnswer)
def create_person(body: dict[str, Any]) -> Response:
    """Add a person; an address that somebody has is 409."""
    return ledger.once(db, IdempotencyKey, lambda: (show_person(keeping.create(db.session(), me(), body)), 201))


@api.get("/people/<person_id>", who=KEEPERS)
@api.response(200, PersonAnswer)
def get_person(person_id: str) -> ResponseReturnValue:
    """One person."""
    person = queries.one(me(), person_id)
    return show_person(person), 200, {"ETag": f'"{person.version}"'}


@api.patch("/people/<person_id>", who=KEEPERS)
@api.body(PersonPatch(partial=True))
@api.response(200, PersonAnswer)
def change_person(body: dict[str, Any], person_id: str) -> ResponseReturnValue:
    """Change what the body names. `If-Match` with the version is optional; a stale one is 412."""
    with db.transaction() as session:
        person = keeping.change(session, me(), person_id, body, if_match())
    return show_person(person), 200, {"ETag": f'"{person.version}"'}


@api.get("/people/<person_id>/history", who=KEEPERS)
@api.response(200, PersonHistory)
def get_history(person_id: str) -> dict[str, Any]:
    """Who changed what, with old and new values."""
    return {"items": [show_line(row) for row in queries.history(queries.one(me(), person_id).id)]}
