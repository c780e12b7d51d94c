"""Pages of schools: the list behind every number, a school's card, and its keeper's form."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry_service import rights
from registry_service.asking import Asked
from registry_service.centres import queries as centres
from registry_service.db import db
from registry_service.orders import queries as orders
from registry_service.programmes import queries as programmes
from registry_service.schools import keeping, queries, showing, words
from registry_service.schools.models import School
from registry_service.schools.schemas import SchoolBody, SchoolPatch, SchoolQuery
from registry_service.territories import queries as territories
from registry_service.twinning import queries as twinning
from services.app import say
from services.fields import today
from services.forms import Form
from services.i18n import said_plain
from services.identity import ANYONE, actor, me
from services.paging import paged
from services.web import Pages

pages = Pages("schools", __name__)
AT_ONCE = 400
HISTORY_AT_ONCE = 100


@pages.get("/schools", who=ANYONE)
def show_list() -> ResponseReturnValue:
    """Schools on a day; the same filters as the numbers that lead here."""
    form = Asked(SchoolQuery(), {"as_of": today().isoformat()})
    asked = form.data
    day, known = asked["as_of"] or today(), _known()
    page = paged(db.session(), queries.listed(asked, day), AT_ONCE, asked["cursor"], str)
    html = render_template(
        "schools/list.html",
        form=form,
        day=day,
        page=page,
        cards=showing.cards(page["items"], day),
        filters=words.filters_in_words(asked, _names(asked, known)),
        choices=_choices(known),
        words=words,
        next_url=_next_url(page["next"]),
        may_add=rights.KEEPERS.allows(actor()),
    )
    return html, form.status


def _next_url(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'cursor': cursor})}"


def _known() -> dict[str, list[Any]]:
    """What the filters can name by code."""
    return {
        "oblast": territories.oblasts(),
        "district": territories.districts(),
        "programme": programmes.in_order(),
    }


def _names(asked: Mapping[str, Any], known: Mapping[str, list[Any]]) -> dict[str, str]:
    """Names of what the filters name by code; an unknown code is said as it is."""
    names = {
        name: next((said_plain(row.name) for row in rows if row.code == asked[name]), asked[name])
        for name, rows in known.items()
        if asked[name]
    }
    if asked["cluster"]:
        names["cluster"] = _("cluster of %(centre)s", centre=asked["cluster"])
    if asked["patron"]:
        names["patron"] = _("twinned with %(patron)s", patron=asked["patron"])
    return names


def _choices(known: Mapping[str, list[Any]]) -> dict[str, list[tuple[str, str]]]:
    named = {name: [(row.code, said_plain(row.name)) for row in rows] for name, rows in known.items()}
    return {**named, "kind": words.kind_choices()}


@pages.get("/schools/<code>", who=ANYONE)
def show_school(code: str) -> ResponseReturnValue:
    """A school with all its dated facts; its history for those who may see names."""
    school, day = queries.by_ref(code), today()
    facts = _facts(school)
    return render_template(
        "schools/card.html",
        school=school,
        card=showing.cards([school.id], day)[0],
        day=day,
        facts=facts,
        orders=orders.by_ids({fact.order_id for found in facts.values() for fact in found}),
        programmes={found.code: found for found in programmes.in_order()},
        cluster=centres.cluster(school.id, day),
        helped=twinning.helped_by(school.id, day),
        words=words,
        history=_history(school),
        may_keep=rights.may_keep(actor(), school.territory_code),
    )


def _facts(school: School) -> dict[str, list[Any]]:
    return {
        "statuses": list(reversed(school.statuses)),
        "attachments": centres.of_school(school.id),
        "twinning": twinning.of_school(school.id),
        "enrolments": programmes.of_school(school.id),
    }


def _history(school: School) -> list[dict[str, Any]] | None:
    """None for those who may not see who wrote it."""
    if not rights.may_read_history(actor(), school.territory_code):
        return None
    rows = db.session.scalars(showing.history_of(school.id).limit(HISTORY_AT_ONCE)).all()
    return [{**change, "moment": row.at} for change, row in zip(showing.show_changes(rows), rows, strict=True)]


@pages.route("/schools/new", methods=["GET", "POST"], who=rights.KEEPERS)
def new_school() -> ResponseReturnValue:
    """Add a school."""
    form = Form(SchoolBody(), values={"kind": "general", "small": "no", "centre": "no"})
    if form.ok:
        with form.attempt(db):
            school = keeping.create(db.session(), me(), form.data)
    if form.ok:
        say(_("The school is in the register"))
        return redirect(url_for("schools.show_school", code=school.code))
    return _form_page(form, None), form.status


@pages.route("/schools/<code>/edit", methods=["GET", "POST"], who=rights.KEEPERS)
def edit_school(code: str) -> ResponseReturnValue:
    """Change a school; what is dated asks from which day."""
    school = queries.by_ref(code)
    rights.need_keeper(me(), school.territory_code)
    shown = _shown(school, today())
    form = Form(SchoolPatch(), values={**shown, "version": school.version, **_yes_or_no(shown)})
    if form.ok:
        changed = {name: value for name, value in form.data.items() if name not in shown or value != shown[name]}
        with form.attempt(db):
            keeping.change(db.session(), me(), school.id, changed, form.version)
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("schools.show_school", code=school.code))
    return _form_page(form, queries.by_ref(code)), form.status


def _shown(school: School, day: date) -> dict[str, Any]:
    """What the form shows before anything is typed: a field left as it is changes nothing."""
    card = showing.cards([school.id], day)[0]
    return {name: card[name] for name in ("name", "kind", "district", "closed_on", "small", "centre")}


def _yes_or_no(shown: Mapping[str, Any]) -> dict[str, str]:
    return {name: "yes" if shown[name] else "no" for name in ("small", "centre")}


def _kept_districts() -> list[Any]:
    return [found for found in territories.districts() if rights.may_keep(actor(), found.code)]


def _form_page(form: Form, school: School | None) -> str:
    return render_template(
        "schools/edit.html",
        form=form,
        school=school,
        saved=_shown(school, today()) if school else None,
        kinds=words.kind_choices(),
        districts=words.place_choices(_kept_districts()),
        orders=orders.order_choices(),
    )
