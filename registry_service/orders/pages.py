"""Pages of orders: the list, one order with what stands on it, and the form."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry_service import rights
from registry_service.db import db
from registry_service.orders import filing, queries
from registry_service.orders.schemas import OrderBody
from services.app import say
from services.forms import Form
from services.i18n import said_plain
from services.identity import ANYONE, actor, me
from services.paging import paged
from services.web import Pages

pages = Pages("orders", __name__)
AT_ONCE = 100


@pages.get("/orders", who=ANYONE)
def show_list() -> str:
    """Orders, newest first."""
    page = paged(
        db.session(), queries.newest_first(), AT_ONCE, request.args.get("cursor", "")[:100], lambda order: order
    )
    person = actor()
    may_file = bool(person and rights.KEEPERS.allows(person))
    return render_template("orders/list.html", page=page, may_file=may_file)


@pages.get("/orders/<order_id>", who=ANYONE)
def show_order(order_id: str) -> str:
    """An order and how many facts stand on it."""
    order = queries.by_id(order_id)
    person = actor()
    may_amend = bool(person and person.has("registrar"))
    return render_template("orders/card.html", order=order, counts=queries.standing_on(order.id), may_amend=may_amend)


@pages.route("/orders/new", methods=["GET", "POST"], who=rights.KEEPERS)
def new_order() -> ResponseReturnValue:
    """File an order."""
    form = Form(OrderBody())
    if form.ok:
        with form.attempt(db):
            order = filing.file(db.session(), me(), form.data)
    if form.ok:
        say(_("The order is filed"))
        return redirect(url_for("orders.show_order", order_id=order.id))
    return _form_page(form, _("New order")), form.status


@pages.route("/orders/<order_id>/edit", methods=["GET", "POST"], who=rights.REGISTRARS)
def edit_order(order_id: str) -> ResponseReturnValue:
    """Correct an order."""
    order = queries.by_id(order_id)
    values = {
        "number": order.number,
        "issued_on": order.issued_on,
        "issuer": order.issuer_code,
        "title": order.title,
    }
    form = Form(OrderBody(), values=values)
    if form.ok:
        with form.attempt(db):
            filing.amend(db.session(), me(), order_id, form.data)
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("orders.show_order", order_id=order_id))
    return _form_page(form, _("Correct an order")), form.status


def _form_page(form: Form, title: str) -> str:
    issuers = [(issuer.code, said_plain(issuer.name)) for issuer in queries.issuers()]
    return render_template("orders/edit.html", form=form, title=title, issuers=issuers)
