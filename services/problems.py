"""Every error answered once: RFC 9457 problem JSON for the API, a page for people."""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema
from marshmallow import fields as ma
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from services.errors import BadRequest, NotFound, QonyrauError, TooMany, Unavailable
from services.web import is_api

log = logging.getLogger("qonyrau.problems")

TITLES = {known.status: known.title for known in (BadRequest, NotFound, TooMany, QonyrauError)} | {
    405: _l("This address does not take such a request"),
    413: _l("That is too large to accept"),
    415: _l("The body must be JSON"),
}


class ProblemSchema(Schema):
    """RFC 9457."""

    type = ma.String(required=True)
    title = ma.String(required=True)
    status = ma.Integer(required=True)
    detail = ma.String()
    errors = ma.Dict()
    request_id = ma.String()


def init_problems(app: Flask) -> None:
    """Map the kit's errors, HTTP errors, a database that is away, and everything else."""
    app.register_error_handler(QonyrauError, _answer_own)
    app.register_error_handler(HTTPException, _answer_http)
    for error in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(error, _answer_database)
    app.register_error_handler(Exception, _answer_unknown)


def _answer_own(error: QonyrauError) -> Response:
    response = _answer(error.status, str(error.title), str(error.detail or ""), error.errors, error.code)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _answer_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = _answer(error.code, str(TITLES.get(error.code, HTTPStatus(error.code).phrase)), "", {})
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _answer_database(error: Exception) -> Response:
    log.error("database away: %s", error)
    return _answer_own(Unavailable())


def _answer_unknown(error: Exception) -> Response:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _answer_database(error)
    log.exception("unexpected error")
    return _answer(500, str(TITLES[500]), "", {})


def _answer(status: int, title: str, detail: str, errors: dict[str, Any], code: str = "") -> Response:
    if is_api():
        return _problem(status, title, detail, errors, code)
    shown = detail or {404: _("The address may be old, or the page is not for you.")}.get(status, "")
    html = render_template("kit/error.html", status=status, title=title, detail=shown, home_url="/")
    return make_response(html, status)


def _problem(status: int, title: str, detail: str, errors: dict[str, Any], code: str) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if code:
        body["type"] = f"tag:qonyrau,2026:{code}"
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    body["request_id"] = g.get("request_id", "")
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    if request.method == "HEAD":
        response.set_data(b"")
    return response


def register_responses(api: Any) -> None:
    """Say in the OpenAPI document that every error is problem JSON."""
    for status in HTTPStatus:
        response = {"description": status.phrase}
        if status >= 400:
            response["content"] = {"application/problem+json": {"schema": ProblemSchema}}  # type: ignore[assignment]
        api.spec.components.response(status.name, response, lazy=True)
    api.spec.components.response(
        "DEFAULT_ERROR",
        {"description": "Problem", "content": {"application/problem+json": {"schema": ProblemSchema}}},
        lazy=True,
    )
    for name, says in (("session", "a person's token"), ("service", "the key of a service")):
        api.spec.components.security_scheme(name, {"type": "http", "scheme": "bearer", "description": says})
