"""Imports as JSON. The file is the part `file` of multipart/form-data, or the whole body."""

from typing import Any

from registry_service import rights
from registry_service.db import db
from registry_service.imports import importing, queries, receiving
from registry_service.imports.models import STATUSES, ImportRun
from registry_service.imports.schemas import ImportAnswer, ImportQuery, RowAnswer, RowQuery, show_row, show_run
from services.identity import me
from services.paging import page_of, paged
from services.web import Api

api = Api("imports_api", __name__)
api.url_value_preprocessor(receiving.allow_a_file)
FILE = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}


@api.post("/imports", who=rights.KEEPERS)
@api.query(ImportQuery)
@api.response(200, ImportAnswer)
@api.doc(requestBody={"required": True, "content": {"multipart/form-data": {"schema": FILE}}})
def import_file(query: dict[str, Any]) -> dict[str, Any]:
    """Check a file (`dry_run`, the default); with `dry_run=no` its good rows go in, all in one transaction."""
    run = receiving.receive(query, again=query["dry_run"])
    if not query["dry_run"]:
        with db.transaction() as session:
            importing.confirm(session, me(), run.id)
    return _shown(queries.one(me(), run.id))


@api.get("/imports/<run_id>", who=rights.KEEPERS)
@api.response(200, ImportAnswer)
def get_import(run_id: str) -> dict[str, Any]:
    """One's own import, for a day; another's is 404."""
    return _shown(queries.one(me(), run_id))


@api.get("/imports/<run_id>/rows", who=rights.KEEPERS)
@api.query(RowQuery)
@api.response(200, page_of(RowAnswer))
def list_rows(query: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Row by row what the file would do, the rejected first."""
    run = queries.one(me(), run_id)
    rows = queries.rows(run.id, [query["status"]] if query["status"] else STATUSES)
    return paged(db.session(), rows, query["limit"], query["cursor"], show_row)


@api.post("/imports/<run_id>/confirm", who=rights.KEEPERS)
@api.response(200, ImportAnswer)
def confirm_import(run_id: str) -> dict[str, Any]:
    """Put the good rows of a dry run into the register; 409 when that has been done."""
    with db.transaction() as session:
        importing.confirm(session, me(), run_id)
    return _shown(queries.one(me(), run_id))


def _shown(run: ImportRun) -> dict[str, Any]:
    shown: dict[str, Any] = show_run(run, queries.counts(run.id), queries.rejected(run.id), queries.warned(run.id))
    return shown
