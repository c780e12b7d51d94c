"""The tables of the register as files. Each shows what its list shows, with the same filters."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from marshmallow import Schema

from registry_service.asking import Asked
from registry_service.centres.schemas import AttachmentQuery
from registry_service.exports import tables
from registry_service.orders.schemas import OrdersQuery
from registry_service.people.schemas import PeopleQuery
from registry_service.programmes.schemas import EnrolmentQuery
from registry_service.rights import KEEPERS
from registry_service.schools.schemas import SchoolQuery
from registry_service.twinning.schemas import TwinningQuery
from services.errors import Invalid
from services.exports import table_file
from services.fields import Day, Text, today
from services.identity import ANYONE
from services.web import Pages

pages = Pages("exports", __name__)
FORMS = "any(csv, xlsx)"


class EnrolmentsQuery(EnrolmentQuery):
    """Of one programme, or of all."""

    programme = Text(most=40, load_default="")


class OrdersFileQuery(OrdersQuery):
    """The filters of the list, and the day in the name of the file."""

    as_of = Day(load_default=None)


TABLES: dict[str, tuple[Schema, Callable[[tables.Asked, date], tables.Lines]]] = {
    "schools": (SchoolQuery(), tables.of_schools),
    "attachments": (AttachmentQuery(), tables.of_attachments),
    "twinning": (TwinningQuery(), tables.of_twinning),
    "enrolments": (EnrolmentsQuery(), tables.of_enrolments),
    "orders": (OrdersFileQuery(), tables.of_orders),
    "people": (PeopleQuery(), tables.of_people),
}
OPEN = f"any({', '.join(name for name in TABLES if name != 'people')})"


@pages.get(f"/exports/<{OPEN}:table>.<{FORMS}:form>", who=ANYONE)
def download(table: str, form: str) -> Response:
    """A table that anyone may see."""
    return _file(table, form)


@pages.get(f"/exports/people.<{FORMS}:form>", who=KEEPERS)
def download_people(form: str) -> Response:
    """The people she may see: all for a registrar, those of her district for a coordinator."""
    return _file("people", form)


def _file(table: str, form: str) -> Response:
    schema, lines = TABLES[table]
    asked = Asked(schema)
    if asked.errors:
        raise Invalid(dict(asked.errors), detail=asked.errors[0][1])
    day = asked.data.get("as_of") or today()
    return table_file(f"{table}-{day.isoformat()}", form, list(lines(asked.data, day)))


@pages.app_context_processor
def _links() -> dict[str, Any]:
    return {"table_url": table_url}


def table_url(table: str, form: str, **more: str) -> str:
    """The address of the file that holds what the present page lists, all of it."""
    query = {name: value for name, value in request.args.items() if name not in {"cursor", "lang"}}
    asked = urlencode({**query, **more})
    if table == "people":
        path = url_for("exports.download_people", form=form)
    else:
        path = url_for("exports.download", table=table, form=form)
    return f"{path}?{asked}" if asked else path
