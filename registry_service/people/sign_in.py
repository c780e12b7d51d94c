"""Pages of signing in and out. Looking at a page never spends a link: programs that check mail look too."""

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry_service.db import db
from registry_service.people import passwords, queries, signing_in
from registry_service.people.returning import HOME, safe_path
from registry_service.people.schemas import SignInBody
from services import limits
from services.errors import Invalid
from services.forms import Form
from services.identity import ANYONE, actor, clear_cookie, set_cookie, settings_of_app
from services.text import normal_mail
from services.web import Pages

log = logging.getLogger("qonyrau.sign_in")
pages = Pages("sign_in", __name__)


@pages.route("/sign-in", methods=["GET", "POST"], who=ANYONE)
def ask() -> ResponseReturnValue:
    """One field, the address to send a link to; and one for whoever would rather type a password."""
    next_path = safe_path(request.values.get("next"))
    form, signed = Form(SignInBody()), None
    if form.ok:
        with form.refusable():
            _count_try(form.data)
            if form.data["password"]:
                signed = _by_password(form, next_path)
            else:
                with db.transaction() as session:
                    signing_in.request_link(session, form.data["email"], next_path)
    if form.ok:
        return let_in(signed) if signed else redirect(url_for("sign_in.sent"), 303)
    return page("people/sign_in.html", form.status, form=form, next_path=next_path)


def _count_try(data: dict[str, Any]) -> None:
    """Count before anything is looked up, so that a refusal tells nothing either."""
    settings, kind = settings_of_app(), "password" if data["password"] else "link"
    limits.hit(settings.limit_address, "sign_in", limits.client())
    limits.hit(settings.limit_account, kind, normal_mail(data["email"]))


def _by_password(form: Form, next_path: str) -> signing_in.SignedIn:
    given, found = form.data["password"], passwords.verified(form.data["email"], form.data["password"])
    if found:
        digest = passwords.renewed(found, given)
        with db.transaction() as session:
            signed = passwords.sign_in(session, found, digest, next_path)
        if signed:
            return signed
    log.warning("sign-in by password refused")
    raise Invalid({"password": [_("The address and the password do not fit together")]})


@pages.get("/sign-in/sent", who=ANYONE)
def sent() -> ResponseReturnValue:
    """The same words whether the address is known or not."""
    return page("people/sent.html")


@pages.get("/sign-in/<token>", who=ANYONE)
def look(token: str) -> ResponseReturnValue:
    """The button that spends the link."""
    if not queries.link_is_live(token):
        return _dead_link()
    return page("people/enter.html", form=Form())


@pages.post("/sign-in/<token>", who=ANYONE)
def enter(token: str) -> ResponseReturnValue:
    """Spend the link and go on signed in."""
    form, signed = Form(), None
    if form.ok:
        with form.attempt(db):
            signed = signing_in.spend(db.session(), token)
    if signed:
        return let_in(signed)
    return page("people/enter.html", form.status, form=form) if form.errors else _dead_link()


def let_in(signed: signing_in.SignedIn) -> Response:
    """Answer a sign-in: nothing of the session before it is kept."""
    session.clear()
    response = make_response(redirect(signed.next_path, 303))
    set_cookie(response, signed.token, signed.end)
    return response


@pages.route("/sign-out", methods=["GET", "POST"], who=ANYONE)
def leave() -> ResponseReturnValue:
    """End the session everywhere; a button pressed on a page of another service is asked for once more."""
    if _sent_from_here():
        g.csrf_refused = False
    form = Form()
    if form.ok:
        with form.attempt(db):
            _end_session()
    if not form.ok:
        return page("people/leave.html", form.status, form=form)
    session.clear()
    response = make_response(redirect(HOME, 303))
    clear_cookie(response)
    return response


def _end_session() -> None:
    who = actor()
    if who:
        signing_in.end_session(db.session(), who.session)


def _sent_from_here() -> bool:
    """Forms of other services carry their own tokens; a browser's Origin says as much for this one button."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.host


def _dead_link() -> ResponseReturnValue:
    if request.method == "POST":
        log.warning("sign-in by link refused")
    return page("people/dead_link.html", 410)


def page(name: str, status: int = 200, **context: Any) -> Response:
    """A page whose address or content is nobody else's: not kept, not told to other sites."""
    response = make_response(render_template(name, demo=settings_of_app().demo, **context), status)
    if context.get("form") and context["form"].retry_after:
        response.headers["Retry-After"] = str(context["form"].retry_after)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
