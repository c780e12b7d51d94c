"""Pages of territories: the two tables of the report, for any day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.lists import format_list
from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from registry_service.asking import Asked
from registry_service.programmes.models import DEBATE
from registry_service.programmes.queries import programme_of
from registry_service.territories import queries
from registry_service.territories.models import Oblast, Territory
from registry_service.territories.schemas import TerritoryQuery
from registry_service.territories.tables import lines
from services.errors import Invalid
from services.exports import table_file
from services.fields import today
from services.i18n import said_plain
from services.identity import ANYONE
from services.web import Pages

pages = Pages("territories", __name__)


@dataclass(frozen=True)
class Question:
    """What the address asks for: an oblast on a day."""

    form: Asked
    oblast: Oblast
    day: date


@pages.get("/territories", who=ANYONE)
def show_territories() -> ResponseReturnValue:
    """Two tables as in the report; each number opens the list of schools behind it."""
    asked = _asked()
    oblast, day = asked.oblast, asked.day
    rows = queries.rows(oblast.code, day, "district")
    orders, ungrounded = queries.twinning_orders(oblast.code, day)
    html = render_template(
        "territories/tables.html",
        form=asked.form,
        oblast=oblast,
        oblasts=[(found.code, said_plain(found.name)) for found in queries.oblasts()],
        day=day,
        behind=_behind(asked),
        rows=rows,
        totals=queries.total(rows),
        debate=programme_of(DEBATE),
        debate_code=DEBATE,
        orders=orders,
        ungrounded=ungrounded,
        moves=queries.moves(oblast.code),
        file_url=lambda form: url_for(
            "territories.download_territories", form=form, oblast=oblast.code, as_of=day.isoformat()
        ),
        share=queries.share,
        listed=said_list,
    )
    return html, asked.form.status


@pages.get("/territories.<any(csv, xlsx):form>", who=ANYONE)
def download_territories(form: str) -> Response:
    """The tables as a file."""
    asked = _asked()
    if asked.form.errors:
        raise Invalid(dict(asked.form.errors), detail=asked.form.errors[0][1])
    rows = queries.rows(asked.oblast.code, asked.day, "district")
    return table_file(f"territories-{asked.oblast.code}-{asked.day.isoformat()}", form, lines(rows))


def _asked() -> Question:
    form = Asked(TerritoryQuery(), {"as_of": today().isoformat(), "oblast": queries.HOME})
    try:
        oblast = queries.the_oblast(form.data["oblast"])
    except Invalid as error:
        form.refuse(error)
        oblast = queries.the_oblast("")
    return Question(form, oblast, form.data["as_of"] or today())


def _behind(asked: Question) -> Callable[..., str]:
    """The address of the list behind a number of a row, or of the total."""

    def behind(row: queries.Row | None, **filters: str) -> str:
        of_all = {"oblast": asked.oblast.code, "territory_kind": "district"}
        place = {"district": row.territory.code} if row else of_all
        query = {**place, **filters, "as_of": asked.day.isoformat()}
        return f"{url_for('schools.show_list')}?{urlencode(query)}"

    return behind


def said_list(territories: list[Territory]) -> str:
    """«Жаңаарқа ауданы және Ұлытау ауданы»."""
    names: list[Any] = [said_plain(territory.name) for territory in territories]
    return str(format_list(names, locale=get_locale() or "kk"))
