"""Pages of orders and legal acts: the register, one order with what rests on it, and the form."""

from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry_service import rights
from registry_service.asking import Asked
from registry_service.db import db
from registry_service.orders import filing, grounds, queries
from registry_service.orders.models import LEGAL_ACT, ORDER, Order
from registry_service.orders.schemas import GroundsQuery, OrderBody, OrdersQuery
from registry_service.programmes import queries as programmes
from registry_service.schools import words
from services.app import say
from services.fields import today
from services.forms import Form
from services.i18n import said_plain
from services.identity import ANYONE, actor, me
from services.paging import paged
from services.web import Pages

pages = Pages("orders", __name__)
AT_ONCE = 100
KIND_NAMES = {ORDER: _l("Order"), LEGAL_ACT: _l("Legal act")}
FACT_NAMES = {
    grounds.STATUSES: _l("Statuses of schools"),
    grounds.ATTACHMENTS: _l("Attachments to centres"),
    grounds.TWINNING: _l("Twinning links"),
    grounds.ENROLMENTS: _l("Enrolments in programmes"),
}
ANY_FACT = f"<any({','.join(grounds.FACTS)}):fact>"
FIELDS = {"kind": "kind", "number": "number", "issued_on": "issued_on", "issuer": "issuer_code"}


@pages.get("/orders", who=ANYONE)
def show_list() -> ResponseReturnValue:
    """Orders and legal acts, newest first, with a filter."""
    form = Asked(OrdersQuery())
    page = paged(db.session(), queries.listed(form.data), AT_ONCE, form.data["cursor"], lambda order: order)
    asked = {name: form.data[name] for name in ("q", "kind", "issuer", "year") if form.data[name]}
    person = actor()
    html = render_template(
        "orders/list.html",
        form=form,
        page=page,
        filtered=bool(asked),
        more=url_for("orders.show_list", **asked, cursor=page["next"]) if page["next"] else None,
        issuers=_issuers(),
        kinds=KIND_NAMES,
        may_file=bool(person and rights.KEEPERS.allows(person)),
    )
    return html, form.status


@pages.get("/orders/grounds", who=ANYONE)
def show_grounds() -> ResponseReturnValue:
    """How many facts of each kind name an order, and which; those without one are listed behind their number."""
    form = Asked(GroundsQuery(), {"as_of": today().isoformat()})
    day = form.data["as_of"] or today()
    html = render_template("orders/grounds.html", form=form, day=day, grounds=grounds.on(day), names=FACT_NAMES)
    return html, form.status


@pages.get(f"/orders/missing/{ANY_FACT}", who=ANYONE)
def show_without_order(fact: str) -> ResponseReturnValue:
    """The facts of a kind that hold on a day without an order."""
    form = Asked(GroundsQuery(), {"as_of": today().isoformat()})
    day = form.data["as_of"] or today()
    return _facts_page(form, grounds.without_order(fact, day), fact, None, as_of=day.isoformat()), form.status


@pages.get("/orders/<order_id>", who=ANYONE)
def show_order(order_id: str) -> str:
    """An order and how many facts stand on it."""
    order = queries.by_id(order_id)
    person = actor()
    return render_template(
        "orders/card.html",
        order=order,
        counts=grounds.counts(order.id),
        names=FACT_NAMES,
        kinds=KIND_NAMES,
        may_amend=bool(person and person.has("registrar")),
    )


@pages.get(f"/orders/<order_id>/{ANY_FACT}", who=ANYONE)
def show_resting(order_id: str, fact: str) -> str:
    """The facts of one kind that rest on an order, past ones too."""
    order = queries.by_id(order_id)
    return _facts_page(None, grounds.resting(order.id, fact), fact, order)


def _facts_page(form: Form | None, statement: Any, fact: str, order: Order | None, **asked: str) -> str:
    cursor = request.args.get("cursor", "")[:100]
    page = paged(db.session(), statement, AT_ONCE, cursor, lambda row: row)
    more = f"{request.path}?{urlencode({**asked, 'cursor': page['next']})}"
    return render_template(
        "orders/facts.html",
        form=form,
        page=page,
        more=more if page["next"] else None,
        order=order,
        name=FACT_NAMES[fact],
        tied=_tied(fact),
        day_before=words.day_before,
    )


def _tied(fact: str) -> Any:
    """What a fact ties its school to, in words."""
    if fact in grounds.PARTNERS:
        return lambda row: said_plain(getattr(row, grounds.PARTNERS[fact]).name)
    if fact == grounds.STATUSES:
        return lambda row: words.status_name(row.status)
    names = {row.code: said_plain(row.name) for row in programmes.in_order()}
    return lambda row: names.get(row.programme_code, row.programme_code)


@pages.route("/orders/new", methods=["GET", "POST"], who=rights.KEEPERS)
def new_order() -> ResponseReturnValue:
    """File an order or a legal act."""
    form = Form(OrderBody(), {"kind": ORDER})
    if form.ok:
        with form.attempt(db):
            order = filing.file(db.session(), me(), form.data)
    if form.ok:
        say(_("The order is filed"))
        return redirect(url_for("orders.show_order", order_id=order.id))
    return _form_page(form, _("New order or legal act")), form.status


@pages.route("/orders/<order_id>/edit", methods=["GET", "POST"], who=rights.REGISTRARS)
def edit_order(order_id: str) -> ResponseReturnValue:
    """Correct an order."""
    order = queries.by_id(order_id)
    values = {name: getattr(order, column) for name, column in FIELDS.items()}
    form = Form(OrderBody(), values={**values, "title": order.title, "url": order.url})
    if form.ok:
        with form.attempt(db):
            filing.amend(db.session(), me(), order_id, form.data)
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("orders.show_order", order_id=order_id))
    return _form_page(form, _("Correct an order")), form.status


def _form_page(form: Form, title: str) -> str:
    return render_template(
        "orders/edit.html", form=form, title=title, issuers=_issuers(), kinds=list(KIND_NAMES.items())
    )


def _issuers() -> list[tuple[str, str]]:
    return [(issuer.code, said_plain(issuer.name)) for issuer in queries.issuers()]
