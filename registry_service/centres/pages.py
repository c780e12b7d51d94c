"""Pages of resource centres: the list, a centre's cluster, and attaching or moving a school."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry_service import rights
from registry_service.asking import Asked
from registry_service.centres import attaching, queries
from registry_service.centres.schemas import AttachmentBody, AttachmentPatch, AttachmentQuery
from registry_service.db import db
from registry_service.orders import queries as orders
from registry_service.schools import queries as schools
from registry_service.schools import words
from registry_service.schools.choosing import small_class_choices
from registry_service.territories import queries as territories
from services.app import say
from services.fields import today
from services.forms import Form
from services.identity import ANYONE, actor, me
from services.web import Pages

pages = Pages("centres", __name__)


@pages.get("/centres", who=ANYONE)
def show_list() -> ResponseReturnValue:
    """The centres of a day, and the small-class schools that none of them serves."""
    form = Asked(AttachmentQuery(), {"as_of": today().isoformat()})
    day, district = form.data["as_of"] or today(), form.data["district"]
    found = queries.centres_of(day, district)
    html = render_template(
        "centres/list.html",
        form=form,
        day=day,
        district=district,
        centres=found,
        attached=sum(number for _school, number in found),
        gaps=queries.unattached(day, district),
        districts=words.place_choices(territories.districts()),
        may_keep=_keeps(),
    )
    return html, form.status


@pages.get("/centres/<code>", who=ANYONE)
def show_cluster(code: str) -> ResponseReturnValue:
    """A centre and the schools attached to it."""
    form = Asked(AttachmentQuery(), {"as_of": today().isoformat()})
    day, centre = form.data["as_of"] or today(), schools.by_ref(code)
    links = queries.cluster(centre.id, day)
    html = render_template(
        "centres/cluster.html",
        form=form,
        day=day,
        centre=centre,
        links=links,
        orders=orders.by_ids({link.order_id for link in links}),
        kept={link.id for link in links if rights.may_keep(actor(), link.school.territory_code)},
    )
    return html, form.status


@pages.route("/centres/attachments/new", methods=["GET", "POST"], who=rights.KEEPERS)
def new_attachment() -> ResponseReturnValue:
    """Attach a school that has no centre."""
    form = Form(AttachmentBody(), values={"school": request.args.get("school", "")})
    if form.ok:
        with form.attempt(db):
            link = attaching.attach(db.session(), me(), form.data)
    if form.ok:
        say(_("The school is attached"))
        return redirect(url_for("centres.show_cluster", code=link.centre.code))
    return _form_page(form, "centres/attach.html", small=small_class_choices(me(), today())), form.status


@pages.route("/centres/attachments/<link_id>", methods=["GET", "POST"], who=rights.KEEPERS)
def change_attachment(link_id: str) -> ResponseReturnValue:
    """Move a school to another centre, or end its attachment."""
    link = queries.by_id(link_id)
    rights.need_keeper(me(), link.school.territory_code)
    form = Form(AttachmentPatch(), values={"centre": link.centre.code})
    school = link.school.code
    if form.ok:
        with form.attempt(db):
            attaching.change(db.session(), me(), link_id, form.data)
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("schools.show_school", code=school))
    return _form_page(form, "centres/change.html", link=queries.by_id(link_id)), form.status


def _form_page(form: Form, template: str, **more: Any) -> str:
    centres = words.school_choices(queries.centre_choices(today()))
    return render_template(template, form=form, centres=centres, orders=orders.order_choices(), **more)


def _keeps() -> bool:
    return rights.KEEPERS.allows(actor())
