"""Pages of who is signed in: her password, if she wants one, and where she is signed in."""

from flask import make_response, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry_service.db import db
from registry_service.people import passwords, queries, signing_in
from registry_service.people.schemas import PasswordBody
from registry_service.people.sign_in import let_in, page
from services import limits
from services.app import say
from services.errors import Invalid
from services.forms import Form
from services.identity import SIGNED_IN, clear_cookie, me, settings_of_app
from services.web import Pages

pages = Pages("mine", __name__)


@pages.route("/my/password", methods=["GET", "POST"], who=SIGNED_IN)
def password() -> ResponseReturnValue:
    """Set, change or remove a password; the present one is asked for, or a link spent a moment ago."""
    form, signed = Form(PasswordBody()), None
    if form.ok:
        with form.refusable():
            signed = _keep(form)
    if form.ok and signed:
        response = let_in(signed)
        say(_("The password is removed") if form.pressed("remove") else _("The password is set"))
        return response
    fresh = signing_in.came_by_link_now(me().session)
    has = queries.has_password(me().id)
    return page("people/password.html", form.status, form=form, has=has, fresh=fresh)


def _keep(form: Form) -> signing_in.SignedIn | None:
    given = "" if form.pressed("remove") else form.data["password"]
    if given is None:
        raise Invalid({"password": [_("Fill this in")]})
    limits.hit(settings_of_app().limit_account, "change", me().id)
    digest = passwords.prepare(me(), form.data["current"] or "", given)
    with db.transaction() as rows:
        return passwords.keep(rows, me(), digest)


@pages.get("/my/sessions", who=SIGNED_IN)
def sessions() -> ResponseReturnValue:
    """Where she is signed in."""
    rows = queries.live_sessions(me().id)
    has = queries.has_password(me().id)
    return page("people/sessions.html", rows=rows, here=me().session, has=has)


@pages.post("/my/sessions/end", who=SIGNED_IN)
def end_all() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    with db.transaction() as rows:
        signing_in.shut_out(rows, me().id)
    session.clear()
    response = make_response(redirect(url_for("sign_in.ask"), 303))
    clear_cookie(response)
    return response
