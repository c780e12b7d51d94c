"""Pages of programmes: the list with counts, who takes part, enrolling and leaving."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry_service import rights
from registry_service.asking import Asked
from registry_service.db import db
from registry_service.orders import queries as orders
from registry_service.programmes import enrolling, queries
from registry_service.programmes.models import DEBATE
from registry_service.programmes.schemas import EnrolmentBody, EnrolmentPatch, EnrolmentQuery
from registry_service.schools.choosing import school_choices, small_class_choices
from services.app import say
from services.fields import today
from services.forms import Form
from services.identity import ANYONE, actor, me
from services.paging import paged
from services.web import Pages

pages = Pages("programmes", __name__)
AT_ONCE = 400


@pages.get("/programmes", who=ANYONE)
def show_list() -> ResponseReturnValue:
    """Programmes and how many schools take part on a day."""
    form = Asked(EnrolmentQuery(), {"as_of": today().isoformat()})
    day = form.data["as_of"] or today()
    html = render_template("programmes/list.html", form=form, day=day, programmes=queries.counted(day))
    return html, form.status


@pages.get("/programmes/<code>", who=ANYONE)
def show_programme(code: str) -> ResponseReturnValue:
    """A programme and the schools enrolled in it."""
    form = Asked(EnrolmentQuery(), {"as_of": today().isoformat()})
    day, programme = form.data["as_of"] or today(), queries.by_code(code)
    page = paged(db.session(), queries.live(code, day), AT_ONCE, form.data["cursor"], lambda row: row)
    html = render_template(
        "programmes/card.html",
        form=form,
        day=day,
        programme=programme,
        page=page,
        order=orders.by_ids({programme.order_id}).get(programme.order_id or ""),
        by_links=programme.kind in queries.BY_LINKS,
        may_enrol=rights.KEEPERS.allows(actor()),
        kept=lambda territory: rights.may_keep(actor(), territory),
    )
    return html, form.status


@pages.route("/programmes/<code>/enrol", methods=["GET", "POST"], who=rights.KEEPERS)
def enrol_school(code: str) -> ResponseReturnValue:
    """Enrol a school."""
    programme = queries.by_code(code)
    form = Form(EnrolmentBody(), values={"school": request.args.get("school", "")})
    if form.ok:
        with form.attempt(db):
            enrolling.enrol(db.session(), me(), code, form.data)
    if form.ok:
        say(_("The school is enrolled"))
        return redirect(url_for("programmes.show_programme", code=code))
    choices = small_class_choices if code == DEBATE else school_choices
    html = render_template(
        "programmes/enrol.html",
        form=form,
        programme=programme,
        schools=choices(me(), today()),
        orders=orders.order_choices(),
    )
    return html, form.status


@pages.route("/programmes/enrolments/<enrolment_id>", methods=["GET", "POST"], who=rights.KEEPERS)
def end_enrolment(enrolment_id: str) -> ResponseReturnValue:
    """A school takes part no more."""
    row = queries.enrolment_of(enrolment_id)
    rights.need_keeper(me(), row.school.territory_code)
    form = Form(EnrolmentPatch())
    code = row.programme_code
    if form.ok:
        with form.attempt(db):
            enrolling.end(db.session(), me(), enrolment_id, form.data)
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("programmes.show_programme", code=code))
    html = render_template(
        "programmes/leave.html",
        form=form,
        row=queries.enrolment_of(enrolment_id),
        programme=queries.by_code(code),
        orders=orders.order_choices(),
    )
    return html, form.status
