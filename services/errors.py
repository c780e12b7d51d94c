"""The one family of errors; each is mapped once, to RFC 9457 problem JSON or to an HTML page."""

from typing import Any

from flask_babel import lazy_gettext as _l


class QonyrauError(Exception):
    """Something the caller is told. `status` is the HTTP code, `title` the short public text."""

    status = 500
    title = _l("Something went wrong on our side")
    retry_after = 0

    def __init__(self, detail: Any = "", *, field: str = "", code: str = "") -> None:
        super().__init__(str(detail))
        self.detail = detail
        self.field = field
        self.code = code

    @property
    def errors(self) -> dict[str, Any]:
        return {self.field: [str(self.detail)]} if self.field else {}


class BadRequest(QonyrauError):
    status = 400
    title = _l("The request could not be understood")


class CsrfRefused(BadRequest):
    title = _l("The form had grown old: go back, reload the page and send it again")


class Unauthorised(QonyrauError):
    status = 401
    title = _l("Sign in to go on")


class Forbidden(QonyrauError):
    status = 403
    title = _l("This page is for other people")


class NotFound(QonyrauError):
    status = 404
    title = _l("There is no such page")


class Conflict(QonyrauError):
    status = 409
    title = _l("That cannot be done now")


class Stale(QonyrauError):
    status = 412
    title = _l("Somebody changed this while you were editing: look at it again")


class Invalid(QonyrauError):
    """Bad data: `errors` maps a field to its messages, nested as the body is."""

    status = 422
    title = _l("Some of what was sent is not right")

    def __init__(self, errors: dict[str, Any] | None = None, detail: Any = "") -> None:
        super().__init__(detail)
        self._errors = errors or {}

    @property
    def errors(self) -> dict[str, Any]:
        return self._errors


class TooMany(QonyrauError):
    status = 429
    title = _l("Too many tries: wait a little")
    retry_after = 60


class Unavailable(QonyrauError):
    status = 503
    title = _l("Not available for a moment: what you typed is kept, try again in a minute")
    retry_after = 5
