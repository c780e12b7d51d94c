"""Blueprints whose every route says who may call it, and the checks that run before a route.

`Pages` serves HTML, `Api` JSON with an OpenAPI document. A route without `who` fails at start.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import flask_smorest
from flask import Blueprint, Flask, g, redirect, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException, UnsupportedMediaType
from wtforms import ValidationError as CsrfError

from services import identity
from services.errors import BadRequest, Forbidden, Invalid, NotFound, Stale, Unauthorised
from services.i18n import translate_messages
from services.identity import Who
from services.text import UNSAFE

SAFE = {"GET", "HEAD", "OPTIONS"}
View = Callable[..., Any]


class Parser(FlaskParser):
    """Bad arguments become the kit's `Invalid`."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """JSON that says so, and whose values are what they are: no number in quotes, no «on» for true."""
        if req.get_data(cache=True) and not req.is_json:
            raise UnsupportedMediaType
        g.typed = True
        try:
            return super().load_json(req, schema)
        except RecursionError:  # brackets in brackets
            raise BadRequest("The body is nested too deep") from None

    def handle_error(self, error: Any, req: Any, schema: Any, **kwargs: Any) -> Any:
        tree = error.normalized_messages()
        inner = next(iter(tree.values())) if len(tree) == 1 and next(iter(tree)) in {"json", "query"} else tree
        raise Invalid(translate_messages(inner))

    def _handle_invalid_json_error(self, error: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
        raise BadRequest("The body is not JSON in UTF-8")


class Declared(Blueprint):
    """A blueprint whose routes declare who may call them."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        *args: Any,
        who: Who | None = None,
        **options: Any,
    ) -> None:
        if who is None:
            raise TypeError(f"{rule}: say who may call it")
        name = endpoint or view_func.__name__
        self.record(lambda state: _declare(state, name, who))
        super().add_url_rule(rule, name, view_func, *args, **options)


def _declare(state: BlueprintSetupState, endpoint: str, who: Who) -> None:
    table = state.app.extensions.setdefault("who", {})
    table[f"{state.name_prefix}.{state.name}.{endpoint}".lstrip(".")] = who


class Pages(Declared):
    """HTML routes of one feature."""


class Api(Declared, flask_smorest.Blueprint):
    """JSON routes of one feature, described in the service's openapi.json."""

    ARGUMENTS_PARSER = Parser()

    def add_url_rule(self, rule: str, *args: Any, who: Who | None = None, **options: Any) -> None:
        """Describe with the route who may call it and how it refuses; anything else is the default problem."""
        super().add_url_rule(rule, *args, who=who, **options)
        for method, doc in self._docs[self._endpoints[-1]].items():
            if method != "parameters":
                doc["manual_doc"] = _refusals(rule, method, who)

    def response(self, status_code: int, schema: Any = None, **_kwargs: Any) -> Callable[[View], View]:
        """Describe the answer; views answer JSON themselves, so that a replayed answer is the same bytes."""
        decorator: Callable[[View], View] = self.alt_response(status_code, schema=schema)
        return decorator

    def query(self, schema: type[Schema]) -> Callable[[View], View]:
        """Query parameters, loaded by a schema and handed over as a dict."""
        decorator: Callable[[View], View] = self.arguments(schema, location="query")
        return decorator

    def body(self, schema: type[Schema] | Schema, required: bool = True) -> Callable[[View], View]:
        """A JSON body, loaded by a schema and handed over as a dict."""
        decorator: Callable[[View], View] = self.arguments(schema, location="json", required=required)
        return decorator


def _refusals(rule: str, method: str, who: Who | None) -> dict[str, Any]:
    """The part of an operation's description that follows from its rule, its method and who may call it."""
    unsafe, closed = method.upper() not in SAFE, who is not identity.ANYONE
    statuses = [401, 403] if unsafe or closed else []
    statuses += [404] if "<" in rule else []
    statuses += [400, 409, 412, 413, 415] if unsafe else []
    names = {str(status): HTTPStatus(status).name for status in [*statuses, 422, 503]}
    keys: dict[str, list[str]] = {"service" if who is identity.SERVICE else "session": []}
    return {"responses": names, "security": [keys] if closed else [keys, {}] if unsafe else []}


def init_guards(app: Flask, revoked: Callable[[str], bool], sign_in_url: str) -> None:
    """Before every request: clean text, identity, CSRF, and the declared right to call."""
    app.before_request(_refuse_unsafe_text)
    app.before_request(identity.load_actor)
    app.before_request(lambda: _check_session(revoked))
    app.before_request(_check_write)
    app.before_request(lambda: _check_right(app, sign_in_url))


def check_declared(app: Flask) -> None:
    """Fail at start when a route of the app has not said who may call it."""
    missing = {rule.endpoint for rule in app.url_map.iter_rules()} - set(app.extensions.get("who", {}))
    if missing:
        raise RuntimeError(f"routes that do not say who may call them: {', '.join(sorted(missing))}")


def if_match() -> int | None:
    """The version that `If-Match` names; None where it asks for none. What is no version of ours is stale.

    The ETag of a compressed answer ends in `:gzip` or is weak, and is sent back as it came.
    """
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        return None
    version = re.fullmatch(r'(?:W/)?"?([0-9]{1,9})(?::gzip)?"?', given)
    if version is None:
        raise Stale
    return int(version[1])


def is_api() -> bool:
    return "/api/" in request.path


def _refuse_unsafe_text() -> None:
    if UNSAFE.search(request.path):
        raise NotFound
    if any(UNSAFE.search(text) for pair in request.args.items(multi=True) for text in pair):
        raise Invalid(detail="the address holds a character that cannot be kept")


def _check_session(revoked: Callable[[str], bool]) -> None:
    """An ended session is as if nobody had signed in, so that one can do so again."""
    if g.actor and revoked(g.actor.session):
        g.actor = None
        if is_api():
            raise Unauthorised


def _check_write() -> None:
    if request.method in SAFE:
        return
    if is_api():
        _check_origin()
    else:
        g.csrf_refused = not _csrf_good()


def _csrf_good() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except CsrfError:
        return False
    return True


def _check_origin() -> None:
    """A JSON write by cookie must come from our own pages, or carry a header that no form can set."""
    if g.by_bearer or not g.actor:
        return
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc == request.host:
        return
    if request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("X-Requested-With"):
        return
    raise Forbidden("a write by cookie needs an Origin of this site")


def _check_right(app: Flask, sign_in_url: str) -> ResponseReturnValue | None:
    who: Who | None = app.extensions["who"].get(request.endpoint)
    if who is None:
        return None
    try:
        who.check(g.actor)
    except Unauthorised:
        if is_api() or request.method not in SAFE:
            with suppress(HTTPException):  # a connection that ends with bytes nobody read would lose the answer
                request.get_data(cache=False)
            raise
        return redirect(f"{sign_in_url}?next={quote(request.path)}")
    return None
