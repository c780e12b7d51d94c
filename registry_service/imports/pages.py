"""Pages of imports: choose a file, see what it would do, confirm it, take the rejected rows back."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry_service import rights
from registry_service.asking import Asked
from registry_service.db import db
from registry_service.imports import importing, queries, receiving, returned, words
from registry_service.imports.columns import KINDS, column_name, template
from registry_service.imports.drafts import said_fault
from registry_service.imports.models import STATUSES, ImportRun
from registry_service.imports.schemas import ImportBody, RowQuery
from registry_service.orders import queries as orders
from services.app import say
from services.errors import Invalid, NotFound, QonyrauError, Unavailable
from services.exports import table_file
from services.forms import Form, messages
from services.identity import me
from services.paging import paged
from services.web import Pages

pages = Pages("imports", __name__)
pages.url_value_preprocessor(receiving.allow_a_file)
AT_ONCE = 50
FORMS = "any(csv, xlsx)"


@pages.route("/imports", methods=["GET", "POST"], who=rights.KEEPERS)
def show_form() -> ResponseReturnValue:
    """Choose what the file holds, and the file; what it would do is shown next."""
    form = Form(ImportBody(), values={"kind": request.args.get("kind", "schools")})
    if form.ok:
        try:
            run = receiving.receive(form.data)
            return redirect(url_for("imports.show_run", run_id=run.id), 303)
        except (Invalid, Unavailable) as refusal:
            _refuse(form, refusal)
    html = render_template(
        "imports/new.html",
        form=form,
        kinds=[(kind, str(words.KINDS[kind])) for kind in KINDS],
        columns={kind: _described(kind) for kind in KINDS},
        orders=orders.order_choices(),
        mine=db.session.scalars(queries.mine(me())).all(),
        words=words,
    )
    return html, form.status


def _refuse(form: Form, refusal: QonyrauError) -> None:
    form.errors += list(messages(refusal.errors)) or [("", str(refusal.detail or refusal.title))]
    form.status = refusal.status


def _described(kind: str) -> list[tuple[str, str]]:
    """Columns and what to write in them."""
    return [(column_name(name), str(words.HINTS.get(name, ""))) for name in KINDS[kind].columns]


@pages.get("/imports/templates/<kind>.csv", who=rights.KEEPERS)
def download_template(kind: str) -> Response:
    """An empty file with the heads of its columns."""
    if kind not in KINDS:
        raise NotFound
    return table_file(kind, "csv", [template(KINDS[kind])])


@pages.route("/imports/<run_id>", methods=["GET", "POST"], who=rights.KEEPERS)
def show_run(run_id: str) -> ResponseReturnValue:
    """Row by row what the file would do; its button puts the good rows into the register."""
    queries.one(me(), run_id)
    form = Form()
    if form.ok:
        with form.attempt(db):
            importing.confirm(db.session(), me(), run_id)
    if form.ok:
        say(_("The rows are in the register"))
        return redirect(url_for("imports.show_run", run_id=run_id), 303)
    return _run_page(queries.one(me(), run_id), form), form.status


def _run_page(run: ImportRun, form: Form) -> str:
    asked: dict[str, Any] = Asked(RowQuery()).data
    status = asked["status"]
    rows = queries.rows(run.id, [status] if status else STATUSES)
    page = paged(db.session(), rows, AT_ONCE, asked["cursor"], lambda row: row)
    here: dict[str, Any] = {"run_id": run.id, **({"status": status} if status else {})}
    return render_template(
        "imports/run.html",
        form=form,
        run=run,
        counts=queries.counts(run.id),
        page=page,
        more=url_for("imports.show_run", **here, cursor=page["next"]) if page["next"] else None,
        status=status,
        words=words,
        column_name=column_name,
        said_fault=said_fault,
    )


@pages.get(f"/imports/<run_id>/rejected.<{FORMS}:form>", who=rights.KEEPERS)
def download_rejected(run_id: str, form: str) -> Response:
    """The rejected rows with their reasons, to mend and put forward again."""
    run = queries.one(me(), run_id)
    return table_file(f"rejected-{run.kind}", form, returned.lines(run, queries.rejected(run.id)))
