"""Pages of twinning: by district and by patron, links without an order, and the forms."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry_service import rights
from registry_service.asking import Asked
from registry_service.db import db
from registry_service.orders import queries as orders
from registry_service.schools import words
from registry_service.schools.choosing import school_choices
from registry_service.twinning import linking, queries
from registry_service.twinning.schemas import TwinningBody, TwinningPatch, TwinningQuery
from services.app import say
from services.fields import today
from services.forms import Form
from services.identity import ANYONE, actor, me
from services.web import Pages

pages = Pages("twinning", __name__)


@pages.get("/twinning", who=ANYONE)
def show_links() -> ResponseReturnValue:
    """How many schools are twinned, in which district and with whom; what has no order."""
    form = Asked(TwinningQuery(), {"as_of": today().isoformat()})
    day = form.data["as_of"] or today()
    districts = queries.by_district(day)
    html = render_template(
        "twinning/links.html",
        form=form,
        day=day,
        districts=districts,
        total=sum(number for _territory, number in districts),
        patrons=queries.by_patron(day),
        ungrounded=queries.ungrounded(day),
        words=words,
        may_keep=rights.KEEPERS.allows(actor()),
        kept=lambda code: rights.may_keep(actor(), code),
    )
    return html, form.status


@pages.route("/twinning/new", methods=["GET", "POST"], who=rights.KEEPERS)
def new_link() -> ResponseReturnValue:
    """Twin a school with a patron."""
    form = Form(TwinningBody(), values={"school": request.args.get("school", "")})
    if form.ok:
        with form.attempt(db):
            link = linking.link(db.session(), me(), form.data)
    if form.ok:
        say(_("The schools are twinned"))
        return redirect(url_for("schools.show_school", code=link.school.code))
    html = render_template(
        "twinning/new.html",
        form=form,
        schools=school_choices(me(), today()),
        patrons=words.school_choices(queries.patron_choices(today())),
        orders=orders.order_choices(),
    )
    return html, form.status


@pages.route("/twinning/<link_id>", methods=["GET", "POST"], who=rights.KEEPERS)
def change_link(link_id: str) -> ResponseReturnValue:
    """End a link, or name its order."""
    link = queries.by_id(link_id)
    rights.need_keeper(me(), link.school.territory_code)
    form = Form(TwinningPatch(), values={"order_id": link.order_id or ""})
    school = link.school.code
    if form.ok:
        with form.attempt(db):
            linking.change(db.session(), me(), link_id, form.data)
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("schools.show_school", code=school))
    html = render_template(
        "twinning/change.html", form=form, link=queries.by_id(link_id), orders=orders.order_choices()
    )
    return html, form.status
